/** Messages between runs: what each means to its receiver, and what the receipt means to its sender. */
import { ParentClosePolicy, WorkflowIdConflictPolicy, WorkflowIdReusePolicy } from "../../../api/gen/enums.js";
import { StartChildWorkflowExecutionInitiatedEventAttributes } from "../../../api/gen/messages.js";
import { Code, ServiceError } from "../../../api/errors.ts";
import { Message, Receipt } from "../gen/messages.js";
import type { CancelExternal, ParentClosed, RunState, Sender, SignalExternal, StartChild } from "../gen/messages.js";
import type { Namespace } from "../env.ts";
import type { Address, EntityTx } from "../kernel/index.ts";
import { EventType } from "../../../api/gen/enums.js";
import { createRun } from "./create-run.ts";
import { childStart } from "./child-start.ts";
import { requestCancel } from "./decisions/cancel-workflow.ts";
import { deleteIfTold } from "./decisions/delete-workflow.ts";
import { addSignal } from "./decisions/signal-workflow.ts";
import { terminateForStart } from "./decisions/start-workflow.ts";
import { childAnswered, childClosed } from "./machines/child.ts";
import { cancelAnswered, signalAnswered } from "./machines/external.ts";
import { applyStartPolicies } from "./machines/start-policy.ts";
import { PARENT_CLOSE_POLICY_IDENTITY, SERVER_IDENTITY } from "./machines/server-identity.ts";
import { terminateRun } from "./machines/terminate.ts";
import { ensureWorkflowTask } from "./machines/workflow-task.ts";
import { encodeReceipt, RECEIPT } from "./receipts.ts";
import { isKnownRequest } from "./request-ids.ts";
import type { Run, RunDecision } from "./run.ts";

export function receiveMessage(
  decision: RunDecision,
  target: EntityTx<RunState> | undefined,
  address: Address,
  bytes: Uint8Array,
): Uint8Array {
  const message = Message.decode(bytes);
  const run = target === undefined ? undefined : decision.open(target);
  if (message.startChild !== undefined) return receiveStart(decision, run, { address, message: message.startChild });
  if (message.signalExternal !== undefined) return receiveSignal(run, message.signalExternal);
  if (message.cancelExternal !== undefined) return receiveCancel(run, message.cancelExternal);
  if (run === undefined) return encodeReceipt(RECEIPT.notFound);
  if (message.childClosed !== undefined) childClosed(run, message.childClosed);
  else if (message.parentClosed !== undefined) receiveParentClosed(run, message.parentClosed);
  else if (message.childStartedAck !== undefined) ensureFirstTask(run);
  return encodeReceipt(RECEIPT.done);
}

export function receiveReceipt(run: Run, bytes: Uint8Array, receiptBytes: Uint8Array): void {
  const message = Message.decode(bytes);
  const receipt = Receipt.decode(receiptBytes);
  if (message.startChild !== undefined) childAnswered(run, message.startChild, receipt);
  else if (message.signalExternal !== undefined)
    signalAnswered(run, message.signalExternal.sender?.eventId ?? 0, receipt);
  else if (message.cancelExternal !== undefined)
    cancelAnswered(run, message.cancelExternal.sender?.eventId ?? 0, receipt);
  deleteIfTold(run);
}

function receiveStart(
  decision: RunDecision,
  current: Run | undefined,
  start: { address: Address; message: StartChild },
): Uint8Array {
  const { address, message } = start;
  if (current !== undefined && isStartedBy(current, message))
    return encodeReceipt(RECEIPT.done, current.state.firstRunId);
  const namespace = decision.env.namespaces.byNumber(address.namespace);
  if (namespace === undefined) return encodeReceipt(RECEIPT.namespaceNotFound);
  const initiated = StartChildWorkflowExecutionInitiatedEventAttributes.decode(message.rawInitiated);
  const runId = decision.tx.runId();
  if (current !== undefined && !makeRoom(current, initiated, runId)) return encodeReceipt(RECEIPT.alreadyStarted);
  const nowMs = decision.tx.clockNow + message.parentClockOffsetMs;
  createRun(decision, namespace as Namespace, childStart(message, initiated, { runId, nowMs }));
  return encodeReceipt(RECEIPT.done, runId);
}

/** A message that comes again may find a later run of the chain that it began. */
function isStartedBy({ state }: Run, { requestId, sender }: StartChild): boolean {
  const { parent, startRequestId } = state;
  if (startRequestId === requestId) return true;
  return (
    parent !== undefined &&
    sender !== undefined &&
    parent.runId === sender.runId &&
    parent.initiatedEventId === sender.eventId
  );
}

/** Applies the child's id policies to the run that is there; false when the child may not start. */
function makeRoom(
  current: Run,
  initiated: StartChildWorkflowExecutionInitiatedEventAttributes,
  newRunId: string,
): boolean {
  const terminates =
    initiated.workflowIdReusePolicy === WorkflowIdReusePolicy.WORKFLOW_ID_REUSE_POLICY_TERMINATE_IF_RUNNING;
  const { WORKFLOW_ID_CONFLICT_POLICY_TERMINATE_EXISTING: TERMINATE, WORKFLOW_ID_CONFLICT_POLICY_FAIL: FAIL } =
    WorkflowIdConflictPolicy;
  const reuse = terminates
    ? WorkflowIdReusePolicy.WORKFLOW_ID_REUSE_POLICY_ALLOW_DUPLICATE
    : initiated.workflowIdReusePolicy;
  try {
    const verdict = applyStartPolicies(current, {
      workflowId: initiated.workflowId,
      reuse,
      conflict: terminates ? TERMINATE : FAIL,
    });
    if (verdict === "terminate-existing") terminateForStart(current, newRunId);
    return true;
  } catch (error) {
    if (error instanceof ServiceError && error.code === Code.ALREADY_EXISTS) return false;
    throw error;
  }
}

/** A workflow does not reach itself this way, and a sender who means its own child reaches nobody else. */
function isReachable(run: Run | undefined, sender: Sender | undefined, childWorkflowOnly: boolean): run is Run {
  if (run === undefined || sender === undefined) return false;
  if (sender.workflowId === run.workflowId && sender.namespaceNumber === run.namespaceNumber) return false;
  return (
    !childWorkflowOnly ||
    (run.state.parent?.workflowId === sender.workflowId && run.state.parent.runId === sender.runId)
  );
}

function receiveSignal(run: Run | undefined, message: SignalExternal): Uint8Array {
  const { sender, signalName, rawInput, rawHeader, requestId } = message;
  if (!isReachable(run, sender, message.childWorkflowOnly) || !run.isRunning) return encodeReceipt(RECEIPT.notFound);
  if (isKnownRequest(run, requestId)) return encodeReceipt(RECEIPT.done);
  if (run.state.signalCount >= run.limits.signalsPerRunMax) return encodeReceipt(RECEIPT.signalLimit);
  addSignal(run, {
    eventType: EventType.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED,
    workflowExecutionSignaledEventAttributes: {
      signalName,
      input: nonEmpty(rawInput),
      header: nonEmpty(rawHeader),
      identity: SERVER_IDENTITY,
      externalWorkflowExecution: sender && { workflowId: sender.workflowId, runId: sender.runId },
      requestId,
    },
    requestId,
  });
  ensureWorkflowTask(run);
  return encodeReceipt(RECEIPT.done);
}

function receiveCancel(run: Run | undefined, message: CancelExternal): Uint8Array {
  const { sender, reason, requestId } = message;
  if (!isReachable(run, sender, message.childWorkflowOnly)) return encodeReceipt(RECEIPT.notFound);
  if (run.isRunning && !run.state.cancelRequested)
    requestCancel(run, { cause: reason, identity: SERVER_IDENTITY, requestId, external: externalOf(sender) });
  return encodeReceipt(RECEIPT.done);
}

function externalOf(sender: Sender | undefined) {
  return sender && { initiatedEventId: sender.eventId, workflowId: sender.workflowId, runId: sender.runId };
}

function receiveParentClosed(run: Run, { sender, policy, childFirstRunId, bySystemWorkflow }: ParentClosed): void {
  if (!run.isRunning || run.state.firstRunId !== childFirstRunId) return;
  const identity = bySystemWorkflow ? PARENT_CLOSE_POLICY_IDENTITY : SERVER_IDENTITY;
  if (policy === ParentClosePolicy.PARENT_CLOSE_POLICY_TERMINATE)
    terminateRun(run, { reason: "by parent close policy", identity });
  else if (!run.state.cancelRequested) {
    const external = sender && { initiatedEventId: 0, workflowId: sender.workflowId, runId: sender.runId };
    requestCancel(run, { cause: "", identity, requestId: "", external });
  }
}

/** The parent has recorded the start. */
function ensureFirstTask(run: Run): void {
  if (run.state.previousStartedEventId === 0) ensureWorkflowTask(run);
}

function nonEmpty(bytes: Uint8Array): Uint8Array | undefined {
  return bytes.length === 0 ? undefined : bytes;
}
