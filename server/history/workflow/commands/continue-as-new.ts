import { duration, durationFaultText, durationMs, optionalDuration } from "../../../../api/duration.ts";
import {
  ContinueAsNewInitiator,
  EventType,
  TaskQueueKind,
  WorkflowExecutionStatus,
  WorkflowTaskFailedCause,
} from "../../../../api/gen/enums.js";
import { SearchAttributes } from "../../../../api/gen/messages.js";
import type { ContinueAsNewWorkflowExecutionCommandAttributes } from "../../../../api/gen/messages.js";
import type { RunStart } from "../create-run.ts";
import { closeRun } from "../machines/close.ts";
import { createSuccessor } from "../machines/successor.ts";
import { normalQueue } from "../machines/workflow-task.ts";
import { retryPolicyFault, withRetryDefaults } from "../retry-policy-input.ts";
import type { Run } from "../run.ts";
import { bad, limitId, requireAttributes } from "./attributes.ts";
import type { AttributeChecks } from "./attributes.ts";
import type { CommandHandler } from "./command.ts";
import { limitBlobs } from "./payload-limits.ts";
import { checkedSearchAttributes } from "./upsert-search-attributes.ts";

const COMMAND = "ContinueAsNewWorkflowExecutionCommand";
/** Runs of one workflow follow each other no faster than this. */
const RUN_INTERVAL_MS_MIN = 1_000;

export const continueAsNew: CommandHandler = ({ run, namespace, completedEventId }, command) => {
  const failedCause = WorkflowTaskFailedCause.WORKFLOW_TASK_FAILED_CAUSE_BAD_CONTINUE_AS_NEW_ATTRIBUTES;
  const checks = { command: COMMAND, failedCause, idBytesMax: run.limits.idBytesMax };
  const attributes = requireAttributes(checks, command.continueAsNewWorkflowExecutionCommandAttributes);
  validate(run, checks, attributes);
  limitBlobs(run, { command: `${COMMAND}Attributes. Input`, failedCause }, [attributes.input]);
  limitBlobs(run, { command: `${COMMAND}Attributes. Memo`, failedCause, bytesMax: run.limits.memoBytesMax }, [
    attributes.memo,
  ]);
  const searchAttributes =
    attributes.searchAttributes &&
    SearchAttributes.encode(
      checkedSearchAttributes({ namespace, limits: run.limits }, SearchAttributes.decode(attributes.searchAttributes)),
    );
  const successorRunId = run.tx.runId();
  const changes = changesOf(run, attributes, searchAttributes);
  closeRun(
    run,
    { status: WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_CONTINUED_AS_NEW, successorRunId },
    {
      eventType: EventType.EVENT_TYPE_WORKFLOW_EXECUTION_CONTINUED_AS_NEW,
      workflowExecutionContinuedAsNewEventAttributes: {
        newExecutionRunId: successorRunId,
        workflowType: { name: changes.workflowType },
        taskQueue: { name: changes.taskQueue, kind: TaskQueueKind.TASK_QUEUE_KIND_NORMAL },
        input: attributes.input,
        workflowRunTimeout: changes.runTimeout,
        workflowTaskTimeout: changes.taskTimeout,
        workflowTaskCompletedEventId: completedEventId,
        backoffStartInterval: attributes.backoffStartInterval,
        initiator: attributes.initiator,
        failure: attributes.failure,
        lastCompletionResult: attributes.lastCompletionResult,
        header: attributes.header,
        memo: attributes.memo,
        searchAttributes,
        inheritBuildId: attributes.inheritBuildId,
        initialVersioningBehavior: attributes.initialVersioningBehavior,
      },
      eventGroupMarkers: command.eventGroupMarkers,
    },
  );
  run.action("continue_as_new");
  createSuccessor(run, successorRunId, {
    initiator: attributes.initiator || ContinueAsNewInitiator.CONTINUE_AS_NEW_INITIATOR_WORKFLOW,
    backoffMs: backoffMs(run, durationMs(attributes.backoffStartInterval)),
    attempt: 1,
    continuedFailure: attributes.failure,
    lastCompletionResult: attributes.lastCompletionResult,
    changes,
  });
};

/** A run that lived less than the minimum is followed after the rest of it. */
function backoffMs(run: Run, wantedMs: number): number {
  const livedMs = run.now - run.state.executionTime;
  return livedMs < RUN_INTERVAL_MS_MIN ? Math.max(wantedMs, RUN_INTERVAL_MS_MIN - Math.max(0, livedMs)) : wantedMs;
}

function validate(
  run: Run,
  checks: AttributeChecks,
  attributes: ContinueAsNewWorkflowExecutionCommandAttributes,
): void {
  limitId(checks, "WorkflowType", attributes.workflowType?.name ?? "");
  const queueName = attributes.taskQueue?.name ?? "";
  const type = attributes.workflowType?.name || run.state.workflowType;
  const where = (queue: string): string =>
    `WorkflowType=${type} TaskQueue=name:"${queue}"  kind:TASK_QUEUE_KIND_NORMAL`;
  if (Buffer.byteLength(queueName) > checks.idBytesMax)
    throw bad(checks, `error validating ${COMMAND} TaskQueue: taskQueue length exceeds limit. ${where(queueName)}`);
  const at = where(queueName || (normalQueue(run).name as string));
  const durations = {
    WorkflowRunTimeout: attributes.workflowRunTimeout,
    WorkflowTaskTimeout: attributes.workflowTaskTimeout,
    BackoffStartInterval: attributes.backoffStartInterval,
  };
  for (const [field, value] of Object.entries(durations)) {
    const fault = durationFaultText(value);
    if (fault !== undefined) throw bad(checks, `Invalid ${field} on ${COMMAND}: ${fault}. ${at}`);
  }
  const policyFault = retryPolicyFault(attributes.retryPolicy);
  if (policyFault !== undefined) throw bad(checks, `invalid WorkflowRetryPolicy on ${COMMAND}: ${policyFault}. ${at}`);
}

/** What the command names replaces what the run has; input, header, result and failure never carry over by themselves. */
function changesOf(
  run: Run,
  attributes: ContinueAsNewWorkflowExecutionCommandAttributes,
  searchAttributes: Uint8Array | undefined,
) {
  const { state } = run;
  const wantedMs = durationMs(attributes.workflowRunTimeout) || state.runTimeoutMs;
  const runTimeout = duration(
    state.executionTimeoutMs === 0
      ? wantedMs
      : Math.min(wantedMs || state.executionTimeoutMs, state.executionTimeoutMs),
  );
  const taskTimeout = optionalDuration(durationMs(attributes.workflowTaskTimeout) || state.taskTimeoutMs);
  return {
    workflowType: attributes.workflowType?.name || state.workflowType,
    taskQueue: attributes.taskQueue?.name || state.taskQueue,
    input: attributes.input,
    header: attributes.header,
    runTimeout,
    taskTimeout,
    cronSchedule: attributes.cronSchedule,
    retryPolicy: attributes.retryPolicy && withRetryDefaults(attributes.retryPolicy),
    memo: attributes.memo,
    searchAttributes,
    userMetadata: undefined,
  } satisfies Partial<RunStart>;
}
