/** The official package is the specification: the same values give the same bytes, and the same errors the same failures. */
import { createRequire } from "node:module";
import fc from "fast-check";
import { expect, test } from "vitest";
import * as ours from "./index.ts";
import { payloadFromBytes, payloadToBytes } from "./host/wire-payloads.ts";
import { failureFromBytes, failureToBytes } from "./host/wire-failure.ts";
import type * as ownSearchAttributes from "./payload-search-attributes.ts";
import {
  decodeSearchAttributes,
  decodeTypedSearchAttributes,
  encodeUnifiedSearchAttributes,
} from "./payload-search-attributes.ts";

const require = createRequire(import.meta.url);
const official = require("@temporalio/common") as typeof ours;
const officialSearchAttributes =
  require("@temporalio/common/lib/converter/payload-search-attributes") as typeof ownSearchAttributes;

const value = fc.oneof(
  fc.jsonValue(),
  fc.constant(undefined),
  fc.uint8Array(),
  fc.date({ noInvalidDate: true }),
  fc.string({ unit: "binary" }),
);

/** Long objects and missing fields of protobufjs, as our wire has them. */
function plain(failure: unknown): unknown {
  return JSON.parse(
    JSON.stringify(failure, (_key, field: unknown) => {
      if (field instanceof Uint8Array) return Buffer.from(field).toString("base64");
      if (typeof field === "object" && field !== null && "toNumber" in field) return Number(field);
      return field;
    }),
  );
}

test("a value has the payload of the official converter, and comes back the same from both", () => {
  fc.assert(
    fc.property(value, (input) => {
      const own = ours.defaultPayloadConverter.toPayload(input);
      const theirs = official.defaultPayloadConverter.toPayload(input);
      expect(plain(own)).toEqual(plain(theirs));
      expect(ours.defaultPayloadConverter.fromPayload(theirs)).toEqual(
        official.defaultPayloadConverter.fromPayload(own),
      );
    }),
  );
});

test("a payload survives the wire", () => {
  fc.assert(
    fc.property(value, (input) => {
      const payload = ours.defaultPayloadConverter.toPayload(input);
      const { data, metadata } = payloadFromBytes(payloadToBytes(payload));
      expect(plain({ data, metadata })).toEqual(
        plain({ data: payload.data ?? new Uint8Array(0), metadata: payload.metadata }),
      );
    }),
  );
});

type Classes = typeof ours;

/** Builds one error from the classes of either package. */
type Recipe = (classes: Classes) => Error;

const text = fc.string({ maxLength: 20 });
const details = fc.array(fc.jsonValue(), { maxLength: 3 });
const retryState = fc.constantFrom("TIMEOUT", "CANCEL_REQUESTED", "MAXIMUM_ATTEMPTS_REACHED" as const);

const { recipe } = fc.letrec<{ recipe: Recipe }>((tie) => {
  const cause = fc.option(tie("recipe") as fc.Arbitrary<Recipe>, { nil: undefined, maxDepth: 3 });
  const withCause =
    (make: (classes: Classes, cause: Error | undefined) => Error) =>
    (inner: Recipe | undefined): Recipe =>
    (classes) =>
      withStack(make(classes, inner?.(classes)));
  return {
    recipe: fc.oneof(
      { depthSize: "small" },
      fc
        .tuple(text, cause)
        .map(([message, inner]) => withCause((_c, e) => new Error(message, e && { cause: e }))(inner)),
      fc
        .record({ message: text, type: text, nonRetryable: fc.boolean(), details }, { requiredKeys: [] })
        .chain((options) =>
          cause.map(withCause((c, e) => c.ApplicationFailure.create({ ...options, ...(e && { cause: e }) }))),
        ),
      fc
        .tuple(text, details, cause)
        .map(([m, d, inner]) => withCause((c, e) => new c.CancelledFailure(m, d, e))(inner)),
      fc.tuple(text, cause).map(([m, inner]) => withCause((c, e) => new c.TerminatedFailure(m, e))(inner)),
      fc
        .tuple(text, fc.jsonValue())
        .map(([m, last]) => withCause((c) => new c.TimeoutFailure(m, last, "HEARTBEAT"))(undefined)),
      fc
        .tuple(text, fc.boolean(), cause)
        .map(([m, flag, inner]) => withCause((c, e) => new c.ServerFailure(m, flag, e))(inner)),
      fc
        .tuple(text, text, retryState, cause)
        .map(([m, type, state, inner]) =>
          withCause((c, e) => new c.ActivityFailure(m, type, "1", state as "TIMEOUT", "me", e))(inner),
        ),
    ),
  };
});

/** The same frames for both, without any of this library. */
function withStack(error: Error): Error {
  error.stack = `${error.name}: ${error.message}\n    at user (/app/workflows.ts:1:2)`;
  return error;
}

test("an error has the failure of the official converter", () => {
  fc.assert(
    fc.property(recipe, (make) => {
      const own = ours.defaultFailureConverter.errorToFailure(make(ours), ours.defaultPayloadConverter);
      const theirs = official.defaultFailureConverter.errorToFailure(
        make(official as Classes),
        official.defaultPayloadConverter,
      ) as Record<string, Record<string, unknown>>;
      expect(plain(own)).toEqual(plain(withoutExtras(theirs)));
    }),
  );
});

/** The official converter spreads the whole error into these infos; their encoder drops what the message does not have. */
function withoutExtras(failure: Record<string, unknown>): Record<string, unknown> {
  const copy: Record<string, unknown> = { ...failure };
  if (copy["activityFailureInfo"]) {
    const { activityType, activityId, identity, retryState } = copy["activityFailureInfo"] as Record<string, unknown>;
    copy["activityFailureInfo"] = { activityType, activityId, identity, retryState };
  }
  if (copy["cause"]) copy["cause"] = withoutExtras(copy["cause"] as Record<string, unknown>);
  return copy;
}

test("a failure survives the wire and becomes the same error", () => {
  fc.assert(
    fc.property(recipe, (make) => {
      const failure = ours.defaultFailureConverter.errorToFailure(make(ours), ours.defaultPayloadConverter);
      const arrived = failureFromBytes(failureToBytes(failure));
      const error = ours.defaultFailureConverter.failureToError(arrived, ours.defaultPayloadConverter);
      expect(error).toBeInstanceOf(ours.TemporalFailure);
      expect(error.message).toBe(failure.message);
      expect(error.stack).toBe(failure.stackTrace);
      // An error that came from elsewhere goes on as it came.
      expect(ours.defaultFailureConverter.errorToFailure(error, ours.defaultPayloadConverter)).toBe(arrived);
    }),
  );
});

const untyped = fc.dictionary(
  fc.string({ minLength: 1, maxLength: 5 }).filter((name) => name !== "__proto__"),
  fc.oneof(
    fc.array(fc.string()),
    fc.array(fc.integer()),
    fc.array(fc.boolean()),
    fc.array(fc.date({ noInvalidDate: true, min: new Date(0), max: new Date("9999-12-31") })),
  ),
);

test("search attributes have the payloads of the official converter", () => {
  fc.assert(
    fc.property(untyped, (attributes) => {
      const own = encodeUnifiedSearchAttributes(attributes);
      const theirs = officialSearchAttributes.encodeUnifiedSearchAttributes(attributes);
      expect(plain(own)).toEqual(plain(theirs));
      expect(decodeSearchAttributes(theirs)).toEqual(officialSearchAttributes.decodeSearchAttributes(own));
      expect(decodeTypedSearchAttributes(theirs).getAll()).toEqual(
        officialSearchAttributes.decodeTypedSearchAttributes(own).getAll(),
      );
    }),
  );
});

test("durations are those of the official parser", () => {
  const unit = fc.constantFrom(
    "",
    "ms",
    "s",
    " sec",
    "m",
    " minutes",
    "h",
    " Hour",
    "d",
    " DAYS",
    "w",
    "y",
    "month",
    "x",
  );
  fc.assert(
    fc.property(fc.tuple(fc.constantFrom("", "-"), fc.nat(1e6), fc.constantFrom("", ".5"), unit), (parts) => {
      const duration = parts.join("") as ours.Duration;
      expect(attempt(() => ours.msToNumber(duration))).toEqual(attempt(() => official.msToNumber(duration)));
    }),
  );
});

function attempt(fn: () => unknown): unknown {
  try {
    return fn();
  } catch (error) {
    return (error as Error).message;
  }
}
