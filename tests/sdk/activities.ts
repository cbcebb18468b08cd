// Activities of the recorded histories. They behave by their arguments and attempt alone.

import { activityInfo, Context, heartbeat, sleep } from "@temporalio/activity";
import { ApplicationFailure } from "@temporalio/common";

export async function echo(value: string): Promise<string> {
  return value;
}

export async function nothing(): Promise<void> {}

export async function failUntil(attempt: number): Promise<number> {
  if (activityInfo().attempt < attempt) throw new Error(`attempt ${activityInfo().attempt} fails`);
  return activityInfo().attempt;
}

export async function failFor(type: string): Promise<void> {
  throw ApplicationFailure.create({ message: "on purpose", type, nonRetryable: true, details: ["detail", 42] });
}

export async function last(ms: number): Promise<number> {
  await sleep(ms);
  return ms;
}

/** Notices its cancellation and either obeys or returns a value all the same. */
export async function untilCancelled(whenCancelled: "obey" | "return"): Promise<string> {
  for (;;) {
    heartbeat();
    try {
      await sleep(50);
      Context.current().cancellationSignal.throwIfAborted();
    } catch (error) {
      if (whenCancelled === "obey") throw error;
      return "came to an end";
    }
  }
}
