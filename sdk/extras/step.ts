/** Durable steps: functions that workflow code calls by a name, and whose results history keeps. */
import type { Duration } from "../common/index.ts";
import type { LocalActivityOptions } from "../workflow/activity-options.ts";
import { currentRun } from "../workflow/current-run.ts";
import { callLocalActivity } from "../workflow/local-activities.ts";
import { hostFunctionName } from "./host-functions.ts";

/** As of a local activity; without a time-out each attempt has a minute. */
export interface StepOptions extends LocalActivityOptions {
  /** Handed to the function as its payload converter gives them back: nothing is shared with the workflow. */
  args?: readonly unknown[];
}

const ATTEMPT_TIMEOUT: Duration = "1 minute";

/**
 * Calls `fn` once, writes what it returns to history under `name`, and returns that in every replay without calling it
 * again. A step that fails is tried again as a local activity is, until `retry` or `scheduleToCloseTimeout` say that it
 * is enough; one that was cut short by the end of the process is called again, so what it does should be idempotent.
 *
 * Without a sandbox (worker option `workflows`) `fn` is any function, and may read variables of the workflow; what it
 * assigns to them is lost in a replay. In a sandbox it is one of `hostFunctions`.
 *
 * @example
 * ```ts
 * const rate = await step("read the rate", () => fetchRate("EUR"), { retry: { maximumAttempts: 5 } });
 * ```
 * @throws the error of the last attempt as an ApplicationFailure, whose `type` is the name of what was thrown; an
 *   ActivityFailure with a TimeoutFailure or a CancelledFailure as its cause
 * @throws TypeError in a sandbox for a function that is none of `hostFunctions`
 */
export function step<R>(name: string, fn: () => R, options?: StepOptions & { args?: readonly [] }): Promise<Awaited<R>>;
export function step<A extends readonly any[], R>(
  name: string,
  fn: (...args: [...A]) => R,
  options: StepOptions & { args: readonly [...A] },
): Promise<Awaited<R>>;
export async function step(
  name: string,
  fn: (...args: any[]) => unknown,
  { args = [], ...options }: StepOptions = {},
): Promise<unknown> {
  const run = currentRun("step() works only in a workflow: elsewhere call the function itself");
  if (typeof name !== "string" || name === "") throw new TypeError("A step has a name: step(name, fn)");
  if (typeof fn !== "function") throw new TypeError(`Step ${JSON.stringify(name)} has no function: step(name, fn)`);
  const ofHost = hostFunctionName(fn);
  if (ofHost === undefined && run.options.takesFunctions !== true) {
    throw new TypeError(
      `Step ${JSON.stringify(name)} is a function of workflow code, which runs in a sandbox: name one of the worker's ` +
        "steps with hostFunctions(), or run the workflows without a sandbox, by the worker's option `workflows`",
    );
  }
  const { startToCloseTimeout, scheduleToCloseTimeout } = options;
  const isLimited = startToCloseTimeout !== undefined || scheduleToCloseTimeout !== undefined;
  return callLocalActivity({
    activityType: name,
    args: [...args],
    options: isLimited ? options : { ...options, startToCloseTimeout: ATTEMPT_TIMEOUT },
    implementation: ofHost ?? fn,
  });
}
