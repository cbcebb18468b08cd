/** The jobs that events give to the code, by the type of the event. A type that is missing here is none of its business. */
import { EventType, WorkflowTaskFailedCause } from "../../../api/gen/enums.js";
import {
  WorkflowExecutionCancelRequestedEventAttributes,
  WorkflowExecutionSignaledEventAttributes,
  WorkflowTaskFailedEventAttributes,
} from "../../../api/gen/messages.js";
import type { HistoryEvent } from "./history-event.ts";
import {
  activityCompleted,
  activityTaskCanceled,
  activityTaskFailed,
  activityTaskTimedOut,
} from "./machines/activity.ts";
import {
  childCanceled,
  childCompleted,
  childStarted,
  childStartFailed,
  childTerminated,
  childTimedOut,
  childWorkflowFailed,
} from "./machines/child-workflow.ts";
import {
  externalCancelFailed,
  externalCancelRequested,
  externalSignaled,
  externalSignalFailed,
} from "./machines/external-workflow.ts";
import {
  nexusCanceled,
  nexusCancelDelivered,
  nexusCancelFailed,
  nexusCompleted,
  nexusFailed,
  nexusStarted,
  nexusTimedOut,
} from "./machines/nexus-operation.ts";
import { timerFired } from "./machines/timer.ts";
import type { RunState } from "./run-state.ts";
import { seedOfRunId } from "./seed.ts";
import { initializeWorkflow } from "./started-event.ts";
import { headers, payloads } from "./wire.ts";

type Apply = (run: RunState, event: HistoryEvent) => void;

const APPLY: (Apply | undefined)[] = [];

APPLY[EventType.EVENT_TYPE_WORKFLOW_EXECUTION_STARTED] = (run, event) => {
  const job = initializeWorkflow(event, run.identity);
  run.memo = job.memo;
  run.searchAttributes = job.searchAttributes;
  run.firstJobs.push(job);
};
APPLY[EventType.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED] = (run, event) => {
  const { signalName, input, identity, header } = event.attributes(WorkflowExecutionSignaledEventAttributes);
  run.messageJobs.push({
    kind: "signalWorkflow",
    originatingEventId: event.id,
    signalName,
    input: payloads(input),
    identity,
    headers: headers(header),
  });
};
APPLY[EventType.EVENT_TYPE_WORKFLOW_EXECUTION_CANCEL_REQUESTED] = (run, event) => {
  const { cause } = event.attributes(WorkflowExecutionCancelRequestedEventAttributes);
  run.otherJobs.push({ kind: "cancelWorkflow", reason: cause });
};
APPLY[EventType.EVENT_TYPE_WORKFLOW_TASK_FAILED] = (run, event) => {
  const { cause, newRunId } = event.attributes(WorkflowTaskFailedEventAttributes);
  if (cause !== WorkflowTaskFailedCause.WORKFLOW_TASK_FAILED_CAUSE_RESET_WORKFLOW) return;
  run.firstJobs.push({ kind: "updateRandomSeed", randomnessSeed: seedOfRunId(newRunId) });
};
APPLY[EventType.EVENT_TYPE_TIMER_FIRED] = timerFired;
APPLY[EventType.EVENT_TYPE_ACTIVITY_TASK_COMPLETED] = activityCompleted;
APPLY[EventType.EVENT_TYPE_ACTIVITY_TASK_FAILED] = activityTaskFailed;
APPLY[EventType.EVENT_TYPE_ACTIVITY_TASK_TIMED_OUT] = activityTaskTimedOut;
APPLY[EventType.EVENT_TYPE_ACTIVITY_TASK_CANCELED] = activityTaskCanceled;
APPLY[EventType.EVENT_TYPE_START_CHILD_WORKFLOW_EXECUTION_FAILED] = childStartFailed;
APPLY[EventType.EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_STARTED] = childStarted;
APPLY[EventType.EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_COMPLETED] = childCompleted;
APPLY[EventType.EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_FAILED] = childWorkflowFailed;
APPLY[EventType.EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_CANCELED] = childCanceled;
APPLY[EventType.EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_TIMED_OUT] = childTimedOut;
APPLY[EventType.EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_TERMINATED] = childTerminated;
APPLY[EventType.EVENT_TYPE_EXTERNAL_WORKFLOW_EXECUTION_SIGNALED] = externalSignaled;
APPLY[EventType.EVENT_TYPE_SIGNAL_EXTERNAL_WORKFLOW_EXECUTION_FAILED] = externalSignalFailed;
APPLY[EventType.EVENT_TYPE_EXTERNAL_WORKFLOW_EXECUTION_CANCEL_REQUESTED] = externalCancelRequested;
APPLY[EventType.EVENT_TYPE_REQUEST_CANCEL_EXTERNAL_WORKFLOW_EXECUTION_FAILED] = externalCancelFailed;
APPLY[EventType.EVENT_TYPE_NEXUS_OPERATION_STARTED] = nexusStarted;
APPLY[EventType.EVENT_TYPE_NEXUS_OPERATION_COMPLETED] = nexusCompleted;
APPLY[EventType.EVENT_TYPE_NEXUS_OPERATION_FAILED] = nexusFailed;
APPLY[EventType.EVENT_TYPE_NEXUS_OPERATION_CANCELED] = nexusCanceled;
APPLY[EventType.EVENT_TYPE_NEXUS_OPERATION_TIMED_OUT] = nexusTimedOut;
APPLY[EventType.EVENT_TYPE_NEXUS_OPERATION_CANCEL_REQUEST_COMPLETED] = nexusCancelDelivered;
APPLY[EventType.EVENT_TYPE_NEXUS_OPERATION_CANCEL_REQUEST_FAILED] = nexusCancelFailed;

export function applyEvent(run: RunState, event: HistoryEvent): void {
  APPLY[event.type]?.(run, event);
}
