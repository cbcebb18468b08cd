/** Activities of a thread. */
import { threadId } from "node:worker_threads";
import {
  activityInfo,
  ApplicationFailure,
  cancelled,
  CompleteAsyncError,
  getClient,
  heartbeat,
  log,
} from "../../activity/index.ts";

export async function whereAmI(): Promise<number> {
  return threadId;
}

export async function describes(value: object): Promise<unknown> {
  log.warn("from a thread", { value });
  const { activityType, attempt, workflowExecution } = activityInfo();
  return { value, activityType, attempt, workflowId: workflowExecution?.workflowId };
}

export async function fails(): Promise<void> {
  throw ApplicationFailure.nonRetryable("no", "Refused", 42);
}

export async function waits(): Promise<void> {
  for (;;) {
    heartbeat("still here");
    await Promise.race([cancelled(), new Promise((resolve) => void setImmediate(resolve))]);
  }
}

export async function dies(): Promise<string> {
  if (activityInfo().attempt > 1) return "alive";
  process.exit(1);
}

export async function asksForClient(): Promise<void> {
  getClient();
}

export async function endsLater(): Promise<void> {
  throw new CompleteAsyncError();
}
