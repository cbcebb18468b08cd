/**
 * The compiled JavaScript: every entry and what entries share, as few files as that allows. Node needs most of a start for
 * finding and linking hundreds of small modules: 247 CPU-ms to a server's first answer from single files, 91 from one.
 *
 * 1. A module stands in one file only, whichever entries need it: there is one `ApplicationFailure`, one current run.
 * 2. What is imported on demand (`import()`) is a file of its own and stays on demand.
 * 3. A module still sees the address it would have in a tree like the checkout's: what lies beside it is found there.
 * 4. A module that runs with workflow code imports the library by name, as workflow code does.
 * 5. A thread is one file: it shares nothing with the thread that starts it, and there is nothing to find but it.
 */
import { build, transform } from "esbuild";
import type { BuildOptions, Metafile, Plugin } from "esbuild";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join, relative } from "node:path";

const NODE_MIN = "node22.18";

export interface BundleInput {
  readonly checkout: string;
  /** Where the compiled files go. */
  readonly folder: string;
  /** Sources whose compiled files lie at the top of the folder. */
  readonly entries: readonly string[];
  /** Sources of threads, which are compiled to their own places. */
  readonly threads: readonly string[];
  /** Sources of modules that workers load beside workflow code, compiled to their own places. */
  readonly workflowModules: readonly string[];
}

export async function bundle({ checkout, folder, entries, threads, workflowModules }: BundleInput): Promise<void> {
  const { metafile } = await build({
    ...common(checkout),
    entryPoints: entries.map((file) => ({ in: join(checkout, file), out: basename(file, ".ts") })),
    outdir: folder,
    splitting: true,
    chunkNames: "shared-[hash]",
    metafile: true,
    plugins: [addressesAsIn(checkout, ".")],
  });
  for (const file of generatedFiles(metafile)) await compact(join(checkout, file));
  for (const thread of threads) {
    await build({
      ...common(checkout),
      entryPoints: [join(checkout, thread)],
      outfile: join(folder, thread.replace(/\.ts$/, ".js")),
      plugins: [addressesAsIn(checkout, dirname(thread))],
    });
  }
  for (const module of workflowModules) {
    await build({
      ...common(checkout),
      entryPoints: [join(checkout, module)],
      outfile: join(folder, module.replace(/\.ts$/, ".js")),
      plugins: [libraryByName],
    });
  }
}

const libraryByName: Plugin = {
  name: "library by name",
  setup({ onResolve }) {
    onResolve({ filter: /\/(?:common|workflow)\/index\.ts$/ }, ({ path }) => ({
      path: `perdure/${basename(dirname(path))}`,
      external: true,
    }));
  },
};

function common(checkout: string): BuildOptions {
  return {
    absWorkingDir: checkout,
    bundle: true,
    platform: "node",
    format: "esm",
    target: NODE_MIN,
    packages: "external",
    sourcemap: true,
    logLevel: "warning",
  };
}

/** `import.meta.url` becomes the module's address as seen from the compiled file, which lies in `folder`. */
function addressesAsIn(checkout: string, folder: string): Plugin {
  return {
    name: "own addresses",
    setup({ onLoad }) {
      onLoad({ filter: /\.[jt]s$/ }, ({ path }) => {
        const file = relative(checkout, path);
        if (file.startsWith("node_modules")) return undefined;
        const source = readFileSync(path, "utf8");
        if (!source.includes("import.meta.url")) return undefined;
        const address = JSON.stringify(`./${relative(folder, file).replace(/\.ts$/, ".js")}`);
        const contents = source.replaceAll("import.meta.url", `new URL(${address}, import.meta.url).href`);
        return { contents, loader: path.endsWith(".ts") ? "ts" : "js" };
      });
    },
  };
}

/** Compiled files most of whose code is generated. */
function generatedFiles({ outputs }: Metafile): string[] {
  return Object.entries(outputs)
    .filter(([file, { bytes, inputs }]) => {
      const generated = Object.entries(inputs).filter(([input]) => input.includes("/gen/"));
      const generatedBytes = generated.reduce((sum, [, { bytesInOutput }]) => sum + bytesInOutput, 0);
      return file.endsWith(".js") && generatedBytes > bytes / 2;
    })
    .map(([file]) => file);
}

/** Generated code is read by machines only, at every start: it is published without its spaces and its map. */
async function compact(file: string): Promise<void> {
  const source = readFileSync(file, "utf8").replace(/\n\/\/# sourceMappingURL=.*\n?$/, "\n");
  const { code } = await transform(source, { minifyWhitespace: true, minifySyntax: true, target: NODE_MIN });
  writeFileSync(file, code);
  rmSync(`${file}.map`);
}
