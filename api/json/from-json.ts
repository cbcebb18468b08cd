/**
 * Messages from JSON as protobuf defines it (and as command lines and web UIs write histories), and from objects as
 * protobufjs makes them: enums by name or number, 64-bit numbers as numbers, text or `Long`, bytes in base64 or as they
 * are, times as text or as seconds and nanos.
 */
import { fieldType } from "./field-type.ts";
import { enumSchema, messageSchema } from "./schema.ts";
import type { FieldSchema, MessageSchema } from "./schema.ts";

/** Something in the JSON is not what the message asks for; `path` says where. */
export class JsonMessageError extends Error {
  override readonly name = "JsonMessageError";
  readonly path: string;

  constructor(path: string, problem: string) {
    super(`${path}: ${problem}`);
    this.path = path;
  }
}

/**
 * The encoded message.
 *
 * @param typeName such as `temporal.api.history.v1.History`
 * @throws {JsonMessageError}
 */
export function messageFromJson(typeName: string, json: unknown): Uint8Array {
  return encodeMessage(messageSchema(typeName), json, "$");
}

/** Bytes in the order in which they are appended. */
class Out {
  readonly #parts: Uint8Array[] = [];

  varint(value: bigint): void {
    const bytes: number[] = [];
    let rest = BigInt.asUintN(64, value);
    do {
      bytes.push(Number(rest & 127n) | (rest > 127n ? 128 : 0));
      rest >>= 7n;
    } while (rest > 0n);
    this.#parts.push(Uint8Array.from(bytes));
  }

  tag(field: FieldSchema, wire: number): void {
    if (field.number !== NO_TAG) this.varint(BigInt(field.number * 8 + wire));
  }

  bytes(bytes: Uint8Array): void {
    this.varint(BigInt(bytes.length));
    this.#parts.push(bytes);
  }

  raw(bytes: Uint8Array): void {
    this.#parts.push(bytes);
  }

  joined(): Uint8Array {
    return Buffer.concat(this.#parts);
  }
}

function encodeMessage(schema: MessageSchema, json: unknown, path: string): Uint8Array {
  const known = wellKnown(schema.name, json, path);
  if (known !== undefined) return known;
  if (json instanceof Uint8Array) return json;
  if (typeof json !== "object" || json === null || Array.isArray(json))
    throw new JsonMessageError(path, `must be an object (${schema.name}), not ${kindOf(json)}`);
  const out = new Out();
  for (const [key, value] of Object.entries(json)) {
    if (value === null || value === undefined) continue;
    const field = schema.byName.get(key);
    // Newer servers have newer fields: what is not known is passed over, as the wire does.
    if (field !== undefined) encodeField(out, field, value, `${path}.${key}`);
  }
  return out.joined();
}

function encodeField(out: Out, field: FieldSchema, value: unknown, path: string): void {
  if (!field.isRepeated) return encodeValue(out, field, value, path);
  const entry = field.type === fieldType.message ? messageSchema(field.typeName) : undefined;
  if (entry?.isMapEntry === true) {
    if (typeof value !== "object") throw new JsonMessageError(path, `must be an object, not ${kindOf(value)}`);
    for (const [key, one] of Object.entries(value as object)) {
      const pair = new Out();
      encodeValue(pair, entry.byNumber.get(1) as FieldSchema, key, path);
      encodeValue(pair, entry.byNumber.get(2) as FieldSchema, one, `${path}.${key}`);
      out.tag(field, 2);
      out.bytes(pair.joined());
    }
    return;
  }
  if (!Array.isArray(value)) throw new JsonMessageError(path, `must be a list, not ${kindOf(value)}`);
  if (HAS_LENGTH.has(field.type) || value.length === 0) {
    value.forEach((one, i) => encodeValue(out, field, one, `${path}[${i}]`));
    return;
  }
  const packed = new Out();
  value.forEach((one, i) => encodeValue(packed, { ...field, number: NO_TAG }, one, `${path}[${i}]`));
  out.tag(field, 2);
  out.bytes(packed.joined());
}

const HAS_LENGTH: ReadonlySet<number> = new Set([fieldType.string, fieldType.bytes, fieldType.message]);
/** Items of a packed list have none. */
const NO_TAG = 0;

function encodeValue(out: Out, field: FieldSchema, value: unknown, path: string): void {
  switch (field.type) {
    case fieldType.message:
      out.tag(field, 2);
      return out.bytes(encodeMessage(messageSchema(field.typeName), value, path));
    case fieldType.string:
      if (typeof value !== "string") throw new JsonMessageError(path, `must be text, not ${kindOf(value)}`);
      out.tag(field, 2);
      return out.bytes(Buffer.from(value, "utf8"));
    case fieldType.bytes:
      out.tag(field, 2);
      return out.bytes(bytesOf(value, path));
    case fieldType.double:
    case fieldType.float:
      return encodeReal(out, field, value, path);
    case fieldType.bool:
      if (typeof value !== "boolean" && value !== "true" && value !== "false")
        throw new JsonMessageError(path, `must be true or false, not ${kindOf(value)}`);
      out.tag(field, 0);
      return out.varint(value === true || value === "true" ? 1n : 0n);
    case fieldType.enum:
      out.tag(field, 0);
      return out.varint(enumOf(field.typeName, value, path));
    default:
      return encodeInteger(out, field, value, path);
  }
}

function encodeInteger(out: Out, field: FieldSchema, value: unknown, path: string): void {
  const integer = integerOf(value, path);
  const { type } = field;
  if (type === fieldType.sint32 || type === fieldType.sint64) {
    out.tag(field, 0);
    return out.varint((integer << 1n) ^ (integer >> 63n));
  }
  const isFixed32 = type === fieldType.fixed32 || type === fieldType.sfixed32;
  if (isFixed32 || type === fieldType.fixed64 || type === fieldType.sfixed64) {
    const bytes = Buffer.alloc(8);
    bytes.writeBigInt64LE(BigInt.asIntN(64, integer));
    out.tag(field, isFixed32 ? 5 : 1);
    return out.raw(isFixed32 ? bytes.subarray(0, 4) : bytes);
  }
  out.tag(field, 0);
  return out.varint(integer);
}

function encodeReal(out: Out, field: FieldSchema, value: unknown, path: string): void {
  const number = typeof value === "string" ? Number(value) : value;
  if (typeof number !== "number") throw new JsonMessageError(path, `must be a number, not ${kindOf(value)}`);
  const isDouble = field.type === fieldType.double;
  const bytes = Buffer.alloc(isDouble ? 8 : 4);
  if (isDouble) bytes.writeDoubleLE(number);
  else bytes.writeFloatLE(number);
  out.tag(field, isDouble ? 1 : 5);
  out.raw(bytes);
}

function integerOf(value: unknown, path: string): bigint {
  if (typeof value === "bigint") return value;
  if (typeof value === "number" && Number.isInteger(value)) return BigInt(value);
  if (typeof value === "string" && /^-?\d+$/.test(value)) return BigInt(value);
  const { low, high } = (value ?? {}) as { low?: unknown; high?: unknown };
  if (typeof low === "number" && typeof high === "number")
    return BigInt.asIntN(64, (BigInt(high) << 32n) | BigInt(low >>> 0));
  throw new JsonMessageError(path, `must be a whole number, not ${kindOf(value)}`);
}

/** Names with their prefix, or without and in any case: `TimerStarted` for EVENT_TYPE_TIMER_STARTED. */
function enumOf(typeName: string, value: unknown, path: string): bigint {
  if (typeof value === "number") return BigInt(value);
  if (typeof value === "string") {
    const { byName } = enumSchema(typeName);
    const number = byName.get(value);
    if (number !== undefined) return BigInt(number);
    const plain = plainName(value);
    for (const [name, one] of byName) if (plainName(name) === plainName(prefixOf(byName)) + plain) return BigInt(one);
  }
  throw new JsonMessageError(path, `${JSON.stringify(value)} is no ${typeName.slice(typeName.lastIndexOf(".") + 1)}`);
}

function plainName(name: string): string {
  return name.replaceAll("_", "").toLowerCase();
}

/** What the first name has before `UNSPECIFIED`. */
function prefixOf(byName: ReadonlyMap<string, number>): string {
  const [first = ""] = byName.keys();
  return first.replace(/UNSPECIFIED$/, "");
}

function bytesOf(value: unknown, path: string): Uint8Array {
  if (value instanceof Uint8Array) return value;
  if (typeof value === "string" && /^[A-Za-z0-9+/_-]*={0,2}$/.test(value)) return Buffer.from(value, "base64");
  throw new JsonMessageError(path, `must be text in base64, not ${kindOf(value)}`);
}

/** The messages that JSON writes as text or as a bare value. */
function wellKnown(name: string, json: unknown, path: string): Uint8Array | undefined {
  if (name === "google.protobuf.Timestamp" && typeof json === "string") return timestampOf(json, path);
  if (name === "google.protobuf.Duration" && typeof json === "string") return durationOf(json, path);
  if (/^google\.protobuf\.\w+Value$/.test(name) && (typeof json !== "object" || json === null)) {
    const out = new Out();
    encodeValue(out, messageSchema(name).byNumber.get(1) as FieldSchema, json, path);
    return out.joined();
  }
  return undefined;
}

const TIMESTAMP = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?(Z|[+-]\d\d:\d\d)$/;
const DURATION = /^(-?)(\d+)(?:\.(\d{1,9}))?s$/;

function timestampOf(text: string, path: string): Uint8Array {
  const [, second, fraction = "", zone] = TIMESTAMP.exec(text) ?? [];
  const ms = Date.parse(`${second}${zone}`);
  if (second === undefined || Number.isNaN(ms))
    throw new JsonMessageError(path, `${JSON.stringify(text)} is no time such as 2030-01-01T00:00:00.5Z`);
  return secondsAndNanos(BigInt(ms / 1_000), BigInt(fraction.padEnd(9, "0")));
}

function durationOf(text: string, path: string): Uint8Array {
  const [, sign, seconds, fraction = ""] = DURATION.exec(text) ?? [];
  if (seconds === undefined) throw new JsonMessageError(path, `${JSON.stringify(text)} is no duration such as 1.5s`);
  const factor = sign === "-" ? -1n : 1n;
  return secondsAndNanos(factor * BigInt(seconds), factor * BigInt(fraction.padEnd(9, "0")));
}

function secondsAndNanos(seconds: bigint, nanos: bigint): Uint8Array {
  const out = new Out();
  const { byNumber } = messageSchema("google.protobuf.Duration");
  out.tag(byNumber.get(1) as FieldSchema, 0);
  out.varint(seconds);
  out.tag(byNumber.get(2) as FieldSchema, 0);
  out.varint(nanos);
  return out.joined();
}

function kindOf(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "a list";
  return typeof value === "object" ? "an object" : JSON.stringify(value);
}
