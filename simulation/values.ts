import { Payload, Payloads } from "../api/gen/messages.js";

const ENCODING = { encoding: Buffer.from("json/plain") };

/** A JSON value as encoded `Payloads`. */
export function toPayloads(value: unknown): Uint8Array {
  return Payloads.encode({
    payloads: [Payload.encode({ metadata: ENCODING, data: Buffer.from(JSON.stringify(value)) })],
  });
}

export function fromPayloads<T>(bytes: Uint8Array | undefined): T | undefined {
  const first = bytes === undefined ? undefined : Payloads.decode(bytes).payloads[0];
  return first === undefined ? undefined : (JSON.parse(Buffer.from(Payload.decode(first).data).toString("utf8")) as T);
}

export function toDuration(ms: number): { seconds: number; nanos: number } {
  return { seconds: Math.floor(ms / 1_000), nanos: (ms % 1_000) * 1e6 };
}
