import { expect, test } from "vitest";
import { EventType } from "../../../api/gen/enums.js";
import { HistoryEvent as FullEvent, History, TimerStartedEventAttributes } from "../../../api/gen/messages.js";
import { readHistory } from "./history-event.ts";

test("an event that was skimmed tells what its full form tells", () => {
  const full = {
    eventId: 300,
    eventTime: { seconds: 1_700_000_000, nanos: 250_000_000 },
    eventType: EventType.EVENT_TYPE_TIMER_STARTED,
    version: 7,
    taskId: 1_234_567_890_123,
    timerStartedEventAttributes: { timerId: "9", workflowTaskCompletedEventId: 299 },
    workerMayIgnore: true,
    userMetadata: new Uint8Array([10, 0]),
  };
  const [event, ...more] = readHistory(History.encode({ events: [FullEvent.encode(full)] }));
  expect(more).toEqual([]);
  expect([event?.id, event?.type, event?.timeMs, event?.mayBeIgnored]).toEqual([300, 17, 1_700_000_000_250, true]);
  expect(event?.attributes(TimerStartedEventAttributes)).toMatchObject(full.timerStartedEventAttributes);
  expect(event?.whole()).toMatchObject(full);
});

test("bytes that are no history are refused", () => {
  expect(() => readHistory(new Uint8Array([18, 1, 0]))).toThrow("something else than events");
  expect(() => readHistory(new Uint8Array([10, 5, 8]))).toThrow("length runs past the end");
});
