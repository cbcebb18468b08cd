import type { FieldModel, Kind, MessageModel, Scalar } from "./model.ts";
import { selected } from "./opaque.ts";
import { tagOf, wireType } from "./source.ts";

/** Names from `wire-write.ts` by their alias in generated code. */
export const writeImports: Record<string, string> = {
  int: "putInt",
  packed: "putPacked",
  zigzag: "zigzag",
  bool: "putBool",
  float: "putFloat",
  double: "putDouble",
  fixed32: "putFixed32",
  fixed64: "putFixed64",
  head: "putHead",
  str: "putText",
  bytes: "putBytes",
  raw: "putRaw",
};

const putters: Record<Scalar, string> = {
  string: "putText",
  bytes: "putBytes",
  bool: "putBool",
  int32: "putInt",
  uint32: "putInt",
  sint32: "putInt",
  int64: "putInt",
  uint64: "putInt",
  sint64: "putInt",
  float: "putFloat",
  double: "putDouble",
  fixed32: "putFixed32",
  sfixed32: "putFixed32",
  fixed64: "putFixed64",
  sfixed64: "putFixed64",
};

/** `write<Name>(m, b, p)`: fields from the last to the first, because the buffer is filled backwards. */
export function writer(message: MessageModel): string {
  const lines: string[] = [];
  if (message.keepsUnknown) lines.push("  if ((v = m.$unknown) !== undefined) p = putRaw(b, p, v);\n");
  const choice = selected.get(message.fullName);
  const attributes = choice === undefined ? undefined : largestOneof(message);
  let attributesWritten = false;
  for (const field of [...message.fields].reverse()) {
    if (attributes === undefined || field.oneof !== attributes) lines.push(`  ${fieldWriter(field)}\n`);
    else if (!attributesWritten) {
      lines.push(`  p = write${message.name}Attributes(m, b, p);\n`);
      attributesWritten = true;
    }
  }
  const text = `function write${message.name}(m, b, p) {\n  let v, e = 0;\n${lines.join("")}  return p;\n}\n`;
  return attributes === undefined ? text : attributesWriter(message, attributes.fields, choice!) + text;
}

function largestOneof(message: MessageModel): MessageModel["oneofs"][number] {
  return message.oneofs.reduce((a, b) => (a.fields.length >= b.fields.length ? a : b));
}

/** The member that the enum beside the oneof names is looked at first; whatever else was set is found by looking at all. */
function attributesWriter(
  message: MessageModel,
  members: FieldModel[],
  choice: { by: string; suffix: string },
): string {
  const by = message.fields.find((field) => field.name === choice.by)!;
  if (by.kind.is !== "enum") throw new Error(`${message.fullName}.${choice.by} is no enum`);
  const byName = new Map(members.map((field) => [field.name, field]));
  const prefix = commonPrefix(by.kind.enum.values.map((value) => value.name));
  const cases = by.kind.enum.values.flatMap(({ name, number }) => {
    const member = byName.get(camelCase(name.slice(prefix.length)) + choice.suffix);
    if (member === undefined) return [];
    const write = fieldWriter(member);
    return [`    case ${number}:\n      if (m.${member.name} === undefined) break;\n      ${write}\n      return p;\n`];
  });
  return (
    `function write${message.name}Attributes(m, b, p) {\n  let v, e = 0;\n  switch (m.${by.name}) {\n${cases.join("")}  }\n` +
    `${[...members]
      .reverse()
      .map((field) => `  ${fieldWriter(field)}\n`)
      .join("")}  return p;\n}\n`
  );
}

function commonPrefix(names: string[]): string {
  let prefix = names[0]!;
  while (!names.every((name) => name.startsWith(prefix))) prefix = prefix.slice(0, -1);
  return prefix.slice(0, prefix.lastIndexOf("_") + 1);
}

function camelCase(screaming: string): string {
  return screaming.toLowerCase().replaceAll(/_(.)/g, (_, letter: string) => letter.toUpperCase());
}

function fieldWriter(field: FieldModel): string {
  const value = `(v = m.${field.name})`;
  const tag = tagOf(field.id, wireType(field.kind));
  if (field.label === "map") return `if (${value} !== undefined) ${mapWriter(field)}`;
  if (field.packed) {
    const loop = `for (let i = v.length; --i >= 0; ) p = ${packedPut(field.kind)};`;
    return `if (${value} !== undefined && v.length > 0) { e = p; ${loop} p = putHead(b, p, e - p, ${tagOf(field.id, 2)}); }`;
  }
  if (field.label === "repeated") {
    return `if (${value} !== undefined) for (let i = v.length; --i >= 0; ) { ${put(field.kind, "v[i]", tag)} }`;
  }
  return `if (${present(field, value)}) { ${put(field.kind, "v", tag)} }`;
}

/** Whether a singular field is written: members of oneofs and messages when set, others when not their default. */
function present(field: FieldModel, value: string): string {
  const { kind } = field;
  if (field.oneof !== undefined || kind.is === "message" || kind.is === "opaque") return `${value} !== undefined`;
  if (kind.is === "enum") return value;
  if (kind.scalar === "bytes") return `${value} !== undefined && v.length > 0`;
  if (kind.scalar === "float" || kind.scalar === "double") return `${value} !== undefined && v !== 0`;
  return value;
}

function put(kind: Kind, value: string, tag: number): string {
  if (kind.is === "message") {
    return `e = p; p = write${kind.message.name}(${value}, b, p); p = putHead(b, p, e - p, ${tag});`;
  }
  if (kind.is === "opaque") return `p = putBytes(b, p, ${value}, ${tag});`;
  if (kind.is === "enum") return `p = putInt(b, p, ${value}, ${tag});`;
  const written = kind.scalar.startsWith("sint") ? `zigzag(${value})` : value;
  return `p = ${putters[kind.scalar]}(b, p, ${written}, ${tag});`;
}

function packedPut(kind: Kind): string {
  if (kind.is === "enum") return "putPacked(b, p, v[i])";
  if (kind.is !== "scalar") throw new Error("messages are not packed");
  if (wireType(kind) !== 0) return `${putters[kind.scalar]}(b, p, v[i], 0)`;
  if (kind.scalar === "bool") return "putPacked(b, p, v[i] ? 1 : 0)";
  return kind.scalar.startsWith("sint") ? "putPacked(b, p, zigzag(v[i]))" : "putPacked(b, p, v[i])";
}

/** Entries from the last to the first. The end of an entry is kept apart from `e`, which the value may use. */
function mapWriter(field: FieldModel): string {
  const keyTag = tagOf(1, wireType({ is: "scalar", scalar: field.key! }));
  const key = field.key === "string" ? "k[i]" : field.key === "bool" ? 'k[i] === "true"' : "Number(k[i])";
  const keyKind: Kind = { is: "scalar", scalar: field.key! };
  return (
    "{ const k = Object.keys(v); for (let i = k.length; --i >= 0; ) { const entryEnd = p; " +
    `${put(field.kind, "v[k[i]]", tagOf(2, wireType(field.kind)))} ${put(keyKind, key, keyTag)} ` +
    `p = putHead(b, p, entryEnd - p, ${tagOf(field.id, 2)}); } }`
  );
}
