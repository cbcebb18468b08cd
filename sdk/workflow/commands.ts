/** Where the code's wishes are collected until the activation ends. */
import { defaultPayloadConverter, type Payload } from "../common/index.ts";
import type { CommandMetadata, WorkflowCommand } from "./activation.ts";
import { DeterminismViolationError } from "./errors.ts";
import { type EventGroupMarker, markersOf } from "./event-groups.ts";
import { commandSite } from "./stack-traces.ts";
import type { RunState } from "./state.ts";

const FINAL_KINDS: ReadonlySet<WorkflowCommand["kind"]> = new Set([
  "completeWorkflowExecution",
  "failWorkflowExecution",
  "cancelWorkflowExecution",
  "continueAsNewWorkflowExecution",
]);

/** What comes after a final command in the same activation is kept: the history machine puts the final one last. */
export function pushCommand(run: RunState, command: WorkflowCommand): void {
  if (run.isDisposed) return;
  if (run.isReadOnly) throw new DeterminismViolationError(readOnlyMessage(command));
  const site = commandSite(run);
  run.commands.push(site === undefined ? command : { ...command, site });
  if (FINAL_KINDS.has(command.kind)) run.isCompleted = true;
}

function readOnlyMessage(command: WorkflowCommand): string {
  return (
    `Query handlers and update validators only look at the workflow's state: ${command.kind} is not possible there. ` +
    "Do it in a signal or update handler, or in the workflow itself"
  );
}

/** The parts of a command that people see in a history; nothing when there is none. */
export function commandMetadata(
  run: RunState,
  summary: string | undefined,
  details: string | undefined,
  eventGroups: readonly EventGroupMarker[] | undefined,
): CommandMetadata | undefined {
  const eventGroupMarkers = markersOf(eventGroups);
  if (summary === undefined && details === undefined && eventGroupMarkers === undefined) return undefined;
  return {
    ...(summary !== undefined && { summary: textPayload(run, summary) }),
    ...(details !== undefined && { details: textPayload(run, details) }),
    ...(eventGroupMarkers !== undefined && { eventGroupMarkers }),
  };
}

function textPayload(run: RunState, text: string): Payload {
  return run.options.payloadConverter.toPayload(text) ?? defaultPayloadConverter.toPayload(text);
}
