import { gzipSync } from "node:zlib";
import type protobuf from "protobufjs";
import { fileDescriptors } from "./file-descriptors.ts";
import type { Model } from "./model.ts";
import { banner } from "./source.ts";

const LINE = 118;

/** `descriptors.js`: a table in clear, and the descriptors' bytes in one compressed text that few processes ever open. */
export function descriptorsSource(root: protobuf.Root, model: Model): string {
  const files = fileDescriptors(root, model);
  let offset = 0;
  const rows = files.map(({ name, dependencies, symbols, bytes }) => {
    const row = { name, dependencies, symbols, from: offset, to: offset + bytes.length };
    offset = row.to;
    return `  ${JSON.stringify(row)},\n`;
  });
  // Byte 9 of the header names the operating system; fixed so that the file is the same everywhere.
  const zipped = gzipSync(Buffer.concat(files.map(({ bytes }) => bytes)), { level: 9 });
  zipped[9] = 255;
  const lines = zipped.toString("base64").match(new RegExp(`.{1,${LINE}}`, "g"))!;
  return `${banner()}\nexport const descriptorTable = [\n${rows.join("")}];\n\nexport const descriptorsZipped = \`\n${lines.join("\n")}\n\`;\n`;
}

export function descriptorsDeclaration(): string {
  return `${banner()}
/** Where a file's descriptor lies in the unzipped bytes, and what it defines. */
export interface DescriptorRow {
  readonly name: string;
  readonly dependencies: readonly string[];
  /** Full names of its messages, enums, services and methods. */
  readonly symbols: readonly string[];
  readonly from: number;
  readonly to: number;
}

/** Files after those they depend on. */
export declare const descriptorTable: readonly DescriptorRow[];
/** \`FileDescriptorProto\`s one after the other: gzip, then base64 in lines. */
export declare const descriptorsZipped: string;
`;
}
