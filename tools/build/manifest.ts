/** The manifest of the checkout's package: exports point to sources. */
export interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly exports: Readonly<Record<string, string>>;
  readonly [field: string]: unknown;
}

const NODE_MIN = ">=22.18";
/** Where the package's own files lie within the compiled tree. */
const HOME = "./packages/perdure/";

export function publishedManifest(source: Manifest): Record<string, unknown> {
  const exports = Object.fromEntries(
    Object.entries(source.exports).map(([name, target]) => [name, target.endsWith(".ts") ? compiled(target) : target]),
  );
  return { ...source, exports, engines: { node: NODE_MIN } };
}

function compiled(target: string): { types: string; default: string } {
  const base = `${HOME}${target.replace(/^\.\//, "").replace(/\.ts$/, "")}`;
  return { types: `${base}.d.ts`, default: `${base}.js` };
}
