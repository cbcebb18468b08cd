import { isUuid } from "../../../../base/index.ts";
import { EventType, WorkflowTaskFailedCause } from "../../../../api/gen/enums.js";
import { initiateExternal } from "../machines/external.ts";
import type { InitiateExternal } from "../machines/external.ts";
import { senderOf } from "../outbox.ts";
import { partKey } from "../parts.ts";
import type { Run } from "../run.ts";
import { bad, requireAttributes } from "./attributes.ts";
import { CommandError } from "./command.ts";
import type { CommandHandler } from "./command.ts";
import { limitBlobs } from "./payload-limits.ts";
import { targetNamespace } from "./target-namespace.ts";

const COMMAND = "SignalExternalWorkflowExecutionCommand";
const failedCause = WorkflowTaskFailedCause.WORKFLOW_TASK_FAILED_CAUSE_BAD_SIGNAL_WORKFLOW_EXECUTION_ATTRIBUTES;

export const signalExternal: CommandHandler = (context, command) => {
  const { run, completedEventId } = context;
  const checks = { command: COMMAND, failedCause, idBytesMax: run.limits.idBytesMax };
  const attributes = requireAttributes(checks, command.signalExternalWorkflowExecutionCommandAttributes);
  const target = targetNamespace(context, checks, attributes.namespace);
  const { execution, signalName, input, header, control, childWorkflowOnly } = attributes;
  if (execution === undefined) throw bad(checks, `Execution is not set on ${COMMAND}.`);
  const { workflowId, runId } = execution;
  const where = `Namespace=${attributes.namespace} RunId=${runId}`;
  if (workflowId === "") throw bad(checks, `WorkflowId is not set on ${COMMAND}. ${where} SignalName=${signalName}`);
  const length = Buffer.byteLength(workflowId);
  if (length > checks.idBytesMax)
    throw bad(
      checks,
      `WorkflowId on ${COMMAND} exceeds length limit. WorkflowId=${workflowId} Length=${length} Limit=${checks.idBytesMax} ${where} SignalName=${signalName}`,
    );
  if (runId !== "" && !isUuid(runId))
    throw bad(checks, `Invalid RunId set on ${COMMAND}. WorkflowId=${workflowId} ${where} SignalName=${signalName}`);
  if (signalName === "") throw bad(checks, `SignalName is not set on ${COMMAND}. WorkflowId=${workflowId} ${where}`);
  limitBlobs(run, { command: `${COMMAND}Attributes.Input`, failedCause }, [input]);
  const { pendingSignalsMax } = run.limits;
  if (run.state.pendingSignalCount >= pendingSignalsMax) {
    const text = `the number of pending signals to external workflows, ${run.state.pendingSignalCount}, has reached the per-workflow limit of ${pendingSignalsMax}`;
    throw new CommandError(WorkflowTaskFailedCause.WORKFLOW_TASK_FAILED_CAUSE_PENDING_SIGNALS_LIMIT_EXCEEDED, text);
  }
  const initiatedEventId = run.addEvent({
    eventType: EventType.EVENT_TYPE_SIGNAL_EXTERNAL_WORKFLOW_EXECUTION_INITIATED,
    signalExternalWorkflowExecutionInitiatedEventAttributes: {
      workflowTaskCompletedEventId: completedEventId,
      namespace: attributes.namespace,
      namespaceId: target.id,
      workflowExecution: execution,
      signalName,
      input,
      control,
      childWorkflowOnly,
      header,
    },
    userMetadata: command.userMetadata,
    eventGroupMarkers: command.eventGroupMarkers,
  });
  sendSignal(run, {
    ...{ target, workflowId, runId, childWorkflowOnly, control, completedEventId, initiatedEventId },
    ...{ signalName, input, header },
  });
  run.action("signal_external_workflow");
};

export type SendSignal = Omit<InitiateExternal, "key" | "message"> & {
  readonly signalName: string;
  readonly input: Uint8Array | undefined;
  readonly header: Uint8Array | undefined;
};

export function sendSignal(run: Run, signal: SendSignal): void {
  const { signalName, input, header, ...initiate } = signal;
  const { initiatedEventId, childWorkflowOnly } = initiate;
  initiateExternal(run, {
    ...initiate,
    key: partKey.externalSignal,
    message: (requestId) => ({
      signalExternal: {
        sender: senderOf(run, initiatedEventId),
        signalName,
        rawInput: input,
        rawHeader: header,
        requestId,
        childWorkflowOnly,
      },
    }),
  });
  run.state.pendingSignalCount++;
}
