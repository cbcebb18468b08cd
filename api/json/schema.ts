/** The API's messages as their descriptors define them, for reading and writing them as JSON. */
import { descriptors } from "../descriptors.ts";

export interface FieldSchema {
  readonly name: string;
  readonly jsonName: string;
  readonly number: number;
  readonly type: number;
  readonly isRepeated: boolean;
  /** Of messages and enums. */
  readonly typeName: string;
}

export interface MessageSchema {
  readonly name: string;
  readonly byNumber: ReadonlyMap<number, FieldSchema>;
  /** By the name of the definition and by that of JSON. */
  readonly byName: ReadonlyMap<string, FieldSchema>;
  /** One entry of a map: JSON writes the map as an object. */
  readonly isMapEntry: boolean;
}

export interface EnumSchema {
  readonly byName: ReadonlyMap<string, number>;
  readonly byNumber: ReadonlyMap<number, string>;
}

const messages = new Map<string, MessageSchema>();
const enums = new Map<string, EnumSchema>();
const readFiles = new Set<string>();

/** Throws RangeError for a name that the API does not have. */
export function messageSchema(name: string): MessageSchema {
  return found(messages, name);
}

export function enumSchema(name: string): EnumSchema {
  return found(enums, name);
}

function found<T>(known: Map<string, T>, name: string): T {
  const at = known.get(name);
  if (at !== undefined) return at;
  const file = descriptors.symbols.get(name) ?? fileOfParent(name);
  if (file !== undefined && !readFiles.has(file)) {
    readFiles.add(file);
    readFile(descriptors.files.get(file) as Uint8Array);
  }
  const read = known.get(name);
  if (read === undefined) throw new RangeError(`the API defines no ${name}`);
  return read;
}

/** Entries of maps are no symbols of their own. */
function fileOfParent(name: string): string | undefined {
  return descriptors.symbols.get(name.slice(0, name.lastIndexOf(".")));
}

// Descriptors are messages themselves; of these few fields a small reader is enough.

interface Raw {
  readonly number: number;
  readonly value: number | Uint8Array;
}

function* fieldsOf(bytes: Uint8Array): Generator<Raw> {
  let at = 0;
  const varint = (): number => {
    let value = 0;
    for (let shift = 1; ; shift *= 128) {
      const byte = bytes[at++] as number;
      value += (byte & 127) * shift;
      if (byte < 128) return value;
    }
  };
  while (at < bytes.length) {
    const tag = varint();
    const wire = tag & 7;
    if (wire === 0) yield { number: tag >>> 3, value: varint() };
    else if (wire === 2) {
      const length = varint();
      yield { number: tag >>> 3, value: bytes.subarray(at, at + length) };
      at += length;
    } else at += wire === 1 ? 8 : 4;
  }
}

function text(value: number | Uint8Array): string {
  return Buffer.from(value as Uint8Array).toString("utf8");
}

function readFile(bytes: Uint8Array): void {
  let scope = "";
  for (const { number, value } of fieldsOf(bytes)) {
    if (number === 2) scope = `${text(value)}.`;
    else if (number === 4) readMessage(value as Uint8Array, scope);
    else if (number === 5) readEnum(value as Uint8Array, scope);
  }
}

function readMessage(bytes: Uint8Array, scope: string): void {
  const parts = [...fieldsOf(bytes)];
  const name = scope + text(parts.find(({ number }) => number === 1)?.value ?? new Uint8Array());
  const fields: FieldSchema[] = [];
  let isMapEntry = false;
  for (const { number, value } of parts) {
    if (number === 2) fields.push(readField(value as Uint8Array));
    else if (number === 3) readMessage(value as Uint8Array, `${name}.`);
    else if (number === 4) readEnum(value as Uint8Array, `${name}.`);
    else if (number === 7)
      isMapEntry = [...fieldsOf(value as Uint8Array)].some((option) => option.number === 7 && option.value === 1);
  }
  messages.set(name, {
    name,
    isMapEntry,
    byNumber: new Map(fields.map((field) => [field.number, field])),
    byName: new Map(fields.flatMap((field) => [[field.name, field] as const, [field.jsonName, field] as const])),
  });
}

function readField(bytes: Uint8Array): FieldSchema {
  let [name, typeName, number, type, label] = ["", "", 0, 0, 0];
  for (const part of fieldsOf(bytes)) {
    if (part.number === 1) name = text(part.value);
    else if (part.number === 3) number = part.value as number;
    else if (part.number === 4) label = part.value as number;
    else if (part.number === 5) type = part.value as number;
    else if (part.number === 6) typeName = text(part.value).replace(/^\./, "");
  }
  const jsonName = name.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
  return { name, jsonName, number, type, typeName, isRepeated: label === 3 };
}

function readEnum(bytes: Uint8Array, scope: string): void {
  let name = scope;
  const values: [string, number][] = [];
  for (const part of fieldsOf(bytes)) {
    if (part.number === 1) name += text(part.value);
    else if (part.number === 2) {
      let [label, value] = ["", 0];
      for (const one of fieldsOf(part.value as Uint8Array)) {
        if (one.number === 1) label = text(one.value);
        else if (one.number === 2) value = one.value as number;
      }
      values.push([label, value]);
    }
  }
  enums.set(name, { byName: new Map(values), byNumber: new Map(values.map(([label, value]) => [value, label])) });
}
