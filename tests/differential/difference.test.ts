import { describe, expect, test } from "vitest";
import { differencesOf } from "./difference.ts";
import type { RecordedEntry, Recording } from "./recording.ts";

function recordingOf(...entries: RecordedEntry[]): Recording {
  return { scenario: "section/scenario", settings: "default", recordedFrom: "a server", entries };
}

function differences(recorded: RecordedEntry[], actual: RecordedEntry[]): string[] {
  return differencesOf(recordingOf(...recorded), recordingOf(...actual)).map((difference) => difference.path);
}

const call = "DescribeWorkflowExecution";
const request = {};

describe("the comparison of two records", () => {
  test.each<[string, RecordedEntry, RecordedEntry, string[]]>([
    ["equal replies are no difference", { call, request, reply: { a: 1 } }, { call, request, reply: { a: 1 } }, []],
    [
      "a value is told by its path",
      { call, request, reply: { a: [{ b: 1 }] } },
      { call, request, reply: { a: [{ b: 2 }] } },
      ["reply.a.0.b"],
    ],
    ["a missing field is told", { call, request, reply: { a: 1 } }, { call, request, reply: {} }, ["reply.a"]],
    ["a field too many is told", { call, request, reply: {} }, { call, request, reply: { a: 1 } }, ["reply.a"]],
    [
      "a list that is longer is told",
      { call, request, reply: { a: [1] } },
      { call, request, reply: { a: [1, 2] } },
      ["reply.a.1"],
    ],
    [
      "an empty message is not an absent one",
      { call, request, reply: { a: {} } },
      { call, request, reply: {} },
      ["reply.a"],
    ],
    [
      "another code is told",
      { call, request, error: { code: "NOT_FOUND", message: "m" } },
      { call, request, error: { code: "INTERNAL", message: "m" } },
      ["error.code"],
    ],
    [
      "a missing detail is told",
      { call, request, error: { code: "NOT_FOUND", message: "m", details: [{ "@type": "NotFoundFailure" }] } },
      { call, request, error: { code: "NOT_FOUND", message: "m" } },
      ["error.details"],
    ],
    [
      "a second more or less is no difference",
      { call, request, seconds: 2, reply: {} },
      { call, request, seconds: 3, reply: {} },
      [],
    ],
    [
      "two seconds are",
      { call, request, seconds: 2, reply: {} },
      { call, request, seconds: 4, reply: {} },
      ["seconds"],
    ],
    [
      "the number of state transitions is permitted to differ",
      { call, request, reply: { workflowExecutionInfo: { stateTransitionCount: "3" } } },
      { call, request, reply: { workflowExecutionInfo: { stateTransitionCount: "4" } } },
      [],
    ],
  ])("%s", (_title, recorded, actual, expected) => {
    expect(differences([recorded], [actual])).toEqual(expected);
  });

  test("names are matched one to one, whatever their numbers", () => {
    const recorded = {
      call,
      request,
      reply: { first: "run-1", second: "run-2", again: "run-1", text: "terminated by run-2" },
    };
    const actual = {
      call,
      request,
      reply: { first: "run-4", second: "run-3", again: "run-4", text: "terminated by run-3" },
    };
    expect(differences([recorded], [actual])).toEqual([]);
  });

  test("one id where there were two is told", () => {
    const recorded = { call, request, reply: { first: "run-1", second: "run-2" } };
    const actual = { call, request, reply: { first: "run-1", second: "run-1" } };
    expect(differences([recorded], [actual])).toEqual(["reply.second"]);
  });

  test("two ids where there was one are told", () => {
    const recorded = { call, request, reply: { first: "run-1", second: "run-1" } };
    const actual = { call, request, reply: { first: "run-1", second: "run-2" } };
    expect(differences([recorded], [actual])).toEqual(["reply.second"]);
  });

  test("tokens are opaque: only their presence counts", () => {
    const recorded = { call, request, reply: { taskToken: "token-2", nextPageToken: "page-1" } };
    const actual = { call, request, reply: { taskToken: "token-1", nextPageToken: "page-3" } };
    expect(differences([recorded], [actual])).toEqual([]);
    expect(differences([recorded], [{ call, request, reply: { taskToken: "token-1" } }])).toEqual([
      "reply.nextPageToken",
    ]);
  });

  test("a conversation that took another turn ends the comparison", () => {
    const more = { call: "PollWorkflowTaskQueue", request, reply: {} };
    expect(differences([{ call, request, reply: {} }], [more, more])).toEqual(["call"]);
  });
});
