import { ContinueAsNewInitiator } from "../../../api/gen/enums.js";
import type { StartChildWorkflowExecutionInitiatedEventAttributes } from "../../../api/gen/messages.js";
import type { StartChild } from "../gen/messages.js";
import { cronBackoffMs } from "./cron.ts";
import type { RunStart } from "./create-run.ts";
import { configureTimeSkipping } from "./machines/time-skipping.ts";

/** A parent's command as the start of a run. */
export function childStart(
  message: StartChild,
  initiated: StartChildWorkflowExecutionInitiatedEventAttributes,
  at: { runId: string; nowMs: number },
): RunStart {
  const { sender } = message;
  const isCron = initiated.cronSchedule !== "";
  return {
    workflowId: initiated.workflowId,
    runId: at.runId,
    workflowType: initiated.workflowType?.name ?? "",
    taskQueue: initiated.taskQueue?.name ?? "",
    input: initiated.input,
    header: initiated.header,
    memo: initiated.memo,
    searchAttributes: initiated.searchAttributes,
    executionTimeout: initiated.workflowExecutionTimeout,
    runTimeout: initiated.workflowRunTimeout,
    taskTimeout: initiated.workflowTaskTimeout,
    retryPolicy: initiated.retryPolicy,
    cronSchedule: initiated.cronSchedule,
    priority: initiated.priority,
    identity: "",
    requestId: message.requestId,
    userMetadata: message.rawUserMetadata.length === 0 ? undefined : message.rawUserMetadata,
    links: [],
    completionCallbacks: [],
    firstTaskBackoffMs: isCron
      ? (cronBackoffMs(initiated.cronSchedule, { startMs: at.nowMs, closeMs: at.nowMs }) ?? 0)
      : 0,
    attempt: 1,
    initiator: isCron ? ContinueAsNewInitiator.CONTINUE_AS_NEW_INITIATOR_CRON_SCHEDULE : 0,
    firstRunId: at.runId,
    originalRunId: at.runId,
    continuedRunId: "",
    continuedFailure: undefined,
    lastCompletionResult: undefined,
    parent: sender && {
      namespaceId: sender.namespaceId,
      namespaceName: sender.namespaceName,
      namespaceNumber: sender.namespaceNumber,
      workflowId: sender.workflowId,
      runId: sender.runId,
      initiatedEventId: sender.eventId,
    },
    root: { workflowId: message.rootWorkflowId, runId: message.rootRunId },
    executionExpiresAt: undefined,
    eagerExecutionAccepted: false,
    holdFirstTask: true,
    clockOffsetMs: message.parentClockOffsetMs,
    timeSkipping: initiated.timeSkippingConfig && configureTimeSkipping(initiated.timeSkippingConfig, at.nowMs),
  };
}
