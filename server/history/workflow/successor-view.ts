import { EventType, TimeoutType } from "../../../api/gen/enums.js";
import { Failure, HistoryEvent } from "../../../api/gen/messages.js";

/**
 * A closing event as clients expect it that follow a workflow's result without knowing that a retry or the next cron run
 * goes on in its place: as a continue-as-new. Other events come back as they are.
 */
export function asContinuedAsNew(encoded: Uint8Array): Uint8Array {
  const event = HistoryEvent.decode(encoded);
  const {
    workflowExecutionCompletedEventAttributes: completed,
    workflowExecutionFailedEventAttributes: failed,
    workflowExecutionTimedOutEventAttributes: timedOut,
  } = event;
  const newExecutionRunId = completed?.newExecutionRunId || failed?.newExecutionRunId || timedOut?.newExecutionRunId;
  if (newExecutionRunId === undefined || newExecutionRunId === "") return encoded;
  const { eventId, eventTime, version, taskId } = event;
  return HistoryEvent.encode({
    eventId,
    eventTime,
    version,
    taskId,
    eventType: EventType.EVENT_TYPE_WORKFLOW_EXECUTION_CONTINUED_AS_NEW,
    workflowExecutionContinuedAsNewEventAttributes: {
      newExecutionRunId,
      lastCompletionResult: completed?.result,
      failure: failed?.failure ?? (timedOut && TIMED_OUT),
    },
  });
}

const TIMED_OUT: Uint8Array = Failure.encode({
  message: "workflow timeout",
  source: "Server",
  timeoutFailureInfo: { timeoutType: TimeoutType.TIMEOUT_TYPE_START_TO_CLOSE },
});
