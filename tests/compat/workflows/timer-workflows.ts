import { CancellationScope, condition, isCancellation, sleep } from "@temporalio/workflow";

export async function sleepFor(ms: number): Promise<string> {
  await sleep(ms, { summary: "a nap" });
  return "awake";
}

export async function cancelTimer(): Promise<string> {
  const scope = new CancellationScope();
  const nap = scope.run(() => sleep("1 hour"));
  await sleep(1);
  scope.cancel();
  try {
    await nap;
    return "slept";
  } catch (error) {
    return isCancellation(error) ? "cancelled" : "failed";
  }
}

/** Started and cancelled within one workflow task: no trace is left of it. */
export async function cancelTimerAtOnce(): Promise<string> {
  const scope = new CancellationScope();
  const nap = scope.run(() => sleep("1 hour"));
  scope.cancel();
  await nap.catch(() => {});
  return "never started";
}

export async function waitWithTimeout(ms: number): Promise<boolean> {
  return condition(() => false, ms);
}

export async function fireInOrder(delaysMs: number[]): Promise<number[]> {
  const fired: number[] = [];
  await Promise.all(
    delaysMs.map(async (ms) => {
      await sleep(ms);
      fired.push(ms);
    }),
  );
  return fired;
}

export async function startManyTimers(count: number): Promise<number> {
  await Promise.all(Array.from({ length: count }, (_, index) => sleep(1 + (index % 50))));
  return count;
}
