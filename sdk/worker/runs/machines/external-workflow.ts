/**
 * A signal to another workflow, or a request to cancel one.
 *
 *   asked for ──▶ initiated ──▶ delivered, failed
 *       │
 *       ▼ a signal that is cancelled before it is sent
 *     (never)
 */
import {
  CancelExternalWorkflowExecutionFailedCause,
  EventType,
  SignalExternalWorkflowExecutionFailedCause,
} from "../../../../api/gen/enums.js";
import {
  ExternalWorkflowExecutionCancelRequestedEventAttributes,
  ExternalWorkflowExecutionSignaledEventAttributes,
  RequestCancelExternalWorkflowExecutionFailedEventAttributes,
  SignalExternalWorkflowExecutionFailedEventAttributes,
} from "../../../../api/gen/messages.js";
import type { ProtoFailure } from "../../../common/payload.ts";
import type {
  RequestCancelExternalWorkflowExecution,
  SignalExternalWorkflowExecution,
  WorkflowCommand,
} from "../../../workflow/activation.ts";
import { cancelled, externalFailed } from "../failures.ts";
import type { HistoryEvent } from "../history-event.ts";
import { takeBack } from "../run-state.ts";
import type { Begun, RunState } from "../run-state.ts";

export interface ExternalRequest extends Begun {
  readonly kind: "externalRequest";
  readonly command: SignalExternalWorkflowExecution | RequestCancelExternalWorkflowExecution;
}

export function signalExternalWorkflow(run: RunState, command: SignalExternalWorkflowExecution): void {
  const request: ExternalRequest = { kind: "externalRequest", command, start: undefined };
  run.begin(EventType.EVENT_TYPE_SIGNAL_EXTERNAL_WORKFLOW_EXECUTION_INITIATED, command, request);
  run.signals.set(command.seq, request);
}

/** A signal that is on its way cannot be called back. */
export function cancelSignal(run: RunState, command: Extract<WorkflowCommand, { kind: "cancelSignalWorkflow" }>): void {
  const request = run.signals.get(command.seq);
  if (request === undefined || !takeBack(request)) return;
  resolve(run, request, cancelled("Signal was cancelled before being sent"));
}

export function cancelExternalWorkflow(run: RunState, command: RequestCancelExternalWorkflowExecution): void {
  const request: ExternalRequest = { kind: "externalRequest", command, start: undefined };
  run.begin(EventType.EVENT_TYPE_REQUEST_CANCEL_EXTERNAL_WORKFLOW_EXECUTION_INITIATED, command, request);
}

export function externalInitiated(run: RunState, request: ExternalRequest, event: HistoryEvent): void {
  run.byEventId.set(event.id, request);
}

export function externalSignaled(run: RunState, event: HistoryEvent): void {
  answered(run, event.attributes(ExternalWorkflowExecutionSignaledEventAttributes).initiatedEventId, undefined);
}

export function externalSignalFailed(run: RunState, event: HistoryEvent): void {
  const { initiatedEventId, cause } = event.attributes(SignalExternalWorkflowExecutionFailedEventAttributes);
  answered(run, initiatedEventId, signalFailure(cause));
}

export function externalCancelRequested(run: RunState, event: HistoryEvent): void {
  answered(run, event.attributes(ExternalWorkflowExecutionCancelRequestedEventAttributes).initiatedEventId, undefined);
}

export function externalCancelFailed(run: RunState, event: HistoryEvent): void {
  const { initiatedEventId, cause } = event.attributes(RequestCancelExternalWorkflowExecutionFailedEventAttributes);
  answered(run, initiatedEventId, cancelFailure(cause));
}

function answered(run: RunState, initiatedEventId: number, failed: ProtoFailure | undefined): void {
  const operation = run.byEventId.get(initiatedEventId);
  if (operation?.kind !== "externalRequest") return;
  run.byEventId.delete(initiatedEventId);
  resolve(run, operation, failed);
}

function resolve(run: RunState, { command }: ExternalRequest, failed: ProtoFailure | undefined): void {
  const { seq } = command;
  if (command.kind === "signalExternalWorkflowExecution") {
    run.signals.delete(seq);
    run.otherJobs.push({ kind: "resolveSignalExternalWorkflow", seq, failure: failed });
  } else {
    run.otherJobs.push({ kind: "resolveCancelExternalWorkflow", seq, failure: failed });
  }
}

function signalFailure(cause: SignalExternalWorkflowExecutionFailedCause): ProtoFailure {
  const {
    SIGNAL_EXTERNAL_WORKFLOW_EXECUTION_FAILED_CAUSE_NAMESPACE_NOT_FOUND: noNamespace,
    SIGNAL_EXTERNAL_WORKFLOW_EXECUTION_FAILED_CAUSE_SIGNAL_COUNT_LIMIT_EXCEEDED: tooMany,
  } = SignalExternalWorkflowExecutionFailedCause;
  if (cause === tooMany) {
    const message = "Unable to signal external workflow because it has received too many signals";
    return externalFailed(message, "SignalCountLimitExceeded");
  }
  if (cause === noNamespace) {
    return externalFailed(
      "Unable to signal external workflow because its namespace was not found",
      "NamespaceNotFound",
    );
  }
  const message = "Unable to signal external workflow because it was not found";
  return externalFailed(message, "ExternalWorkflowExecutionNotFound");
}

function cancelFailure(cause: CancelExternalWorkflowExecutionFailedCause): ProtoFailure {
  const noNamespace =
    CancelExternalWorkflowExecutionFailedCause.CANCEL_EXTERNAL_WORKFLOW_EXECUTION_FAILED_CAUSE_NAMESPACE_NOT_FOUND;
  if (cause === noNamespace) {
    return externalFailed(
      "Unable to cancel external workflow because its namespace was not found",
      "NamespaceNotFound",
    );
  }
  return externalFailed("Unable to cancel external workflow because not found", "ExternalWorkflowExecutionNotFound");
}
