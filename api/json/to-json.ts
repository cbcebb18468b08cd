/** Messages as JSON, as protobuf defines it: what command lines and web UIs read. */
import { fieldType } from "./field-type.ts";
import { enumSchema, messageSchema } from "./schema.ts";
import type { FieldSchema, MessageSchema } from "./schema.ts";

type Json = string | number | boolean | null | Json[] | { [key: string]: Json };

/**
 * An encoded message as a value for `JSON.stringify`. Fields that have their default are left out, and those that this
 * version does not know.
 *
 * @param typeName such as `temporal.api.history.v1.History`
 */
export function messageToJson(typeName: string, bytes: Uint8Array): Json {
  return toJson(messageSchema(typeName), bytes);
}

interface Raw {
  readonly number: number;
  readonly integer: bigint;
  /** Of fields with a length, or of fixed size. */
  readonly bytes: Uint8Array;
}

function* fieldsOf(bytes: Uint8Array): Generator<Raw> {
  let at = 0;
  const varint = (): bigint => {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = bytes[at++];
      if (byte === undefined) throw new RangeError("the message ends in the middle of a field");
      value |= BigInt(byte & 127) << shift;
      if (byte < 128) return value;
    }
  };
  const none = new Uint8Array(0);
  while (at < bytes.length) {
    const tag = Number(varint());
    const [number, wire] = [tag >>> 3, tag & 7];
    if (wire === 0) yield { number, integer: varint(), bytes: none };
    else {
      const length = wire === 2 ? Number(varint()) : wire === 1 ? 8 : 4;
      yield { number, integer: 0n, bytes: bytes.subarray(at, at + length) };
      at += length;
    }
  }
}

function toJson(schema: MessageSchema, bytes: Uint8Array): Json {
  if (schema.name === "google.protobuf.Timestamp") return timestampText(bytes);
  if (schema.name === "google.protobuf.Duration") return durationText(bytes);
  const object: { [key: string]: Json } = {};
  for (const raw of fieldsOf(bytes)) {
    const field = schema.byNumber.get(raw.number);
    if (field === undefined) continue;
    const entry = field.type === fieldType.message ? messageSchema(field.typeName) : undefined;
    if (entry?.isMapEntry === true)
      addEntry((object[field.jsonName] ??= {}) as { [key: string]: Json }, entry, raw.bytes);
    else if (field.isRepeated) addItems((object[field.jsonName] ??= []) as Json[], field, raw);
    else object[field.jsonName] = valueOf(field, raw);
  }
  if (/^google\.protobuf\.\w+Value$/.test(schema.name)) return object["value"] ?? null;
  return object;
}

function addEntry(map: { [key: string]: Json }, entry: MessageSchema, bytes: Uint8Array): void {
  let key = "";
  let value: Json = {};
  for (const raw of fieldsOf(bytes)) {
    const field = entry.byNumber.get(raw.number);
    if (field === undefined) continue;
    if (raw.number === 1) key = String(valueOf(field, raw));
    else value = valueOf(field, raw);
  }
  map[key] = value;
}

function addItems(list: Json[], field: FieldSchema, raw: Raw): void {
  const isPacked = raw.bytes.length > 0 && !hasLength(field.type);
  if (!isPacked) {
    list.push(valueOf(field, raw));
    return;
  }
  let value = 0n;
  let shift = 0n;
  for (const byte of raw.bytes) {
    value |= BigInt(byte & 127) << shift;
    shift += 7n;
    if (byte >= 128) continue;
    list.push(valueOf(field, { ...raw, integer: value, bytes: new Uint8Array(0) }));
    value = shift = 0n;
  }
}

function hasLength(type: number): boolean {
  return type === fieldType.string || type === fieldType.bytes || type === fieldType.message;
}

function valueOf(field: FieldSchema, { integer, bytes }: Raw): Json {
  switch (field.type) {
    case fieldType.message:
      return toJson(messageSchema(field.typeName), bytes);
    case fieldType.string:
      return Buffer.from(bytes).toString("utf8");
    case fieldType.bytes:
      return Buffer.from(bytes).toString("base64");
    case fieldType.bool:
      return integer !== 0n;
    case fieldType.double:
      return Buffer.from(bytes).readDoubleLE();
    case fieldType.float:
      return Buffer.from(bytes).readFloatLE();
    case fieldType.enum: {
      const number = Number(BigInt.asIntN(32, integer));
      return enumSchema(field.typeName).byNumber.get(number) ?? number;
    }
    case fieldType.int64:
      return String(BigInt.asIntN(64, integer));
    case fieldType.uint64:
      return String(integer);
    case fieldType.sint32:
      return Number((integer >> 1n) ^ -(integer & 1n));
    case fieldType.sint64:
      return String((integer >> 1n) ^ -(integer & 1n));
    case fieldType.fixed64:
    case fieldType.sfixed64:
      return String(Buffer.from(bytes).readBigInt64LE());
    case fieldType.fixed32:
    case fieldType.sfixed32:
      return Buffer.from(bytes).readInt32LE();
    default:
      return Number(BigInt.asIntN(32, integer));
  }
}

function secondsAndNanos(bytes: Uint8Array): { seconds: bigint; nanos: bigint } {
  let [seconds, nanos] = [0n, 0n];
  for (const { number, integer } of fieldsOf(bytes)) {
    if (number === 1) seconds = BigInt.asIntN(64, integer);
    else if (number === 2) nanos = BigInt.asIntN(64, integer);
  }
  return { seconds, nanos };
}

/** As many digits as needed, in threes. */
function fractionOf(nanos: bigint): string {
  if (nanos === 0n) return "";
  return `.${String(nanos)
    .padStart(9, "0")
    .replace(/(000){1,2}$/, "")}`;
}

function timestampText(bytes: Uint8Array): string {
  const { seconds, nanos } = secondsAndNanos(bytes);
  return `${new Date(Number(seconds) * 1_000).toISOString().slice(0, 19)}${fractionOf(nanos)}Z`;
}

function durationText(bytes: Uint8Array): string {
  const { seconds, nanos } = secondsAndNanos(bytes);
  const sign = seconds < 0n || nanos < 0n ? "-" : "";
  const abs = (value: bigint): bigint => (value < 0n ? -value : value);
  return `${sign}${abs(seconds)}${fractionOf(abs(nanos))}s`;
}
