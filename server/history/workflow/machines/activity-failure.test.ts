import { expect, test } from "vitest";
import { Failure } from "../../../../api/gen/messages.js";
import { payloads } from "./activity-scene-fixture.ts";
import { keptFailure, oversizeFailure } from "./activity-failure.ts";

const x = (length: number): string => "x".repeat(length);
const error = (length: number): object => ({ type: x(length) });

/** The lengths of a failure's texts. */
function lengths(encoded: Uint8Array | undefined): object | undefined {
  if (encoded === undefined) return undefined;
  const { message, source, stackTrace, applicationFailureInfo: application, cause } = Failure.decode(encoded);
  return {
    type: application?.type.length ?? 0,
    source: source.length,
    message: message.length,
    stack: stackTrace.length,
    cause: lengths(cause),
  };
}

// What a real server kept of failures beyond 4 KiB: type, source, message, stack trace, and the cause's.
const KEPT = [
  {
    name: "a long message",
    failure: { message: x(10_000), source: x(10), applicationFailureInfo: error(5) },
    kept: { type: 5, source: 10, message: 4_065, stack: 0 },
  },
  {
    name: "a long message and no source",
    failure: { message: x(10_000), applicationFailureInfo: error(1) },
    kept: { type: 1, source: 0, message: 4_083, stack: 0 },
  },
  {
    name: "message before stack trace",
    failure: { message: x(3_000), stackTrace: x(3_000), source: x(10), applicationFailureInfo: error(5) },
    kept: { type: 5, source: 10, message: 3_000, stack: 1_061 },
  },
  {
    name: "source before message",
    failure: { message: x(3_000), stackTrace: x(3_000), source: x(3_000), applicationFailureInfo: error(5) },
    kept: { type: 5, source: 3_000, message: 1_075, stack: 0 },
  },
  {
    name: "a long stack trace",
    failure: { message: x(10), stackTrace: x(10_000), source: x(3), applicationFailureInfo: error(20) },
    kept: { type: 20, source: 3, message: 10, stack: 4_043 },
  },
  {
    name: "type before all",
    failure: { message: x(3_000), stackTrace: x(300), source: x(3), applicationFailureInfo: error(5_000) },
    kept: { type: 4_096, source: 0, message: 0, stack: 0 },
  },
  {
    name: "details go",
    failure: {
      message: x(100),
      stackTrace: x(50),
      source: x(3),
      applicationFailureInfo: { type: x(5), details: payloads(x(5_000)) },
    },
    kept: { type: 5, source: 3, message: 100, stack: 50 },
  },
  {
    name: "a cause has what is left",
    failure: {
      message: x(100),
      stackTrace: x(100),
      source: x(3),
      applicationFailureInfo: error(5),
      cause: Failure.encode({ message: x(6_000), source: x(3), applicationFailureInfo: error(5) }),
    },
    kept: { type: 5, source: 3, message: 100, stack: 100, cause: { type: 5, source: 3, message: 3_836, stack: 0 } },
  },
  {
    name: "a cause for which nothing is left goes",
    failure: {
      message: x(100),
      stackTrace: x(5_000),
      source: x(3),
      applicationFailureInfo: error(5),
      cause: Failure.encode({ message: x(5), applicationFailureInfo: error(5) }),
    },
    kept: { type: 5, source: 3, message: 100, stack: 3_968 },
  },
];

test.for(KEPT)("cut: $name", ({ failure, kept }) => {
  const { message, cause, serverFailureInfo } = Failure.decode(keptFailure(Failure.encode(failure), 4_096));
  expect([message, serverFailureInfo?.nonRetryable]).toEqual(["Failure exceeds size limit.", false]);
  expect(lengths(cause)).toEqual(kept);
});

test("a failure of exactly the limit is kept as it came", () => {
  const failure = Failure.encode({ message: x(4_093) });
  expect(failure).toHaveLength(4_096);
  expect(keptFailure(failure, 4_096)).toBe(failure);
});

test("a text is cut between characters", () => {
  const { cause } = Failure.decode(
    keptFailure(Failure.encode({ message: "é".repeat(3_000), applicationFailureInfo: { type: "E" } }), 4_096),
  );
  expect(Failure.decode(cause as Uint8Array).message).toBe("é".repeat(2_041));
});

test("a failure too large for the history leaves 512 KiB of itself", () => {
  const { cause, serverFailureInfo } = Failure.decode(
    oversizeFailure(
      Failure.encode({ message: x(3_000_000), source: x(3), stackTrace: x(4_000), applicationFailureInfo: error(5) }),
      512 * 1024,
    ),
  );
  expect(serverFailureInfo?.nonRetryable).toBe(true);
  expect(lengths(cause)).toEqual({ type: 5, source: 3, message: 524_264, stack: 0, cause: undefined });
});
