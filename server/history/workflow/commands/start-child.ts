import {
  EventType,
  ParentClosePolicy,
  TaskQueueKind,
  WorkflowIdReusePolicy,
  WorkflowTaskFailedCause,
} from "../../../../api/gen/enums.js";
import { SearchAttributes, StartChildWorkflowExecutionInitiatedEventAttributes } from "../../../../api/gen/messages.js";
import type { StartChildWorkflowExecutionCommandAttributes } from "../../../../api/gen/messages.js";
import type { Input } from "../../../../api/codec.ts";
import { durationFaultText, durationMs, optionalDuration } from "../../../../api/duration.ts";
import type { Namespace } from "../../env.ts";
import { ChildPart } from "../../gen/messages.js";
import { own, taskTimeoutMs } from "../create-run.ts";
import { cronFault } from "../cron.ts";
import { childTimeSkipping, inheritedTime } from "../machines/time-skipping.ts";
import { sendMessage, senderOf } from "../outbox.ts";
import { partKey } from "../parts.ts";
import { inheritPriority, priorityFault } from "../priority.ts";
import { retryPolicyFault, withRetryDefaults } from "../retry-policy-input.ts";
import type { Run } from "../run.ts";
import { bad, requireAttributes } from "./attributes.ts";
import type { AttributeChecks } from "./attributes.ts";
import { CommandError } from "./command.ts";
import type { CommandContext, CommandHandler } from "./command.ts";
import { limitBlobs } from "./payload-limits.ts";
import { targetNamespace } from "./target-namespace.ts";
import { checkedSearchAttributes } from "./upsert-search-attributes.ts";

const COMMAND = "StartChildWorkflowExecutionCommand";
const failedCause = WorkflowTaskFailedCause.WORKFLOW_TASK_FAILED_CAUSE_BAD_START_CHILD_EXECUTION_ATTRIBUTES;

export const startChild: CommandHandler = (context, command) => {
  const { run } = context;
  const checks = { command: COMMAND, failedCause, idBytesMax: run.limits.idBytesMax };
  const attributes = requireAttributes(checks, command.startChildWorkflowExecutionCommandAttributes);
  const namespace = targetNamespace(context, checks, attributes.namespace);
  validate(checks, attributes, namespace.name);
  limitBlobs(run, { command: `${COMMAND}Attributes. Input`, failedCause }, [attributes.input]);
  limitBlobs(run, { command: `${COMMAND}Attributes.Memo`, failedCause, bytesMax: run.limits.memoBytesMax }, [
    attributes.memo,
  ]);
  if (run.state.pendingChildCount >= run.limits.pendingChildrenMax) {
    const text = `the number of pending child workflow executions, ${run.state.pendingChildCount}, has reached the per-workflow limit of ${run.limits.pendingChildrenMax}`;
    throw new CommandError(
      WorkflowTaskFailedCause.WORKFLOW_TASK_FAILED_CAUSE_PENDING_CHILD_WORKFLOWS_LIMIT_EXCEEDED,
      text,
    );
  }
  const initiated = initiatedAttributes(context, namespace, attributes);
  const initiatedEventId = run.addEvent({
    eventType: EventType.EVENT_TYPE_START_CHILD_WORKFLOW_EXECUTION_INITIATED,
    startChildWorkflowExecutionInitiatedEventAttributes: initiated,
    userMetadata: command.userMetadata,
    eventGroupMarkers: command.eventGroupMarkers,
  });
  initiateChild(run, { namespace, initiated, initiatedEventId, userMetadata: command.userMetadata });
};

export interface InitiateChild {
  readonly namespace: Namespace;
  readonly initiated: StartChildWorkflowExecutionInitiatedEventAttributes;
  readonly initiatedEventId: number;
  readonly userMetadata: Uint8Array | undefined;
  /** Of the same start in the run that this one is a reset of: whichever comes second finds the child there. */
  readonly requestId?: string | undefined;
}

export function initiateChild(run: Run, child: InitiateChild): void {
  const { namespace, initiated, initiatedEventId, userMetadata } = child;
  const { workflowId } = initiated;
  const requestId = child.requestId ?? run.tx.uuid();
  const outboxKey = sendMessage(
    run,
    { namespaceNumber: namespace.number, workflowId, runId: "" },
    {
      startChild: {
        sender: senderOf(run, initiatedEventId),
        rawInitiated: StartChildWorkflowExecutionInitiatedEventAttributes.encode({
          ...initiated,
          priority: inheritPriority(initiated.priority, run.state.rawPriority),
        }),
        requestId,
        rootWorkflowId: run.state.rootWorkflowId,
        rootRunId: run.state.rootRunId,
        rawUserMetadata: userMetadata,
        namespaceId: namespace.id,
        namespaceName: namespace.name,
        parentClockOffsetMs: run.state.clockOffsetMs,
      },
    },
  );
  const part = {
    initiatedEventId,
    namespaceId: namespace.id,
    namespaceName: namespace.name,
    namespaceNumber: namespace.number,
    workflowId,
    workflowType: initiated.workflowType?.name,
    parentClosePolicy: initiated.parentClosePolicy,
    requestId,
    rawHeader: own(initiated.header),
    outboxKey,
  };
  run.view.setPart(partKey.child(initiatedEventId), ChildPart.decode(ChildPart.encode(part)));
  run.state.pendingChildCount++;
  run.action("start_child_workflow", 2);
}

function initiatedAttributes(
  context: CommandContext,
  namespace: Namespace,
  attributes: StartChildWorkflowExecutionCommandAttributes,
): StartChildWorkflowExecutionInitiatedEventAttributes {
  const { run, completedEventId } = context;
  const { retryPolicy, searchAttributes } = attributes;
  const executionMs = durationMs(attributes.workflowExecutionTimeout);
  const runMs =
    executionMs === 0
      ? durationMs(attributes.workflowRunTimeout)
      : Math.min(durationMs(attributes.workflowRunTimeout) || executionMs, executionMs);
  const whole: Partial<StartChildWorkflowExecutionInitiatedEventAttributes> = {
    ...attributes,
    namespace: namespace.name,
    namespaceId: namespace.id,
    taskQueue: {
      name: attributes.taskQueue?.name || run.state.taskQueue,
      kind: TaskQueueKind.TASK_QUEUE_KIND_NORMAL,
      normalName: "",
    },
    workflowExecutionTimeout: attributes.workflowExecutionTimeout,
    workflowRunTimeout: optionalDuration(runMs) ?? { seconds: 0, nanos: 0 },
    workflowTaskTimeout: optionalDuration(taskTimeoutMs(run, attributes.workflowTaskTimeout, runMs)),
    parentClosePolicy: attributes.parentClosePolicy || ParentClosePolicy.PARENT_CLOSE_POLICY_TERMINATE,
    workflowIdReusePolicy:
      attributes.workflowIdReusePolicy || WorkflowIdReusePolicy.WORKFLOW_ID_REUSE_POLICY_ALLOW_DUPLICATE,
    workflowTaskCompletedEventId: completedEventId,
    retryPolicy: retryPolicy && withRetryDefaults(retryPolicy),
    ...(timeOf(run) as object),
    searchAttributes:
      searchAttributes &&
      SearchAttributes.encode(
        checkedSearchAttributes({ namespace, limits: run.limits }, SearchAttributes.decode(searchAttributes)),
      ),
  };
  return whole as StartChildWorkflowExecutionInitiatedEventAttributes;
}

/** A child begins in its parent's time, and skips time as its parent does. */
function timeOf({
  state,
}: Run): Pick<
  Input<StartChildWorkflowExecutionInitiatedEventAttributes>,
  "timeSkippingConfig" | "timeSkippingStatePropagation"
> {
  return {
    timeSkippingConfig: childTimeSkipping(state),
    timeSkippingStatePropagation: inheritedTime(state.clockOffsetMs),
  };
}

function validate(
  checks: AttributeChecks,
  attributes: StartChildWorkflowExecutionCommandAttributes,
  namespace: string,
): void {
  const { workflowId, idBytesMax } = { workflowId: attributes.workflowId, idBytesMax: checks.idBytesMax };
  const type = attributes.workflowType?.name ?? "";
  const tooLong = (value: string): boolean => Buffer.byteLength(value) > idBytesMax;
  const lengths = (value: string): string => `Length=${Buffer.byteLength(value)} Limit=${idBytesMax}`;
  const where = `WorkflowId=${workflowId} WorkflowType=${type} Namespace=${namespace}`;
  if (workflowId === "")
    throw bad(
      checks,
      `Required field WorkflowId is not set on ${COMMAND}. WorkflowType=${type} Namespace=${namespace}`,
    );
  if (type === "")
    throw bad(
      checks,
      `Required field WorkflowType is not set on ${COMMAND}. WorkflowId=${workflowId} Namespace=${namespace}`,
    );
  if (tooLong(workflowId))
    throw bad(
      checks,
      `WorkflowId on ${COMMAND} exceeds length limit. WorkflowId=${workflowId} ${lengths(workflowId)} WorkflowType=${type} Namespace=${namespace}`,
    );
  if (tooLong(type))
    throw bad(
      checks,
      `WorkflowType on ${COMMAND} exceeds length limit. WorkflowId=${workflowId} WorkflowType=${type} ${lengths(type)} Namespace=${namespace}`,
    );
  const durations = {
    WorkflowExecutionTimeout: attributes.workflowExecutionTimeout,
    WorkflowRunTimeout: attributes.workflowRunTimeout,
    WorkflowTaskTimeout: attributes.workflowTaskTimeout,
  };
  for (const [field, value] of Object.entries(durations)) {
    const fault = durationFaultText(value);
    if (fault !== undefined) throw bad(checks, `Invalid ${field} on ${COMMAND}: ${fault}. ${where}`);
  }
  const policyFault = retryPolicyFault(attributes.retryPolicy);
  if (policyFault !== undefined)
    throw bad(checks, `invalid WorkflowRetryPolicy on ${COMMAND}: ${policyFault}. ${where}`);
  const cron = attributes.cronSchedule === "" ? undefined : cronFault(attributes.cronSchedule);
  if (cron !== undefined) throw bad(checks, `invalid CronSchedule on ${COMMAND}: invalid CronSchedule.. ${where}`);
  const queue = attributes.taskQueue?.name ?? "";
  const queueFault = tooLong(queue)
    ? "taskQueue length exceeds limit"
    : queue.startsWith("/_sys/")
      ? "task queue name cannot start with reserved prefix /_sys/"
      : undefined;
  if (queueFault !== undefined)
    throw bad(
      checks,
      `invalid TaskQueue on ${COMMAND}: ${queueFault}. ${where} TaskQueue=name:"${queue}"  kind:TASK_QUEUE_KIND_NORMAL`,
    );
  const priority = priorityFault(attributes.priority);
  if (priority !== undefined) throw bad(checks, priority);
}
