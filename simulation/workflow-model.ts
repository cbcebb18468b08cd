/** What a simulated worker does with a history: nothing but a pure function of it, as workflow code must be. */
import { CommandType, EventType } from "../api/gen/enums.js";
import type { Command, HistoryEvent } from "../api/gen/messages.js";
import type { Input } from "../api/codec.ts";
import type { Script, Step } from "./script.ts";
import { fromPayloads, toPayloads } from "./values.ts";

interface Progress {
  /** Steps that the history says were begun, and those that have ended. */
  readonly begun: ReadonlySet<number>;
  readonly ended: ReadonlySet<number>;
  readonly signals: number;
  readonly isCancelRequested: boolean;
}

/** The commands that follow from a whole history. */
export function commandsFor(events: readonly HistoryEvent[], workflowId: string): Input<Command>[] {
  const started = events[0]?.workflowExecutionStartedEventAttributes;
  const script = fromPayloads<Script>(started?.input) ?? { steps: [], end: "complete" };
  const progress = progressOf(events);
  if (progress.isCancelRequested) return [{ commandType: CommandType.COMMAND_TYPE_CANCEL_WORKFLOW_EXECUTION, cancelWorkflowExecutionCommandAttributes: {} }];
  const commands: Input<Command>[] = [];
  for (const [at, step] of script.steps.entries()) {
    if (progress.ended.has(at)) continue;
    if (step.kind === "signals" && progress.signals >= step.count) continue;
    if (progress.begun.has(at)) return commands;
    const command = begin(step, at, workflowId);
    if (command !== undefined) commands.push(command);
    if (step.kind !== "marker") return commands;
  }
  return [...commands, endOf(script, progress)];
}

/** Every command carries the number of its step in its id, so that the history can be read back. */
function begin(step: Step, at: number, workflowId: string): Input<Command> | undefined {
  switch (step.kind) {
    case "activity":
      return {
        commandType: CommandType.COMMAND_TYPE_SCHEDULE_ACTIVITY_TASK,
        scheduleActivityTaskCommandAttributes: {
          activityId: `${at}`,
          activityType: { name: "activity" },
          taskQueue: { name: "queue" },
          input: toPayloads(step.failures),
          startToCloseTimeout: { seconds: 5, nanos: 0 },
          retryPolicy: { initialInterval: { seconds: 0, nanos: 100_000_000 }, backoffCoefficient: 2 },
        },
      };
    case "timer":
      return { commandType: CommandType.COMMAND_TYPE_START_TIMER, startTimerCommandAttributes: { timerId: `${at}`, startToFireTimeout: { seconds: Math.floor(step.ms / 1000), nanos: (step.ms % 1000) * 1e6 } } };
    case "marker":
      return { commandType: CommandType.COMMAND_TYPE_RECORD_MARKER, recordMarkerCommandAttributes: { markerName: `${at}` } };
    case "child":
      return {
        commandType: CommandType.COMMAND_TYPE_START_CHILD_WORKFLOW_EXECUTION,
        startChildWorkflowExecutionCommandAttributes: { workflowId: `${workflowId}/${at}`, workflowType: { name: "script" }, input: toPayloads({ steps: step.steps, end: "complete" }) },
      };
    case "tell":
      return {
        commandType: CommandType.COMMAND_TYPE_SIGNAL_EXTERNAL_WORKFLOW_EXECUTION,
        signalExternalWorkflowExecutionCommandAttributes: { execution: { workflowId: step.workflowId }, signalName: "told", control: `${at}` },
      };
    case "signals":
      return undefined;
  }
}

function endOf(script: Script, progress: Progress): Input<Command> {
  if (script.end === "fail") return { commandType: CommandType.COMMAND_TYPE_FAIL_WORKFLOW_EXECUTION, failWorkflowExecutionCommandAttributes: { failure: new Uint8Array(0) } };
  if (script.end === "continue") {
    return { commandType: CommandType.COMMAND_TYPE_CONTINUE_AS_NEW_WORKFLOW_EXECUTION, continueAsNewWorkflowExecutionCommandAttributes: { input: toPayloads({ steps: [{ kind: "marker" }], end: "complete" }) } };
  }
  return { commandType: CommandType.COMMAND_TYPE_COMPLETE_WORKFLOW_EXECUTION, completeWorkflowExecutionCommandAttributes: { result: toPayloads(progress.ended.size) } };
}

function progressOf(events: readonly HistoryEvent[]): Progress {
  const begun = new Set<number>();
  const ended = new Set<number>();
  const stepOf = new Map<number, number>();
  let signals = 0;
  let isCancelRequested = false;
  const begins = (event: HistoryEvent, step: string): void => {
    begun.add(Number(step));
    stepOf.set(event.eventId, Number(step));
  };
  const ends = (of: number | undefined): void => {
    const step = of === undefined ? undefined : stepOf.get(of);
    if (step !== undefined) ended.add(step);
  };
  for (const event of events) {
    switch (event.eventType) {
      case EventType.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED:
        begins(event, event.activityTaskScheduledEventAttributes?.activityId ?? "");
        break;
      case EventType.EVENT_TYPE_TIMER_STARTED:
        begins(event, event.timerStartedEventAttributes?.timerId ?? "");
        break;
      case EventType.EVENT_TYPE_START_CHILD_WORKFLOW_EXECUTION_INITIATED:
        begins(event, event.startChildWorkflowExecutionInitiatedEventAttributes?.workflowId.split("/").at(-1) ?? "");
        break;
      case EventType.EVENT_TYPE_SIGNAL_EXTERNAL_WORKFLOW_EXECUTION_INITIATED:
        begins(event, event.signalExternalWorkflowExecutionInitiatedEventAttributes?.control ?? "");
        break;
      case EventType.EVENT_TYPE_MARKER_RECORDED:
        ended.add(Number(event.markerRecordedEventAttributes?.markerName));
        break;
      case EventType.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED:
        signals++;
        break;
      case EventType.EVENT_TYPE_WORKFLOW_EXECUTION_CANCEL_REQUESTED:
        isCancelRequested = true;
        break;
      default:
        ends(resolutionOf(event));
    }
  }
  return { begun, ended, signals, isCancelRequested };
}

/** Id of the event whose step this event ends; undefined for events that end none. */
export function resolutionOf(event: HistoryEvent): number | undefined {
  const activity = event.activityTaskCompletedEventAttributes ?? event.activityTaskFailedEventAttributes ?? event.activityTaskTimedOutEventAttributes ?? event.activityTaskCanceledEventAttributes;
  if (activity !== undefined) return activity.scheduledEventId;
  if (event.timerFiredEventAttributes !== undefined) return event.timerFiredEventAttributes.startedEventId;
  const child =
    event.childWorkflowExecutionCompletedEventAttributes ??
    event.childWorkflowExecutionFailedEventAttributes ??
    event.childWorkflowExecutionCanceledEventAttributes ??
    event.childWorkflowExecutionTimedOutEventAttributes ??
    event.childWorkflowExecutionTerminatedEventAttributes ??
    event.startChildWorkflowExecutionFailedEventAttributes;
  if (child !== undefined) return child.initiatedEventId;
  return (event.externalWorkflowExecutionSignaledEventAttributes ?? event.signalExternalWorkflowExecutionFailedEventAttributes)?.initiatedEventId;
}
