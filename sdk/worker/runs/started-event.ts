/** What the first event of a history tells the code. */
import { WorkflowExecutionStartedEventAttributes } from "../../../api/gen/messages.js";
import type { Timestamp } from "../../../api/gen/messages.js";
import { optionalFailureFromBytes } from "../../common/host/wire-failure.ts";
import { memoFromBytes, payloadsFromBytes, searchAttributesFromBytes } from "../../common/host/wire-payloads.ts";
import type { InitializeWorkflow } from "../../workflow/activation.ts";
import type { HistoryEvent } from "./history-event.ts";
import type { RunIdentity } from "./run-state.ts";
import { seedOfRunId } from "./seed.ts";
import { headers, optionalMs, payloads, priorityRecord, retryPolicyRecord } from "./wire.ts";

export function initializeWorkflow(event: HistoryEvent, run: RunIdentity): InitializeWorkflow {
  const started = event.attributes(WorkflowExecutionStartedEventAttributes);
  const { parentWorkflowExecution: parent, rootWorkflowExecution: root } = started;
  const originalExecutionRunId = started.originalExecutionRunId || run.runId;
  return {
    kind: "initializeWorkflow",
    workflowType: started.workflowType?.name ?? "",
    workflowId: run.workflowId,
    namespace: run.namespace,
    taskQueue: started.taskQueue?.name || run.taskQueue,
    arguments: payloads(started.input),
    // A run that was reset begins with the numbers of the run it comes from.
    randomnessSeed: seedOfRunId(originalExecutionRunId),
    headers: headers(started.header),
    identity: started.identity,
    parent: parent && {
      namespace: started.parentWorkflowNamespace,
      workflowId: parent.workflowId,
      runId: parent.runId,
    },
    root: root && { workflowId: root.workflowId, runId: root.runId },
    executionTimeoutMs: optionalMs(started.workflowExecutionTimeout),
    runTimeoutMs: optionalMs(started.workflowRunTimeout),
    taskTimeoutMs: optionalMs(started.workflowTaskTimeout) ?? 0,
    executionExpirationTimeMs: optionalTimeMs(started.workflowExecutionExpirationTime),
    firstExecutionRunId: started.firstExecutionRunId,
    originalExecutionRunId,
    continuedFromExecutionRunId: started.continuedExecutionRunId || undefined,
    continuedInitiator: started.initiator,
    continuedFailure: optionalFailureFromBytes(started.continuedFailure),
    lastCompletionResult: payloadsFromBytes(started.lastCompletionResult),
    retryPolicy: retryPolicyRecord(started.retryPolicy),
    attempt: started.attempt,
    cronSchedule: started.cronSchedule || undefined,
    cronScheduleToScheduleIntervalMs: optionalMs(started.firstWorkflowTaskBackoff),
    memo: memoFromBytes(started.memo),
    searchAttributes: searchAttributesFromBytes(started.searchAttributes),
    startTimeMs: event.timeMs,
    priority: priorityRecord(started.priority),
  };
}

function optionalTimeMs(time: Timestamp | undefined): number | undefined {
  return time === undefined ? undefined : time.seconds * 1000 + time.nanos / 1e6;
}
