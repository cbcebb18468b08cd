import { readdirSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import proto from "@temporalio/proto";
import { expect, test } from "vitest";
import { JsonMessageError, messageFromJson } from "./from-json.ts";
import { messageToJson } from "./to-json.ts";

const HISTORY = "temporal.api.history.v1.History";
const { History } = proto.temporal.api.history.v1;
const folder = resolve(import.meta.dirname, "../../tests/sdk/histories");
const files = readdirSync(folder).filter((name) => name.endsWith(".json"));

test.each(files)("%s comes back from the wire as it was, and reads as protobufjs reads it", (name) => {
  const { history } = JSON.parse(readFileSync(resolve(folder, name), "utf8")) as { history: unknown };
  const bytes = messageFromJson(HISTORY, history);
  const again = messageToJson(HISTORY, bytes);
  expect(messageFromJson(HISTORY, again)).toEqual(bytes);
  const theirs = History.decode(bytes);
  expect(theirs.events.length).toBeGreaterThan(0);
  expect(History.toObject(History.decode(messageFromJson(HISTORY, theirs)))).toEqual(History.toObject(theirs));
});

test("what protobufjs decodes is taken as it is: numbers for enums, bytes, Long", () => {
  const history = { events: [{ eventId: { low: 3, high: 0 }, eventType: 17, eventTime: { seconds: 1, nanos: 5 } }] };
  expect(messageToJson(HISTORY, messageFromJson(HISTORY, history))).toEqual({
    events: [{ eventId: "3", eventType: "EVENT_TYPE_TIMER_STARTED", eventTime: "1970-01-01T00:00:01.000000005Z" }],
  });
});

test("names of enums may lack their prefix, fields may have their name of the definition", () => {
  const history = { events: [{ event_id: "1", eventType: "TimerFired", unknown_field: 7 }] };
  expect(messageToJson(HISTORY, messageFromJson(HISTORY, history))).toEqual({
    events: [{ eventId: "1", eventType: "EVENT_TYPE_TIMER_FIRED" }],
  });
});

test.each([
  [{ events: 1 }, "$.events: must be a list, not 1"],
  [{ events: [{ eventId: "one" }] }, '$.events[0].eventId: must be a whole number, not "one"'],
  [{ events: [{ eventType: "NO_SUCH" }] }, '$.events[0].eventType: "NO_SUCH" is no EventType'],
  [{ events: [{ eventTime: "soon" }] }, '$.events[0].eventTime: "soon" is no time such as 2030-01-01T00:00:00.5Z'],
  ["text", '$: must be an object (temporal.api.history.v1.History), not "text"'],
])("%j is refused with the place and the reason", (json, message) => {
  expect(() => messageFromJson(HISTORY, json)).toThrow(JsonMessageError);
  expect(() => messageFromJson(HISTORY, json)).toThrow(message);
});
