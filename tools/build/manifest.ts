/** The manifest of the checkout's package: exports and programs point to sources. */
export interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly exports: Readonly<Record<string, string>>;
  readonly bin?: Readonly<Record<string, string>>;
  readonly [field: string]: unknown;
}

const NODE_MIN = ">=22.18";
/** Where the compiled files and the declarations of the package's own files lie. */
const CODE = "./lib/";
const TYPES = "./types/packages/perdure/";

export function publishedManifest(source: Manifest): Record<string, unknown> {
  const exports = Object.fromEntries(
    Object.entries(source.exports).map(([name, target]) => [name, target.endsWith(".ts") ? compiled(target) : target]),
  );
  const bin = Object.fromEntries(
    Object.entries(source.bin ?? {}).map(([name, target]) => [name, `${CODE}${entryName(target)}.js`]),
  );
  return { ...source, exports, bin, engines: { node: NODE_MIN } };
}

/** Names of the entries, which are those of their sources and, at the top of the package, of their compiled files. */
export function entriesOf({ exports, bin = {} }: Manifest): string[] {
  return [...Object.values(exports), ...Object.values(bin)].filter((target) => target.endsWith(".ts")).map(entryName);
}

function compiled(target: string): { types: string; default: string } {
  const name = entryName(target);
  return { types: `${TYPES}${name}.d.ts`, default: `${CODE}${name}.js` };
}

function entryName(target: string): string {
  return target.replace(/^\.\//, "").replace(/\.ts$/, "");
}
