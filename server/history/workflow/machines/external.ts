/**
 * A signal or cancel request that the workflow sends to another one.
 *
 * 1. Initiated by a command; its message stays in the outbox until the receiver has answered; then the outcome is an event.
 * 2. A run that closes in the task that sent it takes it back; later, its outcome is nobody's.
 */
import {
  CancelExternalWorkflowExecutionFailedCause,
  EventType,
  SignalExternalWorkflowExecutionFailedCause,
} from "../../../../api/gen/enums.js";
import type { Input } from "../../../../api/codec.ts";
import type { Namespace } from "../../env.ts";
import { ExternalPart } from "../../gen/messages.js";
import type { Message, Receipt } from "../../gen/messages.js";
import { sendMessage } from "../outbox.ts";
import { partKey, partPrefix } from "../parts.ts";
import { RECEIPT } from "../receipts.ts";
import type { Run } from "../run.ts";
import { ensureWorkflowTask } from "./workflow-task.ts";

export interface InitiateExternal {
  /** Key of the part that stands for it, by the initiated event's id. */
  key(initiatedEventId: number): string;
  readonly target: Namespace;
  readonly workflowId: string;
  readonly runId: string;
  readonly childWorkflowOnly: boolean;
  readonly control: string;
  readonly completedEventId: number;
  readonly initiatedEventId: number;
  /** Of the same request in the run that this one is a reset of: the receiver knows it again. */
  readonly requestId?: string | undefined;
  message(requestId: string): Input<Message>;
}

/** Sends the message and remembers what its answer will be about. */
export function initiateExternal(run: Run, initiate: InitiateExternal): void {
  const { target, workflowId, runId, childWorkflowOnly, control, initiatedEventId } = initiate;
  const requestId = initiate.requestId ?? run.tx.uuid();
  const recipient = { namespaceNumber: target.number, workflowId, runId };
  const part = {
    ...recipient,
    initiatedEventId,
    namespaceId: target.id,
    namespaceName: target.name,
    childWorkflowOnly,
    requestId,
    control,
    workflowTaskCompletedEventId: initiate.completedEventId,
    outboxKey: sendMessage(run, recipient, initiate.message(requestId)),
  };
  run.view.setPart(initiate.key(initiatedEventId), ExternalPart.decode(ExternalPart.encode(part)));
}

export function signalAnswered(run: Run, initiatedEventId: number, receipt: Receipt): void {
  const external = takeExternal(run, partKey.externalSignal(initiatedEventId));
  if (external === undefined) return;
  run.state.pendingSignalCount--;
  const shared = sharedAttributes(external);
  if (receipt.outcome === RECEIPT.done)
    run.addEvent({
      eventType: EventType.EVENT_TYPE_EXTERNAL_WORKFLOW_EXECUTION_SIGNALED,
      externalWorkflowExecutionSignaledEventAttributes: shared,
    });
  else {
    run.addEvent({
      eventType: EventType.EVENT_TYPE_SIGNAL_EXTERNAL_WORKFLOW_EXECUTION_FAILED,
      signalExternalWorkflowExecutionFailedEventAttributes: { ...shared, cause: signalCause(receipt.outcome) as never },
    });
  }
  ensureWorkflowTask(run);
}

export function cancelAnswered(run: Run, initiatedEventId: number, receipt: Receipt): void {
  const external = takeExternal(run, partKey.externalCancel(initiatedEventId));
  if (external === undefined) return;
  run.state.pendingCancelCount--;
  const { control, ...shared } = sharedAttributes(external);
  if (receipt.outcome === RECEIPT.done)
    run.addEvent({
      eventType: EventType.EVENT_TYPE_EXTERNAL_WORKFLOW_EXECUTION_CANCEL_REQUESTED,
      externalWorkflowExecutionCancelRequestedEventAttributes: shared,
    });
  else {
    const { CANCEL_EXTERNAL_WORKFLOW_EXECUTION_FAILED_CAUSE_EXTERNAL_WORKFLOW_EXECUTION_NOT_FOUND: cause } =
      CancelExternalWorkflowExecutionFailedCause;
    run.addEvent({
      eventType: EventType.EVENT_TYPE_REQUEST_CANCEL_EXTERNAL_WORKFLOW_EXECUTION_FAILED,
      requestCancelExternalWorkflowExecutionFailedEventAttributes: { ...shared, control, cause },
    });
  }
  ensureWorkflowTask(run);
}

function signalCause(outcome: number): number {
  if (outcome === RECEIPT.signalLimit)
    return SignalExternalWorkflowExecutionFailedCause.SIGNAL_EXTERNAL_WORKFLOW_EXECUTION_FAILED_CAUSE_SIGNAL_COUNT_LIMIT_EXCEEDED;
  return SignalExternalWorkflowExecutionFailedCause.SIGNAL_EXTERNAL_WORKFLOW_EXECUTION_FAILED_CAUSE_EXTERNAL_WORKFLOW_EXECUTION_NOT_FOUND;
}

function sharedAttributes(external: ExternalPart) {
  const { initiatedEventId, namespaceName: namespace, namespaceId, workflowId, runId, control } = external;
  return { initiatedEventId, namespace, namespaceId, workflowExecution: { workflowId, runId }, control };
}

/** The pending part, removed; undefined when the run has closed meanwhile. */
function takeExternal(run: Run, key: string): ExternalPart | undefined {
  const external = run.view.part<ExternalPart>(key);
  if (external === undefined || !run.isRunning) return undefined;
  run.view.deletePart(key);
  return external;
}

/** At the end of a run: what has not left yet stays here. */
export function releaseExternals(run: Run): void {
  for (const prefix of [partPrefix.externalSignal, partPrefix.externalCancel]) {
    for (const [key, external] of [...run.view.partsOf<ExternalPart>(prefix)]) {
      run.view.unsend(external.outboxKey);
      run.view.deletePart(key);
    }
  }
}
