import { expect, test } from "vitest";
import type { PayloadCodec } from "../payload-codec.ts";
import type { Payload, ProtoFailure } from "../payload.ts";
import { decodeWith, encodeWith, transformFailure, transformPayloads, transformRecord } from "./codec-runner.ts";

/** Writes its name behind the data, and takes it off again. */
function codec(name: number): PayloadCodec {
  return {
    encode: async (payloads) => payloads.map(({ data }) => ({ data: new Uint8Array([...(data ?? []), name]) })),
    decode: async (payloads) =>
      payloads.map(({ data }) => {
        expect(data?.at(-1)).toBe(name);
        return { data: (data as Uint8Array).slice(0, -1) };
      }),
  };
}

const payload = (...bytes: number[]): Payload => ({ data: new Uint8Array(bytes) });

test("without codecs the same object comes back at once", () => {
  const payloads = [payload(1)];
  const failure: ProtoFailure = { applicationFailureInfo: { details: { payloads } } };
  expect(transformPayloads(encodeWith([]), payloads)).toBe(payloads);
  expect(transformRecord(decodeWith([]), { a: payload(1) })).toEqual({ a: payload(1) });
  expect(transformFailure(encodeWith([]), failure)).toBe(failure);
});

test("codecs encode in their order and decode in the opposite one", async () => {
  const codecs = [codec(7), codec(8)];
  const encoded = await transformPayloads(encodeWith(codecs), [payload(1)]);
  expect(encoded).toEqual([payload(1, 7, 8)]);
  expect(await transformPayloads(decodeWith(codecs), encoded)).toEqual([payload(1)]);
});

test("every payload of a failure and of its causes is encoded", async () => {
  const details = () => ({ payloads: [payload(1)] });
  const failure: ProtoFailure = {
    message: "m",
    encodedAttributes: payload(2),
    applicationFailureInfo: { type: "T", details: details() },
    cause: {
      timeoutFailureInfo: { lastHeartbeatDetails: details() },
      cause: {
        canceledFailureInfo: { details: details() },
        cause: { resetWorkflowFailureInfo: { lastHeartbeatDetails: details() } },
      },
    },
  };
  const coded = { payloads: [payload(1, 7)] };
  expect(await transformFailure(encodeWith([codec(7)]), failure)).toEqual({
    message: "m",
    encodedAttributes: payload(2, 7),
    applicationFailureInfo: { type: "T", details: coded },
    cause: {
      timeoutFailureInfo: { lastHeartbeatDetails: coded },
      cause: {
        canceledFailureInfo: { details: coded },
        cause: { resetWorkflowFailureInfo: { lastHeartbeatDetails: coded } },
      },
    },
  });
  expect(failure.encodedAttributes).toEqual(payload(2));
});
