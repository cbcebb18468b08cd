/** The activities of the suite as most workflows call them. */
import { proxyActivities, proxyLocalActivities } from "../../../../sdk/workflow/index.ts";
import type { ActivityOptions, LocalActivityOptions } from "../../../../sdk/workflow/index.ts";
import type * as activities from "../activities.ts";

export type Activities = typeof activities;

const QUICK = { initialInterval: 5, maximumInterval: 20, backoffCoefficient: 1 } as const;

export function remote(options: ActivityOptions = {}): ReturnType<typeof proxyActivities<Activities>> {
  return proxyActivities<Activities>({ startToCloseTimeout: 20_000, retry: QUICK, ...options });
}

export function local(options: LocalActivityOptions = {}): ReturnType<typeof proxyLocalActivities<Activities>> {
  return proxyLocalActivities<Activities>({ startToCloseTimeout: 20_000, retry: QUICK, ...options });
}
