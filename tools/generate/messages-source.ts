import { DecoderSource, readImports } from "./decoder-source.ts";
import { writeImports, writer } from "./encoder-source.ts";
import type { EnumModel, FieldModel, Kind, MessageModel } from "./model.ts";
import { banner } from "./source.ts";

export interface MessageFiles {
  /** Messages to generate; others that they use are imported from `api/gen/`. */
  messages: MessageModel[];
  /** From the generated file to the folder `api/`. */
  api: string;
  enumsHere: ReadonlySet<EnumModel>;
}

/** `messages.js`. */
export function messagesSource({ messages, api }: MessageFiles): string {
  const decoders = new DecoderSource();
  const functions = messages.map((message) => decoders.reader(message) + writer(message)).join("");
  const body = decoders.helpers() + functions;
  const here = new Set(messages);
  const foreign = [...new Set(messages.flatMap(used))].filter((message) => !here.has(message)).sort(byName);
  const lines = foreign.map(({ name }) => `const { read: read${name}, write: write${name} } = ${name};\n`);
  const codecs = messages.map(
    ({ name, fullName }) =>
      `export const ${name} = /* @__PURE__ */ new Codec("${fullName}", read${name}, write${name});\n`,
  );
  return [
    banner(),
    `import { Codec${/\bmerged\(/.test(body) ? ", merged" : ""} } from "${api}/codec.ts";\n`,
    importLine(readImports, body, `${api}/wire-read.ts`),
    importLine(writeImports, body, `${api}/wire-write.ts`),
    foreign.length === 0
      ? ""
      : `import { ${foreign.map(({ name }) => name).join(", ")} } from "${api}/gen/messages.js";\n`,
    "\n",
    ...lines,
    body,
    ...codecs,
  ].join("");
}

function importLine(names: Record<string, string>, body: string, file: string): string {
  const wanted = Object.entries(names).filter(([, alias]) => new RegExp(`\\b${alias}\\b`).test(body));
  if (wanted.length === 0) return "";
  return `import { ${wanted.map(([name, alias]) => (name === alias ? name : `${name} as ${alias}`)).join(", ")} } from "${file}";\n`;
}

/** The messages whose functions a message's functions call. */
function used(message: MessageModel): MessageModel[] {
  return message.fields.flatMap(({ kind }) => (kind.is === "message" ? [kind.message] : []));
}

/** `messages.d.ts`. */
export function messagesDeclaration({ messages, api, enumsHere }: MessageFiles): string {
  const here = new Set(messages);
  const foreign = [...new Set(messages.flatMap(used))].filter((message) => !here.has(message)).sort(byName);
  const enums = [
    ...new Set(
      messages.flatMap((message) => message.fields.flatMap(({ kind }) => (kind.is === "enum" ? [kind.enum] : []))),
    ),
  ].sort(byName);
  const ownEnums = enums.filter((one) => enumsHere.has(one));
  const foreignEnums = enums.filter((one) => !enumsHere.has(one));
  return [
    banner(),
    `import type { Codec } from "${api}/codec.ts";\n`,
    typeImport(ownEnums, "./enums.js"),
    typeImport(foreignEnums, `${api}/gen/enums.js`),
    typeImport(foreign, `${api}/gen/messages.js`),
    mapping(messages),
    ...messages.map(declaration),
  ].join("");
}

function typeImport(types: readonly { name: string }[], file: string): string {
  return types.length === 0 ? "" : `import type { ${types.map(({ name }) => name).join(", ")} } from "${file}";\n`;
}

function mapping(messages: readonly MessageModel[]): string {
  const renamed = messages.filter(({ name, fullName }) => !fullName.endsWith(`.${name.replaceAll("_", ".")}`));
  if (renamed.length === 0) return "\n";
  const rows = renamed.map(({ name, fullName }) => ` *   ${name} = ${fullName}\n`).join("");
  return `\n/*\n * Names are the definitions' own, nested ones joined by an underscore, but for these:\n${rows} */\n`;
}

function declaration(message: MessageModel): string {
  const fields = message.fields.map((field) => `  ${field.name}: ${fieldType(field)};\n`).join("");
  const unknown = message.keepsUnknown
    ? "  /** Fields that this version does not know, as they came. */\n  $unknown?: Uint8Array;\n"
    : "";
  return (
    `\n/** \`${message.fullName}\` */\nexport interface ${message.name} {\n${fields}${unknown}}\n` +
    `export declare const ${message.name}: Codec<${message.name}>;\n`
  );
}

function fieldType(field: FieldModel): string {
  const type = valueType(field.kind);
  if (field.label === "repeated") return `${type}[]`;
  if (field.label === "map") return `Record<string, ${type}>`;
  const optional = field.oneof !== undefined || field.kind.is === "message" || field.kind.is === "opaque";
  return optional ? `${type} | undefined` : type;
}

function valueType(kind: Kind): string {
  if (kind.is === "message") return kind.message.name;
  if (kind.is === "opaque") return "Uint8Array";
  if (kind.is === "enum") return kind.enum.name;
  if (kind.scalar === "string") return "string";
  if (kind.scalar === "bytes") return "Uint8Array";
  return kind.scalar === "bool" ? "boolean" : "number";
}

function byName(a: { name: string }, b: { name: string }): number {
  return a.name < b.name ? -1 : 1;
}
