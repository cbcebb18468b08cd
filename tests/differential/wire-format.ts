/**
 * Plain objects to protobuf messages and back, driven by the descriptors of `@temporalio/proto`.
 *
 * Scripts write requests with three shortcuts: an enum value without its prefix (`REJECT_DUPLICATE`), a duration as
 * text (`1.5s`), and bytes as text (UTF-8). A field that the message type does not have is an error, so a misspelt
 * request cannot pass as a server that ignores it.
 *
 * 1. Rendering leaves out a scalar that holds its proto3 default and has no presence, whether or not it was on the wire:
 *    two servers that differ only in that say the same thing.
 * 2. A message that is present stays present (`{}`), because clients can tell.
 * 3. What a leaf looks like (time, bytes, id) is the caller's choice: scripts see values, recordings see symbolic names.
 */
import proto from "@temporalio/proto";
import protobuf from "protobufjs";

// Scripts pick fields out of replies of 141 methods; typing each would restate the API.
// oxlint-disable-next-line typescript/no-explicit-any
export type Plain = Record<string, any>;

export type LeafKind = "time" | "duration" | "bytes" | "text" | "number";
export type Leaf = (kind: LeafKind, field: string, value: unknown) => unknown;

// The package exports a copy of its root that has been altered for static types; messages work on the original.
const root = (proto as unknown as protobuf.Root).lookupService("temporal.api.workflowservice.v1.WorkflowService").root;
const anyTypeUrlPrefix = "type.googleapis.com/";

export function messageType(name: string): protobuf.Type {
  const type = root.lookupType(name);
  type.resolveAll();
  return type;
}

export function serviceMethod(service: string, method: string): protobuf.Method {
  const found = root.lookupService(service).methods[method];
  if (found === undefined) throw new Error(`${service} has no method ${method}`);
  return found.resolve() as protobuf.Method;
}

export function encode(type: protobuf.Type, plain: Plain): Uint8Array {
  return type.encode(toMessage(type, plain)).finish();
}

export function toMessage(type: protobuf.Type, plain: Plain): protobuf.Message {
  if (type.fullName === ".google.protobuf.Any") return anyToMessage(type, plain);
  const properties: Plain = {};
  for (const [name, value] of Object.entries(plain)) {
    if (value === undefined) continue;
    const field = type.fields[name];
    if (field === undefined) throw new Error(`${type.fullName} has no field ${name}`);
    properties[name] = toFieldValue(field.resolve(), value);
  }
  return type.create(properties);
}

function anyToMessage(type: protobuf.Type, plain: Plain): protobuf.Message {
  const { "@type": name, ...rest } = plain;
  return type.create({ type_url: anyTypeUrlPrefix + name, value: encode(messageType(name as string), rest) });
}

function toFieldValue(field: protobuf.Field, value: unknown): unknown {
  if (field instanceof protobuf.MapField) {
    const entries = Object.entries(value as Plain).map(([key, item]) => [key, toSingleValue(field, item)]);
    return Object.fromEntries(entries);
  }
  if (field.repeated) return (value as unknown[]).map((item) => toSingleValue(field, item));
  return toSingleValue(field, value);
}

function toSingleValue(field: protobuf.Field, value: unknown): unknown {
  const type = field.resolvedType;
  if (type instanceof protobuf.Enum) return enumNumber(type, value);
  if (type instanceof protobuf.Type) {
    if (type.fullName === ".google.protobuf.Duration" && typeof value === "string")
      return durationFromText(type, value);
    return toMessage(type, value as Plain);
  }
  if (field.type === "bytes" && typeof value === "string") return Buffer.from(value);
  if (field.type.endsWith("64") && typeof value === "string") return longFromText(value);
  return value;
}

function enumNumber(type: protobuf.Enum, value: unknown): number {
  if (typeof value === "number") return value;
  const text = String(value);
  const found = type.values[text] ?? type.values[enumPrefix(type) + text];
  if (found === undefined) throw new Error(`${type.fullName} has no value ${text}`);
  return found;
}

/** What all names of an enum begin with, up to an underscore: `WORKFLOW_ID_REUSE_POLICY_`. */
function enumPrefix(type: protobuf.Enum): string {
  const names = Object.keys(type.values);
  let prefix = names[0]!;
  for (const name of names) while (!name.startsWith(prefix)) prefix = prefix.slice(0, -1);
  return prefix.slice(0, prefix.lastIndexOf("_") + 1);
}

function durationFromText(type: protobuf.Type, text: string): protobuf.Message {
  const seconds = Number(/^(-?[\d.]+)s$/.exec(text)?.[1] ?? Number.NaN);
  if (Number.isNaN(seconds)) throw new Error(`not a duration: ${text}`);
  const whole = Math.trunc(seconds);
  return type.create({ seconds: whole, nanos: Math.round((seconds - whole) * 1e9) });
}

/** The message as a plain object, every leaf as `leaf` wants it. */
export function render(type: protobuf.Type, message: unknown, leaf: Leaf): Plain {
  if (type.fullName === ".google.protobuf.Any") return renderAny(message as Plain, leaf);
  const plain: Plain = {};
  for (const field of type.fieldsArray) {
    if (!Object.hasOwn(message as object, field.name)) continue;
    const value = (message as Plain)[field.name] as unknown;
    if (value === null || value === undefined || isImplicitDefault(field.resolve(), value)) continue;
    plain[field.name] = renderField(field, value, leaf);
  }
  return plain;
}

/**
 * An event as `{ event: '3 WORKFLOW_TASK_STARTED', with: { …attributes } }`: one line of a recording.
 * The internal task id is left out, and the time unless it is missing.
 */
export function compactEvents(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(compactEvents);
  if (typeof value !== "object" || value === null) return value;
  const plain = value as Plain;
  const kind = Object.keys(plain).find((key) => key.endsWith("EventAttributes"));
  if (plain.eventType === undefined || kind === undefined) {
    return Object.fromEntries(Object.entries(plain).map(([key, item]) => [key, compactEvents(item)]));
  }
  const { eventId, eventType, eventTime, taskId: _taskId, [kind]: attributes, ...rest } = plain;
  return {
    event: `${eventId} ${eventType}`,
    ...(eventTime === undefined ? { time: "missing" } : {}),
    with: attributes,
    ...rest,
  };
}

function renderAny(message: Plain, leaf: Leaf): Plain {
  const name = String(message.type_url ?? "").slice(anyTypeUrlPrefix.length);
  const type = messageType(name);
  return {
    "@type": name,
    ...render(type, type.decode((message.value as Uint8Array | undefined) ?? new Uint8Array()), leaf),
  };
}

function isImplicitDefault(field: protobuf.Field, value: unknown): boolean {
  if (field instanceof protobuf.MapField) return Object.keys(value as object).length === 0;
  if (field.repeated) return (value as unknown[]).length === 0;
  if (field.resolvedType instanceof protobuf.Type || field.partOf !== null) return false;
  if (value instanceof Uint8Array) return value.length === 0;
  if (isLong(value)) return value.low === 0 && value.high === 0;
  return value === 0 || value === "" || value === false;
}

function renderField(field: protobuf.Field, value: unknown, leaf: Leaf): unknown {
  if (field instanceof protobuf.MapField) {
    const keys = Object.keys(value as Plain).toSorted();
    return Object.fromEntries(
      keys.map((key) => [leaf("text", "key", key), renderSingle(field, (value as Plain)[key], leaf)]),
    );
  }
  if (field.repeated) return (value as unknown[]).map((item) => renderSingle(field, item, leaf));
  return renderSingle(field, value, leaf);
}

function renderSingle(field: protobuf.Field, value: unknown, leaf: Leaf): unknown {
  const type = field.resolvedType;
  if (type instanceof protobuf.Enum) return shortEnumName(type, value as number);
  if (type instanceof protobuf.Type) {
    if (type.fullName === ".google.protobuf.Timestamp") return leaf("time", field.name, timestampMs(value as Plain));
    if (type.fullName === ".google.protobuf.Duration")
      return leaf("duration", field.name, durationText(value as Plain));
    return render(type, value, leaf);
  }
  if (field.type === "bytes") return leaf("bytes", field.name, Buffer.from(value as Uint8Array));
  if (field.type === "string") return leaf("text", field.name, value);
  if (field.type.endsWith("64")) return leaf("number", field.name, isLong(value) ? textOfLong(value) : String(value));
  return typeof value === "number" ? leaf("number", field.name, value) : value;
}

interface Long {
  low: number;
  high: number;
  unsigned: boolean;
}

function isLong(value: unknown): value is Long {
  return typeof value === "object" && value !== null && "low" in value && "high" in value;
}

function longFromText(text: string): Long {
  const value = BigInt.asUintN(64, BigInt(text));
  return { low: Number(BigInt.asIntN(32, value)), high: Number(BigInt.asIntN(32, value >> 32n)), unsigned: false };
}

function textOfLong({ low, high }: Long): string {
  return ((BigInt(high) << 32n) | BigInt(low >>> 0)).toString();
}

function shortEnumName(type: protobuf.Enum, value: number): string {
  return type.valuesById[value]?.slice(enumPrefix(type).length) ?? `unknown value ${value}`;
}

function timestampMs(value: Plain): number {
  return secondsOf(value) * 1000 + Number(value.nanos ?? 0) / 1e6;
}

function durationText(value: Plain): string {
  return `${secondsOf(value) + Number(value.nanos ?? 0) / 1e9}s`;
}

function secondsOf(value: Plain): number {
  const seconds = value.seconds as unknown;
  return Number(isLong(seconds) ? textOfLong(seconds) : (seconds ?? 0));
}
