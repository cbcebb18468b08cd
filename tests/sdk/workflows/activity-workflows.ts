import { ActivityCancellationType, CancellationScope, proxyActivities, sleep } from "@temporalio/workflow";
import type * as activities from "../activities.ts";
import { outcome } from "./outcome.ts";

const { echo, failUntil, failFor, last } = proxyActivities<typeof activities>({
  startToCloseTimeout: "10s",
  retry: { initialInterval: 10, backoffCoefficient: 1 },
});

export async function callsInTurn(count: number): Promise<string> {
  let text = "";
  for (let i = 0; i < count; i++) text += await echo(`${i}`);
  return text;
}

export async function callsInParallel(count: number): Promise<string[]> {
  return Promise.all(Array.from({ length: count }, (_, i) => echo(`${i}`)));
}

export async function callsFailing(): Promise<unknown[]> {
  return [await outcome(failUntil(3)), await outcome(failFor("Fatal"))];
}

export async function callTimesOut(): Promise<unknown> {
  const short = proxyActivities<typeof activities>({ startToCloseTimeout: 100, retry: { maximumAttempts: 1 } });
  return outcome(short.last(2000));
}

async function cancelled(
  cancellationType: ActivityCancellationType,
  whenCancelled: "obey" | "return",
  afterMs: number,
): Promise<unknown> {
  const { untilCancelled } = proxyActivities<typeof activities>({
    startToCloseTimeout: "20s",
    heartbeatTimeout: "5s",
    cancellationType,
  });
  const scope = new CancellationScope();
  const called = scope.run(() => outcome(untilCancelled(whenCancelled)));
  if (afterMs > 0) await sleep(afterMs);
  scope.cancel();
  return called;
}

export async function cancelsBeforeSent(): Promise<unknown> {
  return [
    await cancelled(ActivityCancellationType.TRY_CANCEL, "obey", 0),
    await cancelled(ActivityCancellationType.WAIT_CANCELLATION_COMPLETED, "obey", 0),
    await cancelled(ActivityCancellationType.ABANDON, "obey", 0),
  ];
}

export async function triesToCancel(): Promise<unknown> {
  return [await cancelled(ActivityCancellationType.TRY_CANCEL, "obey", 30), await sleep(200)];
}

export async function waitsForCancellation(): Promise<unknown> {
  return [
    await cancelled(ActivityCancellationType.WAIT_CANCELLATION_COMPLETED, "obey", 30),
    await cancelled(ActivityCancellationType.WAIT_CANCELLATION_COMPLETED, "return", 30),
  ];
}

export async function abandonsActivity(): Promise<unknown> {
  return [await cancelled(ActivityCancellationType.ABANDON, "return", 30), await last(10)];
}
