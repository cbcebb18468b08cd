import { CheckerSource } from "./checker-source.ts";
import type { FieldModel, Kind, MessageModel, OneofModel, Scalar } from "./model.ts";
import { absent, tagOf, wireType, zero } from "./source.ts";

/** Names from `wire-read.ts` by their alias in generated code. */
export const readImports: Record<string, string> = {
  at: "at",
  span: "span",
  tag: "getTag",
  text: "getText",
  checkText: "checkText",
  bytes: "getBytes",
  view: "getView",
  bool: "getBool",
  int32: "getInt32",
  uint32: "getUint32",
  sint32: "getSint32",
  int64: "getInt64",
  uint64: "getUint64",
  sint64: "getSint64",
  float: "getFloat",
  double: "getDouble",
  fixed32: "getFixed32",
  sfixed32: "getSfixed32",
  fixed64: "getFixed64",
  sfixed64: "getSfixed64",
  skip: "skip",
  nest: "nest",
  count: "count",
  keep: "keep",
  kept: "kept",
  joined: "joined",
  NO_BYTES: "NO_BYTES",
  NO_ITEMS: "NO_ITEMS",
  NO_ENTRIES: "NO_ENTRIES",
};

const getters: Record<Scalar, string> = {
  string: "getText",
  bytes: "getBytes",
  bool: "getBool",
  int32: "getInt32",
  uint32: "getUint32",
  sint32: "getSint32",
  int64: "getInt64",
  uint64: "getUint64",
  sint64: "getSint64",
  float: "getFloat",
  double: "getDouble",
  fixed32: "getFixed32",
  sfixed32: "getSfixed32",
  fixed64: "getFixed64",
  sfixed64: "getSfixed64",
};

const readTag = "if ((t = b[p]) < 128) p++; else { t = getTag(b, p, end); p = at; }";

/** Writes the functions that decode messages. Functions for map entries are shared by all messages. */
export class DecoderSource {
  readonly #entries = new Map<string, string>();

  readonly #checker = new CheckerSource();

  /** The functions that the decoders need beside each other: for map entries and for opaque messages. */
  helpers(): string {
    return [...this.#entries.values()].join("") + this.#checker.functions();
  }

  /** `read<Name>(b, p, end)`: every field has a local variable; the object is made at the end, in one shape. */
  reader(message: MessageModel): string {
    const large = message.oneofs.filter(isLarge);
    const singles = message.fields.filter((field) => !isInLargeOneof(field));
    const locals = [
      ...singles.map((field) => `${local(field)} = ${absent(field)}`),
      ...large.flatMap((oneof) => [`${caseOf(oneof)} = 0`, valueOf(oneof)]),
      "t = 0",
      "to = 0",
    ];
    if (message.keepsUnknown) locals.push("from = 0", "unknown");
    const depth = message.recursive ? ", depth" : "";
    const fields = message.fields.map(
      (field) => `      ${field.name}: ${isInLargeOneof(field) ? pick(field) : local(field)},\n`,
    );
    if (message.keepsUnknown) fields.push("      $unknown: unknown === undefined ? undefined : kept(b, unknown),\n");
    const cases = message.fields.map((field) => this.#case(field, message.recursive)).join("");
    return (
      `function read${message.name}(b, p, end${depth}) {\n` +
      (message.recursive ? "  depth = nest(depth, p);\n" : "") +
      `  let ${locals.join(", ")};\n` +
      "  while (p < end) {\n" +
      (message.keepsUnknown ? "    from = p;\n" : "") +
      `    ${readTag}\n` +
      (cases === "" ? "" : `    switch (t >>> 3) {\n${cases}    }\n`) +
      "    p = skip(b, t, p, end);\n" +
      (message.keepsUnknown ? "    unknown = keep(unknown, from, p);\n" : "") +
      `  }\n  return {\n${fields.join("").replaceAll("      ", "    ")}  };\n}\n`
    );
  }

  #case(field: FieldModel, inRecursive: boolean): string {
    const wire = wireType(field.kind);
    const body = (tag: number, code: string): string => `        if (t === ${tag}) { ${code} continue; }\n`;
    let text = `      case ${field.id}:\n`;
    if (field.label === "map") text += body(tagOf(field.id, 2), this.#mapEntry(field, inRecursive));
    else if (field.label === "single") text += body(tagOf(field.id, wire), this.#single(field, inRecursive));
    else {
      const list = local(field);
      const counted = field.kind.is === "message" || field.kind.is === "opaque" ? "count(p); " : "";
      const item = `${counted}if (${list} === NO_ITEMS) ${list} = []; ${this.#value(field.kind, inRecursive, (value) => `${list}.push(${value});`)}`;
      text += body(tagOf(field.id, wire), item);
      if (wire !== 2) {
        const get = getter(field.kind);
        const loop = `to = span(b, p, end); for (p = at; p < to; p = at) ${list}.push(${get}(b, p, to));`;
        text += body(tagOf(field.id, 2), `if (${list} === NO_ITEMS) ${list} = []; ${loop}`);
      }
    }
    return `${text}        break;\n`;
  }

  #single(field: FieldModel, inRecursive: boolean): string {
    const { kind } = field;
    const inLarge = isInLargeOneof(field);
    const target = inLarge ? valueOf(field.oneof!) : local(field);
    const isAgain = inLarge ? `${caseOf(field.oneof!)} === ${field.id}` : `${target} !== undefined`;
    const after = inLarge ? ` ${caseOf(field.oneof!)} = ${field.id};` : "";
    return (
      this.#value(kind, inRecursive, (value) => {
        if (kind.is === "opaque") return `${target} = ${isAgain} ? joined(${target}, ${value}) : ${value};`;
        if (kind.is !== "message") return `${target} = ${value};`;
        const { name, recursive } = kind.message;
        const depth = recursive ? (inRecursive ? "depth" : "0") : "0";
        const again = `merged(b, at, to, { before: ${target}, read: read${name}, write: write${name}, depth: ${depth} })`;
        return `${target} = ${isAgain} ? ${again} : ${value};`;
      }) + after
    );
  }

  /** Code that reads one value, hands it to `store` and moves `p` past it. */
  #value(kind: Kind, inRecursive: boolean, store: (value: string) => string): string {
    if (kind.is !== "message") return `${store(this.#reading(kind))} p = at;`;
    return `to = span(b, p, end); ${store(readingOf(kind.message, inRecursive, "b, at, to"))} p = to;`;
  }

  #reading(kind: Exclude<Kind, { is: "message" }>): string {
    if (kind.is === "opaque") return this.#checker.view(kind.message);
    return `${getter(kind)}(b, p, end)`;
  }

  #mapEntry(field: FieldModel, inRecursive: boolean): string {
    const map = local(field);
    const { kind } = field;
    const value = kind.is === "scalar" ? kind.scalar : kind.is === "enum" ? "int32" : kind.message.name;
    const name = `entry_${field.key}_${value}`;
    const recursive = kind.is === "message" && kind.message.recursive;
    if (!this.#entries.has(name)) this.#entries.set(name, this.#entryReader(name, field, recursive));
    const depth = recursive ? `, ${inRecursive ? "depth" : "0"}` : "";
    return `count(p); to = span(b, p, end); if (${map} === NO_ENTRIES) ${map} = { __proto__: null }; ${name}(b, at, to, ${map}${depth}); p = to;`;
  }

  #entryReader(name: string, field: FieldModel, recursive: boolean): string {
    const { kind } = field;
    const keyKind: Kind = { is: "scalar", scalar: field.key! };
    const first = kind.is === "opaque" ? "NO_BYTES" : zero(kind);
    const depth = recursive ? ", depth" : "";
    const missing =
      kind.is === "message" ? `v === undefined ? ${readingOf(kind.message, recursive, "NO_BYTES, 0, 0")} : v` : "v";
    return (
      `function ${name}(b, p, end, map${depth}) {\n` +
      `  let k = ${zero(keyKind)}, v = ${first}, t = 0, to = 0;\n` +
      `  while (p < end) {\n    ${readTag}\n` +
      `    if (t === ${tagOf(1, wireType(keyKind))}) { ${this.#value(keyKind, false, (key) => `k = ${key};`)} continue; }\n` +
      `    if (t === ${tagOf(2, wireType(kind))}) { ${this.#value(kind, recursive, (value) => `v = ${value};`)} continue; }\n` +
      `    p = skip(b, t, p, end);\n  }\n  map[k] = ${missing};\n}\n`
    );
  }
}

function readingOf(message: MessageModel, inRecursive: boolean, range: string): string {
  const depth = message.recursive ? `, ${inRecursive ? "depth" : "0"}` : "";
  return `read${message.name}(${range}${depth})`;
}

function getter(kind: Kind): string {
  if (kind.is === "enum") return "getInt32";
  if (kind.is === "scalar") return getters[kind.scalar];
  throw new Error("a message has no getter");
}

/** Members of a oneof exclude each other: one case and one value hold them all, so that the last one wins. */
function isLarge(oneof: OneofModel): boolean {
  return oneof.fields.length > 1;
}

function isInLargeOneof(field: FieldModel): boolean {
  return field.oneof !== undefined && isLarge(field.oneof);
}

function local(field: FieldModel): string {
  return `f${field.id}`;
}

function caseOf(oneof: OneofModel): string {
  return `c${oneof.fields[0]!.id}`;
}

function valueOf(oneof: OneofModel): string {
  return `v${oneof.fields[0]!.id}`;
}

function pick(field: FieldModel): string {
  return `${caseOf(field.oneof!)} === ${field.id} ? ${valueOf(field.oneof!)} : undefined`;
}
