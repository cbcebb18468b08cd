/**
 * Random messages for the codecs' tests. A message is a plain object as protobufjs takes it, complete to the last
 * level; `asInput` and `asDecoded` turn it into what our codecs take and give, where opaque messages are bytes.
 */
import * as fc from "fast-check";
import type protobuf from "protobufjs";
import type { FieldModel, Kind, MessageModel, Scalar } from "./model.ts";

export type Plain = Record<string, unknown>;

const DEPTH_MAX = 3;

export class SampleMessages {
  readonly #root: protobuf.Root;
  readonly #arbitraries = new Map<string, fc.Arbitrary<Plain>>();

  constructor(root: protobuf.Root) {
    this.#root = root;
  }

  arbitrary(message: MessageModel, depth = 0): fc.Arbitrary<Plain> {
    const key = `${message.fullName} ${depth}`;
    let made = this.#arbitraries.get(key);
    if (made === undefined) {
      made = this.#message(message, depth);
      this.#arbitraries.set(key, made);
    }
    return made;
  }

  #message(message: MessageModel, depth: number): fc.Arbitrary<Plain> {
    const possible = message.fields.filter(({ kind }) => depth < DEPTH_MAX || !isMessage(kind));
    const alone = possible.filter((field) => field.oneof === undefined);
    const fields: Record<string, fc.Arbitrary<unknown>> = {};
    for (const field of alone) fields[nameFor(message, field)] = this.#field(field, depth);
    // Large messages get each field rarely, so that samples stay small.
    const parts: fc.Arbitrary<Plain>[] = [rarely(fields, depth)];
    for (const oneof of message.oneofs) {
      const members = oneof.fields.filter((field) => possible.includes(field));
      const choices = members.map((field) =>
        this.#field(field, depth).map((value): Plain => ({ [nameFor(message, field)]: value })),
      );
      parts.push(fc.oneof(fc.constant<Plain>({}), ...choices));
    }
    return fc.tuple(...parts).map((all) => Object.assign({}, ...all) as Plain);
  }

  #field(field: FieldModel, depth: number): fc.Arbitrary<unknown> {
    const value = this.#value(field.kind, depth);
    if (field.label === "repeated") return fc.array(value, { maxLength: 3 });
    if (field.label === "map") return fc.dictionary(mapKey(field.key!), value, { maxKeys: 3 });
    return value;
  }

  #value(kind: Kind, depth: number): fc.Arbitrary<unknown> {
    if (kind.is === "scalar") return scalars[kind.scalar];
    if (kind.is === "enum") {
      return fc.oneof(
        fc.constantFrom(...kind.enum.values.map(({ number }) => number)),
        fc.integer({ min: -3, max: 900 }),
      );
    }
    return this.arbitrary(kind.message, depth + 1);
  }

  /** The bytes of a sample, as protobufjs encodes it. */
  encode(message: MessageModel, plain: Plain): Uint8Array {
    const type = this.#root.lookupType(message.fullName);
    return type.encode(type.fromObject(plain)).finish();
  }

  /** What protobufjs reads from bytes, with every default filled in. */
  decode(message: MessageModel, bytes: Uint8Array): Plain {
    const type = this.#root.lookupType(message.fullName);
    return type.toObject(type.decode(bytes), { longs: Number, defaults: true, bytes: Array, enums: Number });
  }

  /** The sample for our `encode`. */
  asInput(message: MessageModel, plain: Plain): Plain {
    const input: Plain = {};
    for (const field of message.fields) {
      const value = plain[nameFor(message, field)];
      if (value !== undefined) input[field.name] = each(field, value, (one) => this.#input(field.kind, one));
    }
    return input;
  }

  #input(kind: Kind, value: unknown): unknown {
    if (kind.is === "opaque") return this.encode(kind.message, value as Plain);
    return kind.is === "message" ? this.asInput(kind.message, value as Plain) : value;
  }

  /** What our `decode` must give for the sample. */
  asDecoded(message: MessageModel, plain: Plain): Plain {
    const decoded: Plain = {};
    for (const field of message.fields) {
      const value = plain[nameFor(message, field)];
      decoded[field.name] =
        value === undefined ? absentValue(field) : each(field, value, (one) => this.#decoded(field.kind, one));
    }
    if (message.keepsUnknown) decoded["$unknown"] = undefined;
    return decoded;
  }

  #decoded(kind: Kind, value: unknown): unknown {
    if (kind.is === "opaque") return bytesOf(this.encode(kind.message, value as Plain));
    if (kind.is === "message") return this.asDecoded(kind.message, value as Plain);
    return value instanceof Uint8Array ? bytesOf(value) : value;
  }
}

function isMessage(kind: Kind): kind is Extract<Kind, { message: MessageModel }> {
  return kind.is === "message" || kind.is === "opaque";
}

/** protobufjs names fields in camel case, but for the message that it brings itself. */
function nameFor(message: MessageModel, field: FieldModel): string {
  return message.fullName === "google.protobuf.Any" ? field.protoName : field.name;
}

function rarely(fields: Record<string, fc.Arbitrary<unknown>>, depth: number): fc.Arbitrary<Plain> {
  const names = Object.keys(fields);
  if (names.length === 0) return fc.constant({});
  const most = depth === 0 ? 12 : 4;
  return fc.subarray(names, { maxLength: Math.min(names.length, most) }).chain((chosen) => {
    const record: Record<string, fc.Arbitrary<unknown>> = {};
    for (const name of chosen) record[name] = fields[name]!;
    return fc.record(record) as fc.Arbitrary<Plain>;
  });
}

function mapKey(key: Scalar): fc.Arbitrary<string> {
  if (key === "string") return fc.oneof(fc.string({ maxLength: 12 }), fc.constantFrom("__proto__", "constructor", "1"));
  if (key === "bool") return fc.constantFrom("true", "false");
  return (key.startsWith("u") || key.startsWith("fixed") ? fc.nat() : fc.integer()).map(String);
}

const int32 = fc.oneof(fc.integer(), fc.integer({ min: 0, max: 300 }), fc.constantFrom(0, -1, 127, 128, 16383, 16384));
const unsigned32 = fc.oneof(fc.integer({ min: 0, max: 0xffffffff }), fc.constantFrom(0, 127, 128, 0xffffffff));
const edges = fc.constantFrom(0, 2 ** 28, 2 ** 32 - 1, 2 ** 32, 2 ** 35, 2 ** 49, Number.MAX_SAFE_INTEGER);
const int64 = fc.oneof(
  fc.maxSafeInteger(),
  fc.integer(),
  edges,
  edges.map((edge) => (edge === 0 ? 0 : -edge)),
);
const unsigned64 = fc.oneof(fc.maxSafeNat(), fc.nat(), edges);
const text = fc.oneof(
  fc.string({ unit: "binary", maxLength: 12 }),
  fc.string({ unit: "grapheme-ascii", maxLength: 60 }),
  fc.string({ unit: "binary", minLength: 30, maxLength: 200 }),
);

const scalars: Record<Scalar, fc.Arbitrary<unknown>> = {
  string: text,
  bytes: fc.uint8Array({ maxLength: 80 }),
  bool: fc.boolean(),
  int32,
  sint32: int32,
  sfixed32: int32,
  uint32: unsigned32,
  fixed32: unsigned32,
  int64,
  sint64: int64.map((value) => Math.trunc(value / 4) + 0),
  sfixed64: int64,
  uint64: unsigned64,
  fixed64: unsigned64,
  float: fc.float().map(withoutNegativeZero),
  double: fc.double().map(withoutNegativeZero),
};

function withoutNegativeZero(value: number): number {
  return value === 0 ? 0 : value;
}

/** Applies `change` to each value of a field. */
function each(field: FieldModel, value: unknown, change: (one: unknown) => unknown): unknown {
  if (field.label === "repeated") return (value as unknown[]).map(change);
  if (field.label !== "map") return change(value);
  const entries = Object.entries(value as Plain).map(([key, one]) => [key, change(one)] as const);
  const map = Object.create(null) as Plain;
  for (const [key, one] of entries) map[key] = one;
  return map;
}

function absentValue(field: FieldModel): unknown {
  if (field.label === "repeated") return [];
  if (field.label === "map") return Object.create(null);
  const { kind } = field;
  if (field.oneof !== undefined || isMessage(kind)) return undefined;
  if (kind.is === "enum") return 0;
  const scalar = (kind as Extract<Kind, { is: "scalar" }>).scalar;
  if (scalar === "string") return "";
  if (scalar === "bytes") return new Uint8Array(0);
  return scalar === "bool" ? false : 0;
}

function bytesOf(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(bytes);
}
