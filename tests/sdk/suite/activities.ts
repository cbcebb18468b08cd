/** The activities of the suite. They run in the test's process: gates and counts are shared with the tests. */
import { ApplicationFailure, CompleteAsyncError, Context, activityInfo } from "../../../sdk/activity/index.ts";
import { counted, countOf, openGate, passed } from "./gates.ts";

export async function echo<T>(value: T): Promise<T> {
  return value;
}

export function echoSync<T>(value: T): T {
  return value;
}

export async function nothing(): Promise<void> {}

export async function joinsAll(...parts: string[]): Promise<string> {
  return parts.join("|");
}

export async function infoOf(): Promise<Record<string, unknown>> {
  const { taskToken: _, base64TaskToken: __, ...info } = activityInfo();
  return info as unknown as Record<string, unknown>;
}

/** Fails so many times, then tells the attempt. */
export async function failsTimes(times: number, type = "Flaky"): Promise<number> {
  const { attempt } = activityInfo();
  if (attempt <= times) throw ApplicationFailure.create({ message: `attempt ${attempt}`, type });
  return attempt;
}

export async function throwsPlain(message: string): Promise<never> {
  throw new TypeError(message);
}

export async function throwsWithCauses(): Promise<never> {
  throw new Error("outer", { cause: new RangeError("middle", { cause: new TypeError("inner") }) });
}

export async function throwsString(): Promise<never> {
  // oxlint-disable-next-line no-throw-literal, only-throw-error -- The value is the case.
  throw "a string";
}

export async function throwsApplication(options: Parameters<typeof ApplicationFailure.create>[0]): Promise<never> {
  throw ApplicationFailure.create(options);
}

export async function throwsNonRetryable(...details: unknown[]): Promise<never> {
  counted(`nonRetryable-${activityInfo().workflowExecution?.workflowId}`);
  throw ApplicationFailure.nonRetryable("not again", "Final", ...details);
}

/** Asks for the next attempt after so long; the second attempt tells how long it was. */
export async function asksForDelay(ms: number): Promise<number> {
  const { attempt, currentAttemptScheduledTimestampMs, scheduledTimestampMs } = activityInfo();
  if (attempt === 1) throw ApplicationFailure.create({ message: "later", nextRetryDelay: ms });
  return currentAttemptScheduledTimestampMs - scheduledTimestampMs;
}

/** Ends when it is cancelled, and then fails with the cancellation. */
export async function untilCancelled(): Promise<never> {
  const context = Context.current();
  openGate(`running-${context.info.workflowExecution?.workflowId}`);
  for (;;) {
    context.heartbeat();
    await context.sleep(20);
  }
}

/** Ends when it is cancelled, and then returns. */
export async function returnsWhenCancelled(): Promise<string> {
  const context = Context.current();
  openGate(`running-${context.info.workflowExecution?.workflowId}`);
  try {
    for (;;) {
      context.heartbeat();
      await context.sleep(20);
    }
  } catch {
    return `stopped: ${context.cancellationDetails?.cancelRequested}`;
  }
}

/** Ends when it is cancelled, and then fails with another error. */
export async function failsWhenCancelled(): Promise<never> {
  const context = Context.current();
  openGate(`running-${context.info.workflowExecution?.workflowId}`);
  try {
    for (;;) {
      context.heartbeat();
      await context.sleep(20);
    }
  } catch {
    throw ApplicationFailure.nonRetryable("could not stop", "Stubborn");
  }
}

/** Waits for the test; does not hear of its cancellation. */
export async function waitsForGate<T>(key: string): Promise<T> {
  openGate(`running-${key}`);
  return passed<T>(key);
}

/** Never answers an attempt below the one given. */
export async function hangsUntilAttempt(attempt: number): Promise<number> {
  const context = Context.current();
  if (context.info.attempt < attempt) {
    context.heartbeat(`beat of ${context.info.attempt}`);
    await Promise.race([context.cancelled.catch(() => {}), passed("never")]);
    throw ApplicationFailure.retryable("was cancelled");
  }
  return context.info.attempt;
}

/** Reports how far it was, dies, and goes on. */
export async function resumes(): Promise<unknown[]> {
  const { info, heartbeat } = Context.current();
  if (info.attempt < 3) {
    heartbeat({ done: info.attempt });
    throw new Error("died");
  }
  return [info.attempt, info.heartbeatDetails];
}

export async function heartbeatsThenHangs(details: unknown): Promise<void> {
  const context = Context.current();
  context.heartbeat(details);
  await Promise.race([context.cancelled.catch(() => {}), passed("never")]);
}

export async function completesElsewhere(key: string): Promise<never> {
  const { taskToken, activityId } = activityInfo();
  openGate(key, { taskToken, activityId });
  throw new CompleteAsyncError();
}

/** Tells whose slot it holds, until the gate opens. */
export async function timesItself(): Promise<number> {
  return Context.current().info.scheduledTimestampMs;
}

export async function countsItself(key: string): Promise<number> {
  return counted(key);
}

export async function readsCount(key: string): Promise<number> {
  return countOf(key);
}

/** How many run at once, at most, under one key. */
const running = new Map<string, number>();
export async function measuresParallelism(key: string): Promise<number> {
  const now = (running.get(key) ?? 0) + 1;
  running.set(key, now);
  await Context.current().sleep(15);
  running.set(key, (running.get(key) ?? 0) - 1);
  return now;
}

export async function bytes(size: number): Promise<Uint8Array> {
  return new Uint8Array(size).fill(7);
}

export async function logsLine(message: string): Promise<void> {
  const { log, metricMeter } = Context.current();
  log.info(message, { own: "attribute" });
  metricMeter.createCounter("suite_activity_counter").add(3, { color: "green" });
}

/** Uses the client that activities have. */
export async function describesItsWorkflow(): Promise<string> {
  const { client, info } = Context.current();
  const { workflowId } = info.workflowExecution as { workflowId: string };
  return (await client.workflow.getHandle(workflowId).describe()).status.name;
}

export async function signalsItsWorkflow(signal: string, value: unknown): Promise<void> {
  const { client, info } = Context.current();
  const { workflowId } = info.workflowExecution as { workflowId: string };
  await client.workflow.getHandle(workflowId).signal(signal, value);
}

export async function sleepsFor(ms: number): Promise<string> {
  await Context.current().sleep(ms);
  return "slept";
}
