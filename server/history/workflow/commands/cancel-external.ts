import { EventType, WorkflowTaskFailedCause } from "../../../../api/gen/enums.js";
import { isUuid } from "../../../../base/index.ts";
import type { ChildPart } from "../../gen/messages.js";
import { initiateExternal } from "../machines/external.ts";
import type { InitiateExternal } from "../machines/external.ts";
import { senderOf } from "../outbox.ts";
import { partKey, partPrefix } from "../parts.ts";
import type { Run } from "../run.ts";
import { bad, requireAttributes } from "./attributes.ts";
import { CommandError } from "./command.ts";
import type { CommandContext, CommandHandler } from "./command.ts";
import { targetNamespace } from "./target-namespace.ts";

const COMMAND = "RequestCancelExternalWorkflowExecutionCommand";
const failedCause =
  WorkflowTaskFailedCause.WORKFLOW_TASK_FAILED_CAUSE_BAD_REQUEST_CANCEL_EXTERNAL_WORKFLOW_EXECUTION_ATTRIBUTES;

export const cancelExternal: CommandHandler = (context, command) => {
  const { run, completedEventId } = context;
  const checks = { command: COMMAND, failedCause, idBytesMax: run.limits.idBytesMax };
  const attributes = requireAttributes(checks, command.requestCancelExternalWorkflowExecutionCommandAttributes);
  const { namespace, workflowId, runId, control, childWorkflowOnly, reason } = attributes;
  if (workflowId !== "" && wasInitiatedHere(context, workflowId)) {
    throw bad(
      checks,
      `Start and RequestCancel for child workflow is not allowed in same workflow task. WorkflowId=${workflowId} RunId=${runId} Namespace=${namespace}`,
    );
  }
  const target = targetNamespace(context, checks, namespace);
  if (workflowId === "")
    throw bad(checks, `WorkflowId is not set on ${COMMAND}. Namespace=${namespace} RunId=${runId}`);
  const length = Buffer.byteLength(workflowId);
  if (length > checks.idBytesMax)
    throw bad(
      checks,
      `WorkflowId on ${COMMAND} exceeds length limit. WorkflowId=${workflowId} Length=${length} Limit=${checks.idBytesMax} RunId=${runId} Namespace=${namespace}`,
    );
  if (runId !== "" && !isUuid(runId))
    throw bad(
      checks,
      `Invalid RunId set on ${COMMAND}. WorkflowId=${workflowId} RunId=${runId} Namespace=${namespace}`,
    );
  const { pendingCancelsMax } = run.limits;
  if (run.state.pendingCancelCount >= pendingCancelsMax) {
    const text = `the number of pending requests to cancel external workflows, ${run.state.pendingCancelCount}, has reached the per-workflow limit of ${pendingCancelsMax}`;
    throw new CommandError(
      WorkflowTaskFailedCause.WORKFLOW_TASK_FAILED_CAUSE_PENDING_REQUEST_CANCEL_LIMIT_EXCEEDED,
      text,
    );
  }
  const initiatedEventId = run.addEvent({
    eventType: EventType.EVENT_TYPE_REQUEST_CANCEL_EXTERNAL_WORKFLOW_EXECUTION_INITIATED,
    requestCancelExternalWorkflowExecutionInitiatedEventAttributes: {
      workflowTaskCompletedEventId: completedEventId,
      namespace,
      namespaceId: target.id,
      workflowExecution: { workflowId, runId },
      control,
      childWorkflowOnly,
      reason,
    },
    userMetadata: command.userMetadata,
    eventGroupMarkers: command.eventGroupMarkers,
  });
  sendCancel(run, {
    ...{ target, workflowId, runId, childWorkflowOnly, control, completedEventId, initiatedEventId, reason },
  });
};

export type SendCancel = Omit<InitiateExternal, "key" | "message"> & { readonly reason: string };

export function sendCancel(run: Run, { reason, ...initiate }: SendCancel): void {
  const { initiatedEventId, childWorkflowOnly } = initiate;
  initiateExternal(run, {
    ...initiate,
    key: partKey.externalCancel,
    message: (requestId) => ({
      cancelExternal: { sender: senderOf(run, initiatedEventId), reason, requestId, childWorkflowOnly },
    }),
  });
  run.state.pendingCancelCount++;
}

/** A child that the same task starts does not exist yet for anyone to cancel. */
function wasInitiatedHere({ run, completedEventId }: CommandContext, workflowId: string): boolean {
  for (const [, child] of run.view.partsOf<ChildPart>(partPrefix.child))
    if (child.workflowId === workflowId && child.initiatedEventId > completedEventId) return true;
  return false;
}
