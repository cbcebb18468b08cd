// The activities of every shape. Workers run in the process of the tests, so what a test must decide or learn about a running
// activity passes through `handedOver`.

import { activityInfo, CompleteAsyncError, Context, heartbeat, sleep } from "@temporalio/activity";
import { ApplicationFailure, CancelledFailure } from "@temporalio/common";

/** Task tokens of activities that a test completes, by workflow id; each resolves when the activity has started. */
const handedOver = new Map<string, PromiseWithResolvers<Uint8Array>>();

export function tokenOf(workflowId: string): Promise<Uint8Array> {
  return handOver(workflowId).promise;
}

function handOver(workflowId: string): PromiseWithResolvers<Uint8Array> {
  const known = handedOver.get(workflowId);
  if (known !== undefined) return known;
  const created = Promise.withResolvers<Uint8Array>();
  handedOver.set(workflowId, created);
  return created;
}

export async function greet(name: string): Promise<string> {
  return `hello ${name}`;
}

export async function echoBytes(payload: string): Promise<string> {
  return payload;
}

export async function failUntilAttempt(attempt: number): Promise<number> {
  const current = activityInfo().attempt;
  if (current < attempt) throw new Error(`attempt ${current} fails`);
  return current;
}

export async function failWith(options: {
  type: string;
  nonRetryable: boolean;
  nextRetryDelayMs?: number;
}): Promise<void> {
  throw ApplicationFailure.create({
    message: "on purpose",
    type: options.type,
    nonRetryable: options.nonRetryable,
    details: ["detail", 42],
    ...(options.nextRetryDelayMs === undefined ? {} : { nextRetryDelay: options.nextRetryDelayMs }),
  });
}

export async function failOnceWithDelay(delayMs: number): Promise<number> {
  if (activityInfo().attempt === 1) {
    throw ApplicationFailure.create({ message: "come back later", nextRetryDelay: delayMs });
  }
  return activityInfo().attempt;
}

/** Never ends by itself; ignores that nobody waits for it any more. */
export async function hang(): Promise<void> {
  await Promise.race([Context.current().cancelled.catch(() => {}), sleep("20s")]).catch(() => {});
}

export async function heartbeatThenHang(): Promise<string> {
  const { heartbeatDetails } = activityInfo();
  // On a slow machine a heartbeat may come after its time-out, so an attempt without details heartbeats again.
  if (heartbeatDetails !== undefined) return `resumed from ${JSON.stringify(heartbeatDetails)}`;
  heartbeat({ progress: 7 });
  await hang();
  return "not reached";
}

/** Heartbeats until cancelled, then does as it is told. */
export async function heartbeatUntilCancelled(then: "confirm" | "complete"): Promise<string> {
  const context = Context.current();
  const beat = setInterval(() => context.heartbeat("still here"), 50);
  try {
    await context.cancelled;
  } catch (error) {
    if (then === "complete") return "finished all the same";
    if (error instanceof CancelledFailure) throw error;
  } finally {
    clearInterval(beat);
  }
  return "not reached";
}

export async function completeElsewhere(): Promise<string> {
  const { taskToken, workflowExecution } = activityInfo();
  handOver(workflowExecution?.workflowId ?? "").resolve(taskToken);
  throw new CompleteAsyncError();
}

/** Reports that it runs, then waits to be allowed to end. */
export async function waitForTest(): Promise<string> {
  const { workflowExecution, taskToken } = activityInfo();
  const workflowId = workflowExecution?.workflowId ?? "";
  heartbeat("waiting");
  handOver(workflowId).resolve(taskToken);
  await permissionOf(workflowId).promise;
  return "allowed";
}

const permissions = new Map<string, PromiseWithResolvers<void>>();

export function permissionOf(workflowId: string): PromiseWithResolvers<void> {
  const known = permissions.get(workflowId);
  if (known !== undefined) return known;
  const created = Promise.withResolvers<void>();
  permissions.set(workflowId, created);
  return created;
}

export async function makeBytes(size: number): Promise<string> {
  return "x".repeat(size);
}

/** Ends when its worker shuts down; a later attempt finds another worker. */
export async function outliveWorker(): Promise<string> {
  const { attempt, workflowExecution, taskToken } = activityInfo();
  if (attempt > 1) return `attempt ${attempt}`;
  handOver(workflowExecution?.workflowId ?? "").resolve(taskToken);
  await Context.current().cancelled;
  return "not reached";
}

export async function slow(ms: number): Promise<number> {
  await sleep(ms);
  return ms;
}

export async function describeMyself(): Promise<Record<string, unknown>> {
  const info = activityInfo();
  return {
    activityId: info.activityId,
    activityType: info.activityType,
    attempt: info.attempt,
    namespace: info.workflowNamespace,
    workflowId: info.workflowExecution?.workflowId,
    workflowType: info.workflowType,
    taskQueue: info.taskQueue,
    startToCloseTimeoutMs: info.startToCloseTimeoutMs,
    heartbeatTimeoutMs: info.heartbeatTimeoutMs,
    priority: info.priority,
    isLocal: info.isLocal,
  };
}
