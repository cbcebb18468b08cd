import {
  ApplicationFailure,
  CancellationScope,
  condition,
  defineSignal,
  isCancellation,
  setHandler,
  sleep,
  uuid4,
  workflowInfo,
} from "@temporalio/workflow";

export async function echo<T>(value: T): Promise<T> {
  return value;
}

export async function failPlainly(type: string): Promise<void> {
  throw ApplicationFailure.create({
    message: "the workflow fails",
    type,
    nonRetryable: false,
    details: [{ reason: "on purpose" }],
    cause: new Error("the cause below"),
  });
}

export async function failUntilWorkflowAttempt(attempt: number): Promise<number> {
  const current = workflowInfo().attempt;
  if (current < attempt) throw ApplicationFailure.create({ message: `attempt ${current} fails`, type: "NotYet" });
  return current;
}

export async function waitForever(): Promise<void> {
  await condition(() => false);
}

/** Cleans up in a scope that its cancellation does not reach, then ends as cancelled. */
export async function cleanUpWhenCancelled(): Promise<void> {
  try {
    await sleep("1 hour");
  } catch (error) {
    if (isCancellation(error)) await CancellationScope.nonCancellable(() => sleep(20));
    throw error;
  }
}

export async function ignoreCancellation(): Promise<string> {
  const cancelled = CancellationScope.current().cancelRequested.catch(() => "asked to stop");
  const answer = await CancellationScope.nonCancellable(async () => {
    const reason = await cancelled;
    await sleep(10);
    return `${String(reason)}, finished instead`;
  });
  return answer;
}

export const releaseSignal = defineSignal("release");

/** Ends at the first `release`, with what it knows of itself. */
export async function describeWorkflow(): Promise<Record<string, unknown>> {
  let isReleased = false;
  setHandler(releaseSignal, () => {
    isReleased = true;
  });
  await condition(() => isReleased);
  const info = workflowInfo();
  return {
    attempt: info.attempt,
    workflowType: info.workflowType,
    taskQueue: info.taskQueue,
    firstExecutionRunId: info.firstExecutionRunId,
    memo: info.memo,
    priority: info.priority,
    executionTimeoutMs: info.executionTimeoutMs,
    runTimeoutMs: info.runTimeoutMs,
    taskTimeoutMs: info.taskTimeoutMs,
    cronSchedule: info.cronSchedule,
    retryAttempts: info.retryPolicy?.maximumAttempts,
  };
}

/** Values that must come out the same in every replay. */
export async function drawRandomly(): Promise<{ first: string; second: string; number: number; time: number }> {
  const first = uuid4();
  const number = Math.random();
  await sleep(1);
  const second = uuid4();
  const time = Date.now();
  await sleep(1);
  return { first, second, number, time };
}
