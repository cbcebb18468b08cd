import { Payload, Payloads } from "../../../api/gen/messages.js";

/** One text as payloads, as the SDKs' default converter makes them. */
export function textPayloads(text: string): Uint8Array {
  const metadata = { encoding: Buffer.from("json/plain") };
  return Payloads.encode({ payloads: [Payload.encode({ metadata, data: Buffer.from(JSON.stringify(text)) })] });
}
