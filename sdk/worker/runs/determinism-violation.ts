/** What is said when history and code disagree: the event and the command, side by side. */
import { EventType } from "../../../api/gen/enums.js";
import { DeterminismViolationError } from "../../workflow/errors.ts";
import type { HistoryEvent } from "./history-event.ts";
import { readMarker } from "./markers.ts";
import type { OutgoingCommand, Pending, RunIdentity } from "./run-state.ts";

/** The code of a workflow does not do again what its history says that it did. Fails the workflow task. */
export class HistoryMismatchError extends DeterminismViolationError {
  /** Of the event that does not fit; of the last one when history ends too early. */
  readonly eventId: number;

  constructor(run: RunIdentity, { eventId, history, code }: { eventId: number; history: string; code: string }) {
    super(
      `Nondeterminism: workflow ${run.workflowType} (workflow id ${run.workflowId}, run id ${run.runId}) does not do ` +
        `again what its history holds.\n  history: ${history}\n  code:    ${code}\n` +
        "Code that open runs have passed must stay as it is, or change behind patched().",
    );
    this.eventId = eventId;
  }
}

/** An event for which the code has given another command, or none. */
export function eventMismatch(run: RunIdentity, event: HistoryEvent, pending: Pending | undefined): Error {
  const code = pending === undefined ? "no command" : describeCommand(pending.command);
  return new HistoryMismatchError(run, { eventId: event.id, history: describeEvent(event), code });
}

/** A command for which history has no event. */
export function eventMissing(run: RunIdentity, pending: Pending, lastEventId: number): Error {
  const history = `no event of type ${eventTypeName(pending.eventType)} up to event ${lastEventId}`;
  return new HistoryMismatchError(run, {
    eventId: lastEventId,
    history,
    code: describeCommand(pending.command),
  });
}

/** `ActivityTaskScheduled`. */
export function eventTypeName(type: number): string {
  const name = Object.entries(EventType).find(([, number]) => number === type)?.[0];
  if (name === undefined) return `type ${type}`;
  const words = name.replace("EVENT_TYPE_", "").toLowerCase().split("_");
  return words.map((word) => word.slice(0, 1).toUpperCase() + word.slice(1)).join("");
}

/** Those fields of events that must fit. */
const TELLING = [
  "timerId",
  "activityId",
  "activityType",
  "workflowId",
  "workflowType",
  "workflowExecution",
  "signalName",
  "scheduledEventId",
  "protocolInstanceId",
  "meta",
  "endpoint",
  "service",
  "operation",
] as const;

function describeEvent(event: HistoryEvent): string {
  const name = `${event.id} ${eventTypeName(event.type)}`;
  if (event.type === EventType.EVENT_TYPE_MARKER_RECORDED) return `${name} ${describeMarker(event)}`;
  const whole = event.whole() as unknown as Record<string, unknown>;
  const attributes = Object.entries(whole).find(([key, value]) => key.endsWith("Attributes") && value !== undefined);
  return [name, ...told((attributes?.[1] ?? {}) as Record<string, unknown>)].join(" ");
}

function describeMarker(event: HistoryEvent): string {
  const marker = readMarker(event);
  if (marker.kind === "patch") return `patch ${JSON.stringify(marker.patchId)}`;
  if (marker.kind === "other") return JSON.stringify(marker.name);
  const { seq, activityId, activityType } = marker;
  return ["local activity", ...told({ seq, activityId, activityType })].join(" ");
}

function describeCommand(command: OutgoingCommand): string {
  switch (command.kind) {
    case "recordLocalActivity":
      return ["local activity", ...told({ ...command.activity.command })].join(" ");
    case "requestCancelChild":
      return ["cancelChildWorkflowExecution", ...told({ ...command.child.command })].join(" ");
    case "acceptUpdate":
    case "completeUpdate":
      return `${command.kind} ${JSON.stringify(command.update.updateId)}`;
    case "setPatchMarker":
      return `patch ${JSON.stringify(command.patchId)}`;
    case "startTimer":
      return `startTimer timerId "${command.seq}" ${command.startToFireTimeoutMs} ms`;
    default:
      return [command.kind, ...told({ ...command })].join(" ");
  }
}

function told(fields: Readonly<Record<string, unknown>>): string[] {
  return ["seq", ...TELLING].flatMap((name) => {
    const value = fields[name];
    if (value === undefined || value === "" || value === 0) return [];
    return [`${name} ${JSON.stringify(nameOf(value))}`];
  });
}

function nameOf(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  const { name, workflowId, updateId } = value as Record<string, unknown>;
  return name ?? workflowId ?? updateId;
}
