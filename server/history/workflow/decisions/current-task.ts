import type { TaskToken, WorkflowTask } from "../../gen/messages.js";
import type { Run } from "../run.ts";

/** The workflow task of a token, if it is the one that is started now. */
export function currentTask(run: Run | undefined, token: TaskToken): { run: Run; task: WorkflowTask } | undefined {
  if (run === undefined || run.runId !== token.runId || !run.isRunning) return undefined;
  const task = run.state.workflowTask;
  const isCurrent =
    task !== undefined &&
    task.startedEventId !== 0 &&
    task.startedEventId === token.startedEventId &&
    task.scheduledEventId === token.scheduledEventId &&
    task.stamp === token.stamp &&
    task.startedAt === token.startedAt &&
    (token.requestId === "" || token.requestId === task.requestId);
  return isCurrent ? { run, task } : undefined;
}
