import { gunzipSync } from "node:zlib";
import { descriptorTable, descriptorsZipped } from "./gen/descriptors.js";

/** The definitions as server reflection serves them. */
export interface Descriptors {
  /** File name → encoded `FileDescriptorProto`; a file comes after those it depends on. */
  readonly files: ReadonlyMap<string, Uint8Array>;
  /** Full name of a message, enum, service or method → file name. */
  readonly symbols: ReadonlyMap<string, string>;
}

let files: ReadonlyMap<string, Uint8Array> | undefined;
let symbols: ReadonlyMap<string, string> | undefined;

/** Unpacked when first asked for: most servers are never reflected on. */
export const descriptors: Descriptors = {
  get files() {
    files ??= unpack();
    return files;
  },
  get symbols() {
    symbols ??= new Map(descriptorTable.flatMap((row) => row.symbols.map((symbol) => [symbol, row.name] as const)));
    return symbols;
  },
};

function unpack(): ReadonlyMap<string, Uint8Array> {
  const bytes = gunzipSync(Buffer.from(descriptorsZipped, "base64"));
  return new Map(descriptorTable.map(({ name, from, to }) => [name, new Uint8Array(bytes.subarray(from, to))]));
}
