/**
 * The program's entries as one file each, in their own places. Node needs most of a start for finding and linking some 300
 * modules: 247 CPU-ms to the first answer from single files, 91 from one.
 *
 * 1. Only what runs as a program or a thread is bundled: who imports the package gets its modules, once each.
 * 2. A module in a bundle still sees the address it had: what lies beside it is found.
 */
import { build } from "esbuild";
import type { OutputFile, Plugin } from "esbuild";
import { readFileSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";

const ENTRIES = [
  "server/command/serve.js",
  "server/store/sqlite/writer-thread.js",
  "server/store/sqlite/checkpoint-thread.js",
];

export async function bundlePrograms(dist: string): Promise<void> {
  const bundles = await Promise.all(ENTRIES.map((entry) => bundle(join(dist, entry))));
  // Written when all are made: one may import what another one replaces.
  for (const { path, contents } of bundles.flat()) writeFileSync(path, contents);
}

async function bundle(file: string): Promise<readonly OutputFile[]> {
  const { outputFiles } = await build({
    entryPoints: [file],
    outfile: file,
    allowOverwrite: true,
    write: false,
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node22",
    sourcemap: true,
    logLevel: "warning",
    plugins: [ownAddresses(dirname(file))],
  });
  return outputFiles;
}

/** `import.meta.url` of a module becomes its address as seen from the bundle's folder. */
function ownAddresses(folder: string): Plugin {
  return {
    name: "own addresses",
    setup({ onLoad }) {
      onLoad({ filter: /\.js$/ }, ({ path }) => {
        const address = JSON.stringify(`./${relative(folder, path)}`);
        const text = readFileSync(path, "utf8");
        return {
          contents: text.replaceAll("import.meta.url", `new URL(${address}, import.meta.url).href`),
          loader: "js",
        };
      });
    },
  };
}
