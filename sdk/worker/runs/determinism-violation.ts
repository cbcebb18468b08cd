/** What is said when history and code disagree: the event and the command, side by side, and where the code gave it. */
import { EventType } from "../../../api/gen/enums.js";
import { DeterminismViolationError } from "../../workflow/errors.ts";
import type { HistoryEvent } from "./history-event.ts";
import { readMarker } from "./markers.ts";
import type { OutgoingCommand, Pending, RunIdentity } from "./run-state.ts";

/** The code of a workflow does not do again what its history says that it did. Fails the workflow task. */
export class HistoryMismatchError extends DeterminismViolationError {
  /** Of the event that does not fit; of the last one when history ends too early. */
  readonly eventId: number;
  readonly #run: RunIdentity;
  readonly #difference: Difference;

  constructor(run: RunIdentity, difference: Difference) {
    const { history, code, site = [] } = difference;
    const lines = [
      `Nondeterminism: workflow ${run.workflowType} (workflow id ${run.workflowId}, run id ${run.runId}) does not do ` +
        "again what its history holds.",
      `  history: ${history}`,
      `  code:    ${code}`,
      ...site.map((place) => `           ${place}`),
      "Code that open runs have passed must stay as it is, or change behind patched().",
    ];
    super(lines.join("\n"));
    this.eventId = difference.eventId;
    this.#run = run;
    this.#difference = difference;
  }

  /** Whether the code gave no command where history has an event. */
  get isCommandMissing(): boolean {
    return this.#difference.code === NO_COMMAND;
  }

  /** The same error, of code that gave no command because it waits. */
  waitingAt(site: readonly string[]): HistoryMismatchError {
    const waits = { ...this.#difference, code: `${NO_COMMAND}: it waits`, site };
    return new HistoryMismatchError(this.#run, waits);
  }
}

interface Difference {
  readonly eventId: number;
  readonly history: string;
  readonly code: string;
  /** Where the code gave its command, when that is recorded. */
  readonly site?: readonly string[] | undefined;
}

const NO_COMMAND = "no command";

/** An event for which the code has given another command, or none. */
export function eventMismatch(run: RunIdentity, event: HistoryEvent, pending: Pending | undefined): Error {
  const history = describeEvent(event);
  if (pending === undefined) return new HistoryMismatchError(run, { eventId: event.id, history, code: NO_COMMAND });
  return new HistoryMismatchError(run, { eventId: event.id, history, ...told(pending.command) });
}

/** A command for which history has no event. */
export function eventMissing(run: RunIdentity, pending: Pending, lastEventId: number): Error {
  const history = `no event of type ${eventTypeName(pending.eventType)} up to event ${lastEventId}`;
  return new HistoryMismatchError(run, { eventId: lastEventId, history, ...told(pending.command) });
}

function told(command: OutgoingCommand): Pick<Difference, "code" | "site"> {
  return { code: describeCommand(command), site: siteOf(command) };
}

function siteOf(command: OutgoingCommand): readonly string[] | undefined {
  switch (command.kind) {
    case "recordLocalActivity":
      return command.activity.command.site;
    case "requestCancelChild":
    case "acceptUpdate":
    case "completeUpdate":
      return undefined;
    default:
      return command.site;
  }
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
  return [name, ...fields((attributes?.[1] ?? {}) as Record<string, unknown>)].join(" ");
}

function describeMarker(event: HistoryEvent): string {
  const marker = readMarker(event);
  if (marker.kind === "patch") return `patch ${JSON.stringify(marker.patchId)}`;
  if (marker.kind === "other") return JSON.stringify(marker.name);
  const { seq, activityId, activityType } = marker;
  return ["local activity", ...fields({ seq, activityId, activityType })].join(" ");
}

function describeCommand(command: OutgoingCommand): string {
  switch (command.kind) {
    case "recordLocalActivity":
      return ["local activity", ...fields({ ...command.activity.command })].join(" ");
    case "requestCancelChild":
      return ["cancelChildWorkflowExecution", ...fields({ ...command.child.command })].join(" ");
    case "acceptUpdate":
    case "completeUpdate":
      return `${command.kind} ${JSON.stringify(command.update.updateId)}`;
    case "setPatchMarker":
      return `patch ${JSON.stringify(command.patchId)}`;
    case "startTimer":
      return `startTimer timerId "${command.seq}" ${command.startToFireTimeoutMs} ms`;
    default:
      return [command.kind, ...fields({ ...command })].join(" ");
  }
}

function fields(values: Readonly<Record<string, unknown>>): string[] {
  return ["seq", ...TELLING].flatMap((name) => {
    const value = values[name];
    if (value === undefined || value === "" || value === 0) return [];
    return [`${name} ${JSON.stringify(nameOf(value))}`];
  });
}

function nameOf(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  const { name, workflowId, updateId } = value as Record<string, unknown>;
  return name ?? workflowId ?? updateId;
}
