import { CancellationScope, condition, sleep } from "@temporalio/workflow";
import { outcome } from "./outcome.ts";

export async function sleepsTwice(): Promise<string> {
  await sleep(5);
  await sleep(5);
  return "rested";
}

export async function sleepsInParallel(): Promise<string[]> {
  const order: string[] = [];
  await Promise.all([40, 5, 20].map((ms) => sleep(ms).then(() => order.push(`${ms}`))));
  return order;
}

/** One timer cancelled in the task that started it, one in a later task. */
export async function cancelsTimers(): Promise<unknown> {
  const scope = new CancellationScope();
  const never = scope.run(() => outcome(sleep("1 hour")));
  const later = new CancellationScope();
  const long = later.run(() => outcome(sleep("2 hours")));
  scope.cancel();
  const first = await never;
  await sleep(5);
  later.cancel();
  return [first, await long];
}

export async function waitsForNothing(): Promise<boolean[]> {
  let isOpen = false;
  const timedOut = await condition(() => isOpen, 10);
  void sleep(5).then(() => (isOpen = true));
  const met = await condition(() => isOpen, "1 hour");
  return [timedOut, met];
}

export async function timesOutAScope(): Promise<unknown> {
  return outcome(CancellationScope.withTimeout(10, () => sleep("1 hour")));
}
