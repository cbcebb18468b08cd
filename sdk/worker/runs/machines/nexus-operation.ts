/**
 * An operation of a Nexus service.
 *
 *   asked for ──▶ scheduled ──▶ started ──▶ completed, failed, cancelled, timed out
 *       │             │            │            ▲
 *       ▼             └────────────┼────────────┘ an operation may end without having started
 *     (never)                      ▼ cancellation is asked for
 *                  ABANDON, TRY_CANCEL: over at once for the code
 *                  WAIT_CANCELLATION_REQUESTED: over when the handler has the request
 *                  WAIT_CANCELLATION_COMPLETED: over when the operation is
 */
import { EventType } from "../../../../api/gen/enums.js";
import {
  NexusOperationCanceledEventAttributes,
  NexusOperationCancelRequestCompletedEventAttributes,
  NexusOperationCancelRequestFailedEventAttributes,
  NexusOperationCompletedEventAttributes,
  NexusOperationFailedEventAttributes,
  NexusOperationStartedEventAttributes,
  NexusOperationTimedOutEventAttributes,
} from "../../../../api/gen/messages.js";
import { optionalFailureFromBytes } from "../../../common/host/wire-failure.ts";
import { optionalPayloadFromBytes } from "../../../common/host/wire-payloads.ts";
import type { ProtoFailure } from "../../../common/payload.ts";
import type { NexusResolution, ScheduleNexusOperation, WorkflowCommand } from "../../../workflow/activation.ts";
import { nexusCancelled } from "../failures.ts";
import type { HistoryEvent } from "../history-event.ts";
import { takeBack } from "../run-state.ts";
import type { Begun, RunState } from "../run-state.ts";

export interface NexusOperation extends Begun {
  readonly kind: "nexusOperation";
  readonly command: ScheduleNexusOperation;
  scheduledEventId: number;
  isStarted: boolean;
  operationToken: string;
}

type Cancel = Extract<WorkflowCommand, { kind: "requestCancelNexusOperation" }>;

export function scheduleNexusOperation(run: RunState, command: ScheduleNexusOperation): void {
  const operation: NexusOperation = {
    kind: "nexusOperation",
    command,
    start: undefined,
    scheduledEventId: 0,
    isStarted: false,
    operationToken: "",
  };
  run.begin(EventType.EVENT_TYPE_NEXUS_OPERATION_SCHEDULED, command, operation);
  run.nexusOperations.set(command.seq, operation);
}

export function cancelNexusOperation(run: RunState, command: Cancel): void {
  const operation = run.nexusOperations.get(command.seq);
  if (operation === undefined) return;
  if (takeBack(operation)) {
    cancelAtOnce(run, operation, "Nexus Operation cancelled before scheduled");
    return;
  }
  const { cancellationType } = operation.command;
  if (cancellationType !== "ABANDON") {
    run.push(EventType.EVENT_TYPE_NEXUS_OPERATION_CANCEL_REQUESTED, command, operation);
  }
  if (cancellationType === "ABANDON" || cancellationType === "TRY_CANCEL") {
    const when = operation.isStarted ? "after" : "before";
    cancelAtOnce(run, operation, `Nexus operation cancelled ${when} starting`);
  }
}

export function nexusScheduled(run: RunState, operation: NexusOperation, event: HistoryEvent): void {
  operation.scheduledEventId = event.id;
  if (run.nexusOperations.has(operation.command.seq)) run.byEventId.set(event.id, operation);
}

export function nexusStarted(run: RunState, event: HistoryEvent): void {
  const attributes = event.attributes(NexusOperationStartedEventAttributes);
  const operation = find(run, attributes.scheduledEventId);
  if (operation === undefined) return;
  operation.isStarted = true;
  operation.operationToken = attributes.operationToken || attributes.operationId;
  run.otherJobs.push({
    kind: "resolveNexusOperationStart",
    seq: operation.command.seq,
    result: { status: "started", operationToken: operation.operationToken },
  });
}

export function nexusCompleted(run: RunState, event: HistoryEvent): void {
  const { scheduledEventId, result } = event.attributes(NexusOperationCompletedEventAttributes);
  const operation = find(run, scheduledEventId);
  if (operation === undefined) return;
  end(run, operation, { status: "completed", result: optionalPayloadFromBytes(result) });
}

export function nexusFailed(run: RunState, event: HistoryEvent): void {
  const { scheduledEventId, failure } = event.attributes(NexusOperationFailedEventAttributes);
  ended(run, scheduledEventId, { status: "failed", failure });
}

export function nexusCanceled(run: RunState, event: HistoryEvent): void {
  const { scheduledEventId, failure } = event.attributes(NexusOperationCanceledEventAttributes);
  ended(run, scheduledEventId, { status: "cancelled", failure });
}

export function nexusTimedOut(run: RunState, event: HistoryEvent): void {
  const { scheduledEventId, failure } = event.attributes(NexusOperationTimedOutEventAttributes);
  ended(run, scheduledEventId, { status: "timedOut", failure });
}

export function nexusCancelDelivered(run: RunState, event: HistoryEvent): void {
  cancelAnswered(run, event.attributes(NexusOperationCancelRequestCompletedEventAttributes).scheduledEventId);
}

export function nexusCancelFailed(run: RunState, event: HistoryEvent): void {
  cancelAnswered(run, event.attributes(NexusOperationCancelRequestFailedEventAttributes).scheduledEventId);
}

function cancelAnswered(run: RunState, scheduledEventId: number): void {
  const operation = find(run, scheduledEventId);
  if (operation?.command.cancellationType === "WAIT_CANCELLATION_REQUESTED") {
    cancelAtOnce(run, operation, "Nexus operation cancellation request completed");
  }
}

function find(run: RunState, scheduledEventId: number): NexusOperation | undefined {
  const operation = run.byEventId.get(scheduledEventId);
  return operation?.kind === "nexusOperation" ? operation : undefined;
}

interface Ended {
  readonly status: "failed" | "cancelled" | "timedOut";
  readonly failure: Uint8Array | undefined;
}

function ended(run: RunState, scheduledEventId: number, { status, failure }: Ended): void {
  const operation = find(run, scheduledEventId);
  if (operation === undefined) return;
  end(run, operation, { status, failure: optionalFailureFromBytes(failure) ?? cancelFailure(operation, "") });
}

function cancelAtOnce(run: RunState, operation: NexusOperation, message: string): void {
  end(run, operation, { status: "cancelled", failure: cancelFailure(operation, message) });
}

function cancelFailure({ command, scheduledEventId, operationToken }: NexusOperation, message: string): ProtoFailure {
  const { endpoint, service, operation } = command;
  return nexusCancelled(message, { endpoint, service, operation, scheduledEventId, operationToken });
}

/** One that ends before it has started fails to start, unless it succeeds: then both are told. */
function end(run: RunState, operation: NexusOperation, result: NexusResolution): void {
  const { seq } = operation.command;
  run.nexusOperations.delete(seq);
  run.byEventId.delete(operation.scheduledEventId);
  if (!operation.isStarted) {
    const isSuccess = result.status === "completed";
    run.otherJobs.push({
      kind: "resolveNexusOperationStart",
      seq,
      result: isSuccess ? { status: "startedSync" } : { status: "failed", failure: result.failure },
    });
    if (!isSuccess) return;
  }
  run.otherJobs.push({ kind: "resolveNexusOperation", seq, result });
}
