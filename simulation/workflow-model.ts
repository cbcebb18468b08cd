/** What a simulated worker does with a history: nothing but a pure function of it, as workflow code must be. */
import type { Input } from "../api/codec.ts";
import { CommandType } from "../api/gen/enums.js";
import { UpdateAcceptance, UpdateRejection, UpdateRequest, UpdateResponse } from "../api/gen/messages.js";
import type { Command, HistoryEvent, Message } from "../api/gen/messages.js";
import type { Script, Step } from "./script.ts";
import { fromPayloads, toDuration, toPayloads } from "./values.ts";
import { progressOf, UPDATE_TIMER_PREFIX } from "./workflow-progress.ts";
import type { Progress } from "./workflow-progress.ts";

/** What a worker answers a workflow task with. */
export interface Reaction {
  readonly commands: Input<Command>[];
  readonly messages: Input<Message>[];
}

/** How an update is to be taken; its name. */
export const UPDATE_NAMES = ["now", "later", "refuse"] as const;

/** The commands that follow from a whole history, and the answers to the updates that came with the task. */
export function reactionTo(
  events: readonly HistoryEvent[],
  requests: readonly Message[],
  workflowId: string,
): Reaction {
  const progress = progressOf(events);
  const reaction: Reaction = { commands: [], messages: [] };
  for (const updateId of progress.ripeUpdates) complete(reaction, updateId);
  for (const request of requests) answerUpdate(reaction, request);
  reaction.commands.push(...stepsOf(events, progress, workflowId));
  return reaction;
}

/** The same for those who answer updates in their own way. */
export function commandsFor(events: readonly HistoryEvent[], workflowId: string): Input<Command>[] {
  return stepsOf(events, progressOf(events), workflowId);
}

function stepsOf(events: readonly HistoryEvent[], progress: Progress, workflowId: string): Input<Command>[] {
  const started = events[0]?.workflowExecutionStartedEventAttributes;
  const script = fromPayloads<Script>(started?.input) ?? { steps: [], end: "complete" };
  if (progress.isCancelRequested)
    return [
      { commandType: CommandType.COMMAND_TYPE_CANCEL_WORKFLOW_EXECUTION, cancelWorkflowExecutionCommandAttributes: {} },
    ];
  const commands: Input<Command>[] = [];
  for (const [at, step] of script.steps.entries()) {
    if (progress.ended.has(at)) continue;
    if (step.kind === "signals" && progress.signals >= step.count) continue;
    if (step.kind === "child" && !step.isAwaited && progress.childrenStarted.has(at)) continue;
    if (progress.begun.has(at)) return commands;
    const command = begin(step, at, workflowId);
    if (command !== undefined) commands.push(command);
    if (step.kind !== "marker") return commands;
  }
  return [...commands, endOf(script, progress, started?.attempt ?? 1)];
}

/** Every command carries the number of its step in its id, so that the history can be read back. */
function begin(step: Step, at: number, workflowId: string): Input<Command> | undefined {
  switch (step.kind) {
    case "activity":
      return scheduleActivity(step, at);
    case "timer":
      return startTimer(`${at}`, step.ms);
    case "marker":
      return {
        commandType: CommandType.COMMAND_TYPE_RECORD_MARKER,
        recordMarkerCommandAttributes: { markerName: `${at}` },
      };
    case "child":
      return {
        commandType: CommandType.COMMAND_TYPE_START_CHILD_WORKFLOW_EXECUTION,
        startChildWorkflowExecutionCommandAttributes: {
          workflowId: `${workflowId}/${at}`,
          workflowType: { name: "script" },
          input: toPayloads({ steps: step.steps, end: "complete" }),
          parentClosePolicy: step.policy,
        },
      };
    case "tell":
      return {
        commandType: CommandType.COMMAND_TYPE_SIGNAL_EXTERNAL_WORKFLOW_EXECUTION,
        signalExternalWorkflowExecutionCommandAttributes: {
          execution: { workflowId: step.workflowId },
          signalName: "told",
          control: `${at}`,
        },
      };
    case "stop":
      return {
        commandType: CommandType.COMMAND_TYPE_REQUEST_CANCEL_EXTERNAL_WORKFLOW_EXECUTION,
        requestCancelExternalWorkflowExecutionCommandAttributes: { workflowId: step.workflowId, control: `${at}` },
      };
    case "signals":
      return undefined;
  }
}

function scheduleActivity(step: Extract<Step, { kind: "activity" }>, at: number): Input<Command> {
  return {
    commandType: CommandType.COMMAND_TYPE_SCHEDULE_ACTIVITY_TASK,
    scheduleActivityTaskCommandAttributes: {
      activityId: `${at}`,
      activityType: { name: "activity" },
      taskQueue: { name: "queue" },
      input: toPayloads(step.work),
      startToCloseTimeout: toDuration(step.startToCloseMs),
      heartbeatTimeout: step.heartbeatTimeoutMs === 0 ? undefined : toDuration(step.heartbeatTimeoutMs),
      scheduleToStartTimeout: step.scheduleToStartMs === 0 ? undefined : toDuration(step.scheduleToStartMs),
      scheduleToCloseTimeout: step.scheduleToCloseMs === 0 ? undefined : toDuration(step.scheduleToCloseMs),
      // Attempts are bounded, so that an activity that can never make it in its time does not go on for ever.
      retryPolicy: {
        initialInterval: toDuration(100),
        backoffCoefficient: 2,
        maximumAttempts: step.attemptMax === 0 ? 8 : step.attemptMax,
      },
      requestEagerExecution: step.isEager,
    },
  };
}

function startTimer(timerId: string, ms: number): Input<Command> {
  return {
    commandType: CommandType.COMMAND_TYPE_START_TIMER,
    startTimerCommandAttributes: { timerId, startToFireTimeout: toDuration(ms) },
  };
}

function endOf(script: Script, progress: Progress, attempt: number): Input<Command> {
  if (script.end === "fail" || attempt <= (script.failedAttempts ?? 0)) {
    return {
      commandType: CommandType.COMMAND_TYPE_FAIL_WORKFLOW_EXECUTION,
      failWorkflowExecutionCommandAttributes: { failure: new Uint8Array(0) },
    };
  }
  if (script.end === "continue") {
    return {
      commandType: CommandType.COMMAND_TYPE_CONTINUE_AS_NEW_WORKFLOW_EXECUTION,
      continueAsNewWorkflowExecutionCommandAttributes: {
        input: toPayloads({ steps: [{ kind: "marker" }], end: "complete" }),
      },
    };
  }
  return {
    commandType: CommandType.COMMAND_TYPE_COMPLETE_WORKFLOW_EXECUTION,
    completeWorkflowExecutionCommandAttributes: { result: toPayloads(progress.ended.size) },
  };
}

function answerUpdate(reaction: Reaction, request: Message): void {
  const updateId = request.protocolInstanceId;
  const update = UpdateRequest.decode(request.body?.value ?? new Uint8Array(0));
  const name = update.input?.name;
  if (name === "refuse") {
    const refusal = { rejectedRequestMessageId: request.id, rejectedRequest: update, failure: new Uint8Array(0) };
    reaction.messages.push(message(updateId, "reject", UpdateRejection.typeName, UpdateRejection.encode(refusal)));
    return;
  }
  const acceptance = {
    acceptedRequestMessageId: request.id,
    acceptedRequestSequencingEventId: request.eventId ?? 0,
    acceptedRequest: update,
  };
  say(reaction, message(updateId, "accept", UpdateAcceptance.typeName, UpdateAcceptance.encode(acceptance)));
  if (name === "later") reaction.commands.push(startTimer(UPDATE_TIMER_PREFIX + updateId, laterMs(updateId)));
  else complete(reaction, updateId);
}

/** Between 0.06 and 2.3 s, as the update's id says. */
function laterMs(updateId: string): number {
  return 60 + 150 * Number.parseInt(updateId.slice(0, 1), 16);
}

function complete(reaction: Reaction, updateId: string): void {
  const response = UpdateResponse.encode({
    meta: { updateId, identity: "worker" },
    outcome: { success: toPayloads(updateId) },
  });
  say(reaction, message(updateId, "complete", UpdateResponse.typeName, response));
}

function message(updateId: string, verb: string, typeName: string, value: Uint8Array): Input<Message> {
  return {
    id: `${updateId}/${verb}`,
    protocolInstanceId: updateId,
    body: { typeUrl: `type.googleapis.com/${typeName}`, value },
  };
}

/** The message, and the command that gives its event its place. */
function say(reaction: Reaction, said: Input<Message>): void {
  reaction.messages.push(said);
  reaction.commands.push({
    commandType: CommandType.COMMAND_TYPE_PROTOCOL_MESSAGE,
    protocolMessageCommandAttributes: { messageId: said.id },
  } as Input<Command>);
}
