import { assert } from "../../../../base/index.ts";
import type { RespondWorkflowTaskCompletedRequest } from "../../../../api/gen/messages.js";
import type { WorkflowTask } from "../../gen/messages.js";
import type { UpdateAnswers } from "../machines/update-answers.ts";
import type { Run } from "../run.ts";
import { WORKFLOW_TASK_KIND } from "../task-kinds.ts";

/** A worker that can step back over events is asked to step back over this many at most: it must read them again. */
const SHOWN_EVENTS_MAX = 10;

/** A speculative task that came to nothing but refusals may vanish, so that refused updates do not fill the history. */
export function isDiscardable(run: Run, request: RespondWorkflowTaskCompletedRequest, updates: UpdateAnswers): boolean {
  const { workflowTask, previousStartedEventId } = run.state;
  if (workflowTask?.kind !== WORKFLOW_TASK_KIND.speculative || run.hasBufferedEvents) return false;
  if (previousStartedEventId === 0) return false; // There is no task before to step back to.
  if (request.commands.length > 0 || request.forceCreateNewWorkflowTask || !updates.isRejectionOnly) return false;
  // Between the Started event of the last task and this one's Scheduled stands the last one's Completed; the rest is news.
  const shown = workflowTask.scheduledEventId - previousStartedEventId - 2;
  return shown <= (request.capabilities?.discardSpeculativeWorkflowTaskWithEvents === true ? SHOWN_EVENTS_MAX : 0);
}

/** The task ends without a trace. The worker steps back to the task before. */
export function discardTask(run: Run): { task: WorkflowTask; completedEventId: number } {
  const task = run.state.workflowTask;
  assert(task?.kind === WORKFLOW_TASK_KIND.speculative, "only a speculative workflow task is discarded");
  run.state.workflowTask = undefined;
  return { task, completedEventId: 0 };
}
