// Each task of the recorded histories, given to our worker as its server would: with a cache that holds the run, and
// without. What it asks for must be what the history holds next.

import { expect, test, vi } from "vitest";
import { CommandType, EventType } from "../../api/gen/enums.js";
import { History, HistoryEvent, PollWorkflowTaskQueueResponse, UpdateRequest } from "../../api/gen/messages.js";
import type { Input } from "../../api/codec.ts";
import type { Command, Message } from "../../api/gen/messages.js";
import { payloadsFromBytes } from "../../sdk/common/host/wire-payloads.ts";
import type { Payload } from "../../sdk/common/payload.ts";
import { systemClock, systemTimers } from "../../base/index.ts";
import { handleWorkflowTask, RunCache } from "../../sdk/worker/runs/index.ts";
import type { TaskDependencies } from "../../sdk/worker/runs/index.ts";
import { inlineDriver } from "./inline-driver.ts";
import { historyNames, recordedHistory } from "./recorded-history.ts";
import type { RecordedHistory } from "./recorded-history.ts";

vi.mock("@temporalio/workflow", () => import("../../sdk/workflow/index.ts"));

const workflows = await import("./workflows/index.ts");
const driver = inlineDriver(workflows);

const { EVENT_TYPE_WORKFLOW_TASK_STARTED: STARTED, EVENT_TYPE_WORKFLOW_TASK_COMPLETED: COMPLETED } = EventType;

/** Events of commands, by the type of the command; those of messages are told by the messages. */
const COMMAND_OF: Readonly<Record<number, number>> = {
  [EventType.EVENT_TYPE_TIMER_STARTED]: CommandType.COMMAND_TYPE_START_TIMER,
  [EventType.EVENT_TYPE_TIMER_CANCELED]: CommandType.COMMAND_TYPE_CANCEL_TIMER,
  [EventType.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED]: CommandType.COMMAND_TYPE_SCHEDULE_ACTIVITY_TASK,
  [EventType.EVENT_TYPE_ACTIVITY_TASK_CANCEL_REQUESTED]: CommandType.COMMAND_TYPE_REQUEST_CANCEL_ACTIVITY_TASK,
  [EventType.EVENT_TYPE_MARKER_RECORDED]: CommandType.COMMAND_TYPE_RECORD_MARKER,
  [EventType.EVENT_TYPE_UPSERT_WORKFLOW_SEARCH_ATTRIBUTES]: CommandType.COMMAND_TYPE_UPSERT_WORKFLOW_SEARCH_ATTRIBUTES,
  [EventType.EVENT_TYPE_WORKFLOW_PROPERTIES_MODIFIED]: CommandType.COMMAND_TYPE_MODIFY_WORKFLOW_PROPERTIES,
  [EventType.EVENT_TYPE_START_CHILD_WORKFLOW_EXECUTION_INITIATED]:
    CommandType.COMMAND_TYPE_START_CHILD_WORKFLOW_EXECUTION,
  [EventType.EVENT_TYPE_SIGNAL_EXTERNAL_WORKFLOW_EXECUTION_INITIATED]:
    CommandType.COMMAND_TYPE_SIGNAL_EXTERNAL_WORKFLOW_EXECUTION,
  [EventType.EVENT_TYPE_REQUEST_CANCEL_EXTERNAL_WORKFLOW_EXECUTION_INITIATED]:
    CommandType.COMMAND_TYPE_REQUEST_CANCEL_EXTERNAL_WORKFLOW_EXECUTION,
  [EventType.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ACCEPTED]: CommandType.COMMAND_TYPE_PROTOCOL_MESSAGE,
  [EventType.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_COMPLETED]: CommandType.COMMAND_TYPE_PROTOCOL_MESSAGE,
  [EventType.EVENT_TYPE_NEXUS_OPERATION_SCHEDULED]: CommandType.COMMAND_TYPE_SCHEDULE_NEXUS_OPERATION,
  [EventType.EVENT_TYPE_NEXUS_OPERATION_CANCEL_REQUESTED]: CommandType.COMMAND_TYPE_REQUEST_CANCEL_NEXUS_OPERATION,
  [EventType.EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED]: CommandType.COMMAND_TYPE_COMPLETE_WORKFLOW_EXECUTION,
  [EventType.EVENT_TYPE_WORKFLOW_EXECUTION_FAILED]: CommandType.COMMAND_TYPE_FAIL_WORKFLOW_EXECUTION,
  [EventType.EVENT_TYPE_WORKFLOW_EXECUTION_CANCELED]: CommandType.COMMAND_TYPE_CANCEL_WORKFLOW_EXECUTION,
  [EventType.EVENT_TYPE_WORKFLOW_EXECUTION_CONTINUED_AS_NEW]:
    CommandType.COMMAND_TYPE_CONTINUE_AS_NEW_WORKFLOW_EXECUTION,
};

function dependencies(runsMax: number, events: readonly HistoryEvent[]): TaskDependencies {
  return {
    namespace: "default",
    taskQueue: "queue",
    sdk: { name: "perdure", version: "0" },
    deployment: undefined,
    createRun: ({ runId }) => driver.createRun(runId),
    drive: driver.drive,
    onSinkCalls: () => {},
    cache: new RunCache({ runsMax, bytesMax: Infinity }),
    fetchHistory: async () => {
      throw new Error("the task has all that is needed");
    },
    codecs: [],
    localActivities: {
      start: ({ command }) => ({
        result: Promise.resolve({ status: "completed", result: resultOf(events, command.seq) }),
        cancel: () => {},
      }),
    },
    requestsEagerly: () => false,
    clock: systemClock,
    timers: systemTimers,
  };
}

/** Gives every completed task of the history; returns what was asked for, task by task, and what the history holds. */
async function resume(recorded: RecordedHistory, runsMax: number): Promise<{ asked: number[][]; held: number[][] }> {
  const encoded = History.decode(recorded.bytes).events;
  const events = encoded.map((each) => HistoryEvent.decode(each));
  const deps = dependencies(runsMax, events);
  const asked: number[][] = [];
  const held: number[][] = [];
  let previousStartedEventId = 0;
  for (const [at, { eventType, eventId }] of events.entries()) {
    if (eventType !== STARTED || events[at + 1]?.eventType !== COMPLETED) continue;
    const after = commandEvents(events, at + 2);
    const from = runsMax > 0 ? previousStartedEventId : 0;
    const task = PollWorkflowTaskQueueResponse.encode({
      taskToken: new Uint8Array([1]),
      workflowExecution: { workflowId: recorded.workflowId, runId: recorded.runId },
      workflowType: events[0]?.workflowExecutionStartedEventAttributes?.workflowType,
      startedEventId: eventId,
      previousStartedEventId,
      history: History.encode({ events: encoded.slice(from, at + 1) }).slice(),
      messages: after.flatMap(updateMessage),
    });
    const outcome = await handleWorkflowTask(PollWorkflowTaskQueueResponse.decode(task.slice()), deps);
    if (outcome.kind !== "completed") throw new Error(`event ${eventId}: ${JSON.stringify(outcome)}`);
    asked.push((outcome.request.commands ?? []).map(({ commandType }: Input<Command>) => commandType ?? 0));
    held.push(after.map((event) => COMMAND_OF[event.eventType] ?? 0));
    previousStartedEventId = eventId;
  }
  return { asked, held };
}

/** What history says that a local activity returned. */
function resultOf(events: readonly HistoryEvent[], seq: number): Payload | undefined {
  for (const { markerRecordedEventAttributes: marker } of events) {
    const data = payloadsFromBytes(marker?.details["data"])?.[0]?.data;
    if (data && (JSON.parse(Buffer.from(data).toString()) as { seq: number }).seq === seq) {
      return payloadsFromBytes(marker?.details["result"])?.[0];
    }
  }
  throw new Error(`there is no marker of local activity ${seq}`);
}

function commandEvents(events: readonly HistoryEvent[], from: number): HistoryEvent[] {
  const end = events.findIndex(({ eventType }, index) => index >= from && COMMAND_OF[eventType] === undefined);
  return events.slice(from, end === -1 ? events.length : end);
}

function updateMessage({ workflowExecutionUpdateAcceptedEventAttributes: accepted }: HistoryEvent): Input<Message>[] {
  if (accepted?.acceptedRequest === undefined) return [];
  return [
    {
      id: accepted.acceptedRequestMessageId,
      protocolInstanceId: accepted.protocolInstanceId,
      eventId: accepted.acceptedRequestSequencingEventId,
      body: {
        typeUrl: "type.googleapis.com/temporal.api.update.v1.Request",
        value: UpdateRequest.encode(accepted.acceptedRequest),
      },
    },
  ];
}

/** What these do depends on how long something lasted, or how often it was tried. */
const LEFT_OUT =
  /cancels-locally|backs-off|local-times-out|locally-failing|stays-local|while-local|mixes-local|fails-its/;
const names = historyNames().filter((name) => !LEFT_OUT.test(name));

test.for(names)("%s goes on from the cache", async (name) => {
  const { asked, held } = await resume(recordedHistory(name), 10);
  expect(asked).toEqual(held);
});

test.for(names)("%s goes on without a cache", async (name) => {
  const { asked, held } = await resume(recordedHistory(name), 0);
  expect(asked).toEqual(held);
});
