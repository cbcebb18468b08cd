import { describe, expect, test } from "vitest";
import type { Codec } from "./codec.ts";
import { DecodeError } from "./decode-error.ts";
import {
  BuildIdAssignmentRule,
  Callback_Nexus,
  Command,
  Failure,
  HistoryEvent,
  Link_WorkflowEvent,
  NexusFailure,
  Payload,
  Payloads,
  ResetWorkflowExecutionRequest,
  RespondWorkflowTaskCompletedRequest,
  RetryPolicy,
  StartWorkflowExecutionRequest,
  Timestamp,
  WorkflowExecution,
  WorkflowTaskStartedEventAttributes,
  type StartWorkflowExecutionRequest as StartRequest,
} from "./gen/messages.js";
import { ITEM_MAX, MERGE_MAX, NESTING_MAX } from "./wire-read.ts";

function bytes(...parts: (number | string | Uint8Array)[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts.map((part) => Buffer.from(typeof part === "number" ? [part] : part))));
}

function payloadsOf(data: Uint8Array): Uint8Array {
  return Payloads.encode({ payloads: [Payload.encode({ data })] });
}

describe("what is read", () => {
  test("an empty message has every field, in the order of the definition, with its default", () => {
    const empty = RetryPolicy.decode(bytes());
    expect(empty).toStrictEqual({
      initialInterval: undefined,
      backoffCoefficient: 0,
      maximumInterval: undefined,
      maximumAttempts: 0,
      nonRetryableErrorTypes: [],
      $unknown: undefined,
    });
  });

  test("opaque fields are views of the input", () => {
    const payloads = payloadsOf(new Uint8Array(100));
    const encoded = StartWorkflowExecutionRequest.encode({ input: payloads });
    const { input } = StartWorkflowExecutionRequest.decode(encoded);
    expect(input).toEqual(payloads);
    expect(input!.buffer).toBe(encoded.buffer);
  });

  test("an opaque message is structured one level deep when decoded itself", () => {
    const payload = Payload.encode({ metadata: { encoding: bytes("json/plain") }, data: bytes('"x"') });
    expect(Payloads.decode(Payloads.encode({ payloads: [payload] })).payloads).toEqual([payload]);
    const failure = { message: "outer", cause: Failure.encode({ message: "inner" }), timeoutFailureInfo: {} };
    const { message, cause, timeoutFailureInfo } = Failure.decode(Failure.encode(failure));
    expect(message).toBe("outer");
    expect(Failure.decode(cause!).message).toBe("inner");
    expect(timeoutFailureInfo!.timeoutType).toBe(0);
  });

  test("a map may have any key", () => {
    const payload = Payload.decode(Payload.encode({ metadata: Object.fromEntries([["__proto__", bytes("x")]]) }));
    expect(Object.keys(payload.metadata)).toEqual(["__proto__"]);
    expect("toString" in payload.metadata).toBe(false);
  });

  test("fields may come in any order, singular ones again: the last scalar wins, messages are merged", () => {
    const first = StartWorkflowExecutionRequest.encode({
      workflowId: "a",
      taskQueue: { name: "q" },
      input: payloadsOf(bytes("12")),
    });
    const second = StartWorkflowExecutionRequest.encode({
      workflowId: "b",
      taskQueue: { kind: 2 },
      input: payloadsOf(bytes("3")),
    });
    const { workflowId, taskQueue, input } = StartWorkflowExecutionRequest.decode(bytes(first, second));
    expect(workflowId).toBe("b");
    expect(taskQueue).toMatchObject({ name: "q", kind: 2 });
    expect(Payloads.decode(input!).payloads.map((payload) => Payload.decode(payload).data)).toEqual([
      bytes("12"),
      bytes("3"),
    ]);
  });

  test("of a oneof the last member wins, and parts of one member are merged", () => {
    const timer = Command.encode({ startTimerCommandAttributes: { timerId: "1" } });
    const cancel = Command.encode({ cancelTimerCommandAttributes: { timerId: "2" } });
    const delay = Command.encode({ startTimerCommandAttributes: { startToFireTimeout: { seconds: 5 } } });
    const last = Command.decode(bytes(timer, cancel));
    expect(last.startTimerCommandAttributes).toBeUndefined();
    expect(last.cancelTimerCommandAttributes).toMatchObject({ timerId: "2" });
    expect(Command.decode(bytes(timer, delay)).startTimerCommandAttributes).toMatchObject({
      timerId: "1",
      startToFireTimeout: { seconds: 5 },
    });
  });

  test("repeated numbers are read packed and unpacked", () => {
    const packed = bytes(0x52, 2, 1, 2);
    const unpacked = bytes(0x50, 1, 0x50, 2);
    for (const encoded of [packed, unpacked]) {
      expect(ResetWorkflowExecutionRequest.decode(withField(7, encoded)).resetReapplyExcludeTypes).toEqual([1, 2]);
    }
  });

  test("a number in the wire form of another type is kept as unknown", () => {
    const decoded = WorkflowExecution.decode(bytes(0x08, 1, 0x12, 1, "r"));
    expect(decoded).toEqual({ workflowId: "", runId: "r", $unknown: bytes(0x08, 1) });
    expect(WorkflowExecution.encode(decoded)).toEqual(bytes(0x12, 1, "r", 0x08, 1));
  });
});

/** The two encodings above are of field 10; moves them to another field below 16. */
function withField(id: number, encoded: Uint8Array): Uint8Array {
  return encoded.map((byte) => (byte >> 3 === 10 && byte > 3 ? (id << 3) | (byte & 7) : byte));
}

describe("what is refused", () => {
  const rows: [what: string, codec: Codec<unknown>, encoded: Uint8Array, error: RegExp][] = [
    ["a length beyond the end", WorkflowExecution, bytes(0x0a, 5, "abc"), /WorkflowExecution: length .* at byte 1$/],
    ["a length that is cut off", WorkflowExecution, bytes(0x0a), /varint is cut off/],
    ["a length of 4 GiB", WorkflowExecution, bytes(0x0a, 0xff, 0xff, 0xff, 0xff, 0x0f), /length runs past the end/],
    ["a tag that is cut off", WorkflowExecution, bytes(0x80), /varint is cut off/],
    ["a tag of six bytes", WorkflowExecution, bytes(0x88, 0x80, 0x80, 0x80, 0x80, 0x00, 1), /tag is too long/],
    ["field number 0", WorkflowExecution, bytes(0x02, 0), /field number is 0/],
    ["wire type 6", WorkflowExecution, bytes(0x0e), /wire type 6/],
    ["wire type 7", WorkflowExecution, bytes(0x0f), /wire type 7/],
    ["the end of a group that did not begin", WorkflowExecution, bytes(0x0c), /wire type 4/],
    ["a group that does not end", WorkflowExecution, bytes(0x1b, 0x08, 1), /varint is cut off/],
    ["a group that ends as another", WorkflowExecution, bytes(0x1b, 0x24), /group ends with another/],
    ["groups without end", WorkflowExecution, new Uint8Array(100_000).fill(0x1b), /groups are nested too deep/],
    ["a varint of eleven bytes", Timestamp, bytes(0x08, new Uint8Array(10).fill(0xff), 1), /varint is too long/],
    ["seconds beyond 2^53", Timestamp, bytes(0x08, new Uint8Array(8).fill(0xff), 0x7f), /beyond 2\^53/],
    ["bytes that are no UTF-8", WorkflowExecution, bytes(0x0a, 2, 0xc3, 0x28), /not valid UTF-8/],
    ["a double that is cut off", RetryPolicy, bytes(0x11, 0, 0, 0), /fixed-size number is cut off/],
    ["a nested message that ends early", StartWorkflowExecutionRequest, bytes(0x1a, 2, 0x0a, 9), /length runs past/],
  ];
  test.each(rows)("%s", (_, codec, encoded, error) => {
    expect(() => codec.decode(encoded)).toThrow(DecodeError);
    expect(() => codec.decode(encoded)).toThrow(error);
  });

  const broken: [what: string, encode: () => Uint8Array, error: RegExp][] = [
    ["payloads that end early", () => StartWorkflowExecutionRequest.encode({ input: bytes(0x0a, 9) }), /runs past/],
    [
      "a payload whose metadata has a key that is no UTF-8",
      () => StartWorkflowExecutionRequest.encode({ input: bytes(0x0a, 6, 0x0a, 4, 0x0a, 2, 0xc3, 0x28) }),
      /not valid UTF-8/,
    ],
    ["a link that is no message", () => StartWorkflowExecutionRequest.encode({ links: [bytes(0x0f)] }), /wire type 7/],
    [
      "a failure that is nested too deep",
      () => StartWorkflowExecutionRequest.encode({ continuedFailure: deepFailure() }),
      /too deep/,
    ],
  ];
  test.each(broken)("inside what is carried unread: %s", (_, encode, error) => {
    const encoded = encode();
    expect(() => StartWorkflowExecutionRequest.decode(encoded)).toThrow(DecodeError);
    expect(() => StartWorkflowExecutionRequest.decode(encoded)).toThrow(error);
  });

  test("reading never leaves the given part of a larger buffer", () => {
    const larger = bytes("xxxx", 0x0a, 5, "abcde", "yyyy");
    expect(WorkflowExecution.decode(larger.subarray(4, 11)).workflowId).toBe("abcde");
    expect(() => WorkflowExecution.decode(larger.subarray(4, 10))).toThrow(DecodeError);
  });

  test(`a message field that occurs more than ${MERGE_MAX} times again`, () => {
    const once = StartWorkflowExecutionRequest.encode({ input: bytes(0x0a, 0) });
    const times = (count: number): Uint8Array => bytes(...Array.from({ length: count }, () => once));
    expect(StartWorkflowExecutionRequest.decode(times(MERGE_MAX + 1)).input).toHaveLength(2 * (MERGE_MAX + 1));
    expect(() => StartWorkflowExecutionRequest.decode(times(MERGE_MAX + 2))).toThrow(/repeated too often/);
  });

  test(`more than ${ITEM_MAX} repeated messages`, () => {
    const times = (count: number): Uint8Array => new Uint8Array(Buffer.alloc(count * 2, Buffer.from([0x12, 0])));
    expect(RespondWorkflowTaskCompletedRequest.decode(times(1000)).commands).toHaveLength(1000);
    expect(() => RespondWorkflowTaskCompletedRequest.decode(times(ITEM_MAX + 1))).toThrow(/too many parts/);
  });

  test("an integer that 64 bits or a double cannot hold is not encoded", () => {
    for (const seconds of [2 ** 53, 1.5, -(2 ** 60), Infinity]) {
      expect(() => Timestamp.encode({ seconds })).toThrow(TypeError);
    }
  });
});

function deepFailure(): Uint8Array {
  let failure: Uint8Array | undefined;
  for (let depth = 0; depth < NESTING_MAX + 2; depth++) failure = Failure.encode({ message: "m", cause: failure });
  return failure!;
}

describe("what is written", () => {
  test("defaults are left out, but not in a oneof", () => {
    expect(WorkflowExecution.encode({ workflowId: "", runId: "" })).toEqual(bytes());
    const rule = BuildIdAssignmentRule.encode({ targetBuildId: "", percentageRamp: {} });
    expect(rule).toEqual(bytes(0x1a, 0));
    expect(Callback_Nexus.encode({ url: "" })).toEqual(bytes());
    expect(Link_WorkflowEvent.decode(Link_WorkflowEvent.encode({ eventRef: { eventId: 0 } })).eventRef).toBeDefined();
  });

  test("an event is written with the attributes that it has, whatever its type says", () => {
    const timer = { timerStartedEventAttributes: { timerId: "1" } };
    for (const eventType of [undefined, 0, 17, 5]) {
      const decoded = HistoryEvent.decode(HistoryEvent.encode({ eventType, ...timer }));
      expect(decoded.timerStartedEventAttributes).toMatchObject({ timerId: "1" });
    }
  });

  test.each([0, 1, 63, 64, 65, 127, 128, 2047, 2048, 2049, 16_383, 16_384, 70_000, 5_000_000])(
    "a string of %i bytes comes back, beside whatever else is encoded",
    (size) => {
      const workflowId = "x".repeat(size);
      const before = WorkflowExecution.encode({ runId: "before".repeat(20) });
      const encoded = WorkflowExecution.encode({ workflowId, runId: "r" });
      const after = WorkflowExecution.encode({ runId: "after".repeat(20) });
      expect(WorkflowExecution.decode(before).runId).toBe("before".repeat(20));
      expect(WorkflowExecution.decode(encoded).workflowId === workflowId).toBe(true);
      expect(WorkflowExecution.decode(after).runId).toBe("after".repeat(20));
    },
  );

  test("results are never written over by later ones", () => {
    const results = Array.from({ length: 3000 }, (_, i) =>
      WorkflowExecution.encode({ workflowId: `${i}-${"x".repeat(i % 300)}` }),
    );
    results.forEach((encoded, i) => {
      expect(WorkflowExecution.decode(encoded).workflowId).toBe(`${i}-${"x".repeat(i % 300)}`);
    });
  });

  test("integers of every length come back", () => {
    for (let power = 0; power <= 53; power++) {
      for (const near of [2 ** power - 1, 2 ** power, -(2 ** power), 1 - 2 ** power]) {
        if (!Number.isSafeInteger(near)) continue;
        const { historySizeBytes } = WorkflowTaskStartedEventAttributes.decode(
          WorkflowTaskStartedEventAttributes.encode({ historySizeBytes: near }),
        );
        expect(historySizeBytes).toBe(near + 0);
      }
    }
  });

  test("a lone surrogate becomes the replacement character, as in every encoder", () => {
    const { workflowId } = WorkflowExecution.decode(WorkflowExecution.encode({ workflowId: "a\ud800b" }));
    expect(workflowId).toBe("a\ufffdb");
  });
});

test("a message in a client's request survives with the fields that a newer client has put into it", () => {
  const nested = bytes(0x22, 9, 0x0a, 1, "q", 0xfa, 0x7f, 3, "new");
  const decoded: StartRequest = StartWorkflowExecutionRequest.decode(bytes(nested));
  expect(decoded.taskQueue!.$unknown).toEqual(bytes(0xfa, 0x7f, 3, "new"));
  expect(StartWorkflowExecutionRequest.encode(decoded)).toEqual(nested);
});

test(`a recursive message is read ${NESTING_MAX} deep and no deeper`, () => {
  const nested = (depth: number): object => (depth === 0 ? {} : { cause: nested(depth - 1) });
  const encoded = NexusFailure.encode(nested(NESTING_MAX));
  expect(NexusFailure.encode(NexusFailure.decode(encoded))).toEqual(encoded);
  expect(() => NexusFailure.decode(NexusFailure.encode(nested(NESTING_MAX + 1)))).toThrow(/nested too deep/);
});
