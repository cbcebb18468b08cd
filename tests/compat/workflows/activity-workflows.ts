import {
  ActivityCancellationType,
  CancellationScope,
  condition,
  defineSignal,
  proxyActivities,
  scheduleActivity,
  setHandler,
  sleep,
} from "@temporalio/workflow";
import type { ActivityOptions } from "@temporalio/workflow";
import type * as activities from "../activities.ts";

const { greet, echoBytes } = proxyActivities<typeof activities>({ startToCloseTimeout: "10s" });

export async function greetOnce(name: string): Promise<string> {
  return greet(name);
}

export async function greetLazily(name: string): Promise<string> {
  return greet.executeWithOptions({ startToCloseTimeout: "10s", allowEagerDispatch: false, summary: "greets" }, [name]);
}

export async function greetMany(count: number): Promise<number> {
  const greetings = await Promise.all(Array.from({ length: count }, (_, index) => greet(`number ${index}`)));
  return new Set(greetings).size;
}

export async function greetOneByOne(names: string[]): Promise<string[]> {
  const greetings = [];
  for (const name of names) greetings.push(await greet(name));
  return greetings;
}

export async function carryBytes(size: number): Promise<number> {
  return (await echoBytes("x".repeat(size))).length;
}

/** Several large inputs in one workflow task: each is allowed, together they exceed what a request may carry. */
export async function carryMany(count: number, size: number): Promise<number> {
  const carried = await Promise.all(Array.from({ length: count }, () => echoBytes("x".repeat(size))));
  return carried.length;
}

/** One activity by name with any options: most of the shapes of activities differ in options only. */
export async function runActivity(call: {
  name: string;
  args?: unknown[];
  options: ActivityOptions;
}): Promise<unknown> {
  return scheduleActivity(call.name, call.args ?? [], call.options);
}

/** Cancels a running activity once told, and says how it ended for the workflow. */
export const cancelNow = defineSignal("cancelNow");

export async function cancelActivity(call: {
  name: string;
  args: unknown[];
  options: ActivityOptions;
  type: "TRY_CANCEL" | "WAIT_CANCELLATION_COMPLETED" | "ABANDON";
}): Promise<string> {
  let isTold = false;
  setHandler(cancelNow, () => {
    isTold = true;
  });
  const scope = new CancellationScope();
  const running = scope
    .run(() =>
      scheduleActivity(call.name, call.args, {
        ...call.options,
        cancellationType: ActivityCancellationType[call.type],
      }),
    )
    .then(
      (result) => `completed: ${String(result)}`,
      (error: unknown) =>
        `failed: ${(error as Error).cause instanceof Error ? (error as { cause: Error }).cause.name : (error as Error).name}`,
    );
  await condition(() => isTold);
  scope.cancel();
  const outcome = await running;
  await sleep(1); // One more task, so that what the cancellation left behind is seen by this run.
  return outcome;
}
