/** What the official worker runs in the benches: one activity, nothing else. */
import { proxyActivities } from "@temporalio/workflow";
import type * as activities from "./activities.ts";

const { greet } = proxyActivities<typeof activities>({ startToCloseTimeout: "1 minute" });

export async function greeting(name: string): Promise<string> {
  return greet(name);
}
