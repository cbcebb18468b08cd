import { encodeStatusMessage } from "../grpc/status-message.ts";
import type { OutgoingField } from "../hpack/encoder.ts";
import type { FieldList } from "../http2/header-writer.ts";
import type { CallStatus } from "./exchange.ts";

/** The fields of every successful answer: after the first, one byte each. */
export const answerHead: FieldList = {
  fields: [
    { name: ":status", value: "200", indexing: "indexed" },
    { name: "content-type", value: "application/grpc", indexing: "indexed" },
  ],
};

export const okTrailers: FieldList = { fields: [{ name: "grpc-status", value: "0", indexing: "indexed" }] };

export const noFields: FieldList = { fields: [] };

export function statusFields(
  status: CallStatus,
  trailers: readonly OutgoingField[] | undefined,
): readonly OutgoingField[] {
  const fields: OutgoingField[] = [
    { name: "grpc-status", value: String(status.code), indexing: "literal" },
    { name: "grpc-message", value: encodeStatusMessage(status.message), indexing: "literal" },
  ];
  if (status.details !== undefined) {
    const base64 = Buffer.from(status.details.buffer, status.details.byteOffset, status.details.byteLength).toString(
      "base64",
    );
    fields.push({ name: "grpc-status-details-bin", value: base64.replace(/=+$/, ""), indexing: "literal" });
  }
  // So that a client whose encoding we refuse learns what to use instead.
  if (status.code === 12) fields.push({ name: "grpc-accept-encoding", value: "gzip,identity", indexing: "literal" });
  if (trailers !== undefined) fields.push(...trailers);
  return fields;
}
