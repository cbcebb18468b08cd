/** Commands of a workflow task, one builder per type; attributes are given as the API names them. */
import type { Plain } from "../wire-format.ts";
import { payloads } from "./payload.ts";

export function completeWorkflow(result?: unknown): Plain {
  const attributes = result === undefined ? {} : { result: payloads(result) };
  return { commandType: "COMPLETE_WORKFLOW_EXECUTION", completeWorkflowExecutionCommandAttributes: attributes };
}

export function failWorkflow(failure: Plain | undefined = applicationFailure("broken")): Plain {
  return { commandType: "FAIL_WORKFLOW_EXECUTION", failWorkflowExecutionCommandAttributes: { failure } };
}

export function cancelWorkflow(details?: unknown): Plain {
  const attributes = details === undefined ? {} : { details: payloads(details) };
  return { commandType: "CANCEL_WORKFLOW_EXECUTION", cancelWorkflowExecutionCommandAttributes: attributes };
}

export function continueAsNew(attributes: Plain = {}): Plain {
  return {
    commandType: "CONTINUE_AS_NEW_WORKFLOW_EXECUTION",
    continueAsNewWorkflowExecutionCommandAttributes: attributes,
  };
}

export function scheduleActivity(attributes: Plain): Plain {
  return { commandType: "SCHEDULE_ACTIVITY_TASK", scheduleActivityTaskCommandAttributes: attributes };
}

export function cancelActivity(scheduledEventId: number): Plain {
  return {
    commandType: "REQUEST_CANCEL_ACTIVITY_TASK",
    requestCancelActivityTaskCommandAttributes: { scheduledEventId },
  };
}

export function startTimer(timerId: string, startToFireTimeout?: string): Plain {
  return { commandType: "START_TIMER", startTimerCommandAttributes: { timerId, startToFireTimeout } };
}

export function cancelTimer(timerId: string): Plain {
  return { commandType: "CANCEL_TIMER", cancelTimerCommandAttributes: { timerId } };
}

export function recordMarker(attributes: Plain): Plain {
  return { commandType: "RECORD_MARKER", recordMarkerCommandAttributes: attributes };
}

export function startChild(attributes: Plain): Plain {
  return { commandType: "START_CHILD_WORKFLOW_EXECUTION", startChildWorkflowExecutionCommandAttributes: attributes };
}

export function signalExternal(attributes: Plain): Plain {
  return {
    commandType: "SIGNAL_EXTERNAL_WORKFLOW_EXECUTION",
    signalExternalWorkflowExecutionCommandAttributes: attributes,
  };
}

export function cancelExternal(attributes: Plain): Plain {
  return {
    commandType: "REQUEST_CANCEL_EXTERNAL_WORKFLOW_EXECUTION",
    requestCancelExternalWorkflowExecutionCommandAttributes: attributes,
  };
}

export function upsertSearchAttributes(indexedFields: Plain): Plain {
  return {
    commandType: "UPSERT_WORKFLOW_SEARCH_ATTRIBUTES",
    upsertWorkflowSearchAttributesCommandAttributes: { searchAttributes: { indexedFields } },
  };
}

export function modifyProperties(fields: Plain): Plain {
  return {
    commandType: "MODIFY_WORKFLOW_PROPERTIES",
    modifyWorkflowPropertiesCommandAttributes: { upsertedMemo: { fields } },
  };
}

export function protocolMessage(messageId: string): Plain {
  return { commandType: "PROTOCOL_MESSAGE", protocolMessageCommandAttributes: { messageId } };
}

export function applicationFailure(message: string, info: Plain = {}): Plain {
  return { message, source: "TypeScriptSDK", applicationFailureInfo: { type: "Error", ...info } };
}
