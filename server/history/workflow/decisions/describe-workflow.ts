/** DescribeWorkflowExecution: a run as its state tells it. */
import type { Input } from "../../../../api/codec.ts";
import { duration, optionalDuration } from "../../../../api/duration.ts";
import {
  ContinueAsNewInitiator,
  EventType,
  PendingWorkflowTaskState,
  TaskQueueKind,
} from "../../../../api/gen/enums.js";
import { Priority, VersioningOverride } from "../../../../api/gen/messages.js";
import type {
  DescribeWorkflowExecutionResponse,
  PendingChildExecutionInfo,
  PendingWorkflowTaskInfo,
  RequestIdInfo,
  WorkflowExecutionConfig,
  WorkflowExecutionExtendedInfo,
  WorkflowExecutionInfo,
} from "../../../../api/gen/messages.js";
import { optionalTimestamp, timestamp } from "../../../../api/timestamp.ts";
import type { ChildPart, RequestIdPart, RunState } from "../../gen/messages.js";
import type { HistoryEnv, Namespace } from "../../env.ts";
import { decideRun } from "../decide-run.ts";
import type { RunName } from "../decide-run.ts";
import { callbackInfos } from "../machines/callback.ts";
import { timeSkippingInfo } from "../machines/time-skipping.ts";
import { partKey, partPrefix } from "../parts.ts";
import { pendingActivityInfo } from "./pending-activity-info.ts";
import { toldResetPoints } from "../reset-points.ts";
import type { Run } from "../run.ts";
import { shownStatus } from "../shown-status.ts";

const { PENDING_WORKFLOW_TASK_STATE_SCHEDULED, PENDING_WORKFLOW_TASK_STATE_STARTED } = PendingWorkflowTaskState;

/** 0001-01-01, which is what Go calls no time at all; readers test for it. */
const ZERO_TIME = { seconds: -62_135_596_800, nanos: 0 };

export function describeWorkflow(
  env: HistoryEnv,
  namespace: Namespace,
  name: RunName,
): Promise<Input<DescribeWorkflowExecutionResponse>> {
  return decideRun(env, namespace, name, describeRun);
}

function describeRun(run: Run): Input<DescribeWorkflowExecutionResponse> {
  return {
    executionConfig: config(run.state),
    workflowExecutionInfo: info(run),
    pendingActivities: pendingActivityInfo(run),
    pendingChildren: pendingChildren(run),
    pendingWorkflowTask: pendingTask(run.state),
    callbacks: callbackInfos(run),
    workflowExtendedInfo: extendedInfo(run),
  };
}

function config(state: RunState): Input<WorkflowExecutionConfig> {
  return {
    taskQueue: { name: state.taskQueue, kind: TaskQueueKind.TASK_QUEUE_KIND_NORMAL },
    workflowExecutionTimeout: optionalDuration(state.executionTimeoutMs),
    workflowRunTimeout: isStartedByWorkflow(state)
      ? duration(state.runTimeoutMs)
      : optionalDuration(state.runTimeoutMs),
    defaultWorkflowTaskTimeout: duration(state.taskTimeoutMs),
    userMetadata: present(state.rawUserMetadata),
  };
}

/** Children, and runs that another one went on to: theirs is shown also when it is none. */
function isStartedByWorkflow({ parent, continuedRunId, initiator }: RunState): boolean {
  return (
    parent !== undefined ||
    (continuedRunId !== "" && initiator === ContinueAsNewInitiator.CONTINUE_AS_NEW_INITIATOR_WORKFLOW)
  );
}

function info(run: Run): Input<WorkflowExecutionInfo> {
  const { state, workflowId, runId } = run;
  const isClosed = !run.isRunning;
  return {
    execution: { workflowId, runId },
    type: { name: state.workflowType },
    startTime: timestamp(state.startTime),
    closeTime: optionalTimestamp(state.closeTime),
    status: shownStatus(state) as never,
    historyLength: historyLength(state),
    parentNamespaceId: state.parent?.namespaceId,
    parentExecution: state.parent && { workflowId: state.parent.workflowId, runId: state.parent.runId },
    executionTime: timestamp(state.executionTime),
    memo: state.rawMemo,
    searchAttributes: state.rawSearchAttributes,
    autoResetPoints: toldResetPoints(state.resetPoints, runId),
    taskQueue: state.taskQueue,
    mostRecentWorkerVersionStamp: state.workerBuildId === "" ? undefined : { buildId: state.workerBuildId },
    stateTransitionCount: state.stateTransitionCount,
    historySizeBytes: state.historySize,
    executionDuration: isClosed ? duration(state.closeTime - state.executionTime) : undefined,
    rootExecution: { workflowId: state.rootWorkflowId, runId: state.rootRunId },
    firstRunId: state.firstRunId,
    priority: state.rawPriority.length === 0 ? undefined : Priority.decode(state.rawPriority),
    versioningInfo:
      state.rawVersioningOverride.length === 0
        ? undefined
        : { versioningOverride: VersioningOverride.decode(state.rawVersioningOverride) },
  };
}

/** A started task's event counts from its start, although it is written later; not that of one that may leave no events. */
function historyLength({ nextEventId, workflowTask: task }: RunState): number {
  const isStartedUnwritten =
    task !== undefined && task.scheduledWritten && task.startedEventId !== 0 && !task.startedWritten;
  return nextEventId - 1 + (isStartedUnwritten ? 1 : 0);
}

function pendingTask({ workflowTask: task }: RunState): Input<PendingWorkflowTaskInfo> | undefined {
  if (task === undefined) return undefined;
  return {
    state: task.startedEventId === 0 ? PENDING_WORKFLOW_TASK_STATE_SCHEDULED : PENDING_WORKFLOW_TASK_STATE_STARTED,
    scheduledTime: timestamp(task.scheduledAt),
    originalScheduledTime: timestamp(task.originalScheduledAt),
    startedTime: task.startedEventId === 0 ? undefined : timestamp(task.startedAt),
    attempt: task.attempt,
  };
}

function pendingChildren(run: Run): Input<PendingChildExecutionInfo>[] {
  const children: Input<PendingChildExecutionInfo>[] = [];
  for (const [, child] of run.view.partsOf<ChildPart>(partPrefix.child)) {
    children.push({
      workflowId: child.workflowId,
      runId: child.runId,
      workflowTypeName: child.workflowType,
      initiatedId: child.initiatedEventId,
      parentClosePolicy: child.parentClosePolicy as never,
    });
  }
  return children;
}

function extendedInfo(run: Run): Input<WorkflowExecutionExtendedInfo> {
  const { state } = run;
  return {
    executionExpirationTime: optionalTimestamp(state.executionExpiresAt),
    runExpirationTime: state.runExpiresAt === 0 ? ZERO_TIME : timestamp(state.runExpiresAt),
    cancelRequested: state.cancelRequested,
    lastResetTime: optionalTimestamp(state.resetAt),
    resetRunId: state.resetRunId,
    pauseInfo: state.pause && {
      identity: state.pause.identity,
      pausedTime: timestamp(state.pause.pausedAt),
      reason: state.pause.reason,
    },
    originalStartTime: timestamp(state.originalStartTime || state.startTime),
    requestIdInfos: requestIds(run),
    timeSkippingInfo: timeSkippingInfo(run),
  };
}

/**
 * The requests that started the run or attached to it; those that only signalled it are no identity of it. One that
 * did both at once is shown with the event it wrote last, as Temporal does.
 */
function requestIds(run: Run): Record<string, Input<RequestIdInfo>> {
  const { startRequestId } = run.state;
  const started = run.view.part<RequestIdPart>(partKey.requestId(startRequestId));
  const infos: Record<string, Input<RequestIdInfo>> = {
    [startRequestId]: { eventType: EventType.EVENT_TYPE_WORKFLOW_EXECUTION_STARTED, eventId: started?.eventId ?? 1 },
  };
  for (const [key, part] of run.view.partsOf<RequestIdPart>(partPrefix.requestId)) {
    if (part.eventType !== EventType.EVENT_TYPE_WORKFLOW_EXECUTION_OPTIONS_UPDATED) continue;
    const requestId = key.slice(partPrefix.requestId.length);
    infos[requestId] = { eventType: part.eventType, eventId: part.eventId, buffered: part.eventId === 0 };
  }
  return infos;
}

function present(bytes: Uint8Array): Uint8Array | undefined {
  return bytes.length === 0 ? undefined : bytes;
}
