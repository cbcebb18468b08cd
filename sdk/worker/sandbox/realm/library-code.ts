/**
 * The library as modules for a sandbox. In a checkout they are made from the sources; the published package brings
 * them ready, in one file beside this one.
 */
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { LIBRARY_ROOT, libraryKey } from "../loader/library-modules.ts";
import { ModuleGraph } from "../loader/module-graph.ts";
import type { CodeModule } from "../loader/workflow-code.ts";

export const PREPARE = "worker/sandbox/inside/prepare";
export const MAIN = "worker/sandbox/inside/main";
export const MODULES = "worker/sandbox/inside/modules";

const ROOTS = [
  MODULES,
  PREPARE,
  MAIN,
  "workflow/index",
  "extras/index",
  ...["assert", "url", "util"].map((name) => `worker/sandbox/inside/builtins/${name}`),
];

/** Name of the file that a build puts beside this module, with the text of `buildSandboxLibrary`. */
export const SANDBOX_LIBRARY_FILE = "sandbox-library.json";

let kept: readonly CodeModule[] | undefined;

export function libraryCode(): readonly CodeModule[] {
  kept ??= prebuilt() ?? fromSources();
  return kept;
}

/** What a build writes into `SANDBOX_LIBRARY_FILE`. */
export function buildSandboxLibrary(): string {
  return JSON.stringify(
    fromSources().map((module) => ({ ...module, file: `/node_modules/perdure/sdk/${module.id}.js` })),
  );
}

function prebuilt(): readonly CodeModule[] | undefined {
  const path = fileURLToPath(new URL(SANDBOX_LIBRARY_FILE, import.meta.url));
  return existsSync(path) ? (JSON.parse(readFileSync(path, "utf8")) as CodeModule[]) : undefined;
}

function fromSources(): readonly CodeModule[] {
  const graph = new ModuleGraph({ idOf: libraryKey });
  for (const root of ROOTS) {
    const file = graph.resolution.file(`${LIBRARY_ROOT}${root}`);
    if (file !== undefined) graph.add(file);
  }
  return graph.modules;
}
