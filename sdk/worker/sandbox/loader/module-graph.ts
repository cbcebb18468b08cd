/** Collects the modules that code imports, directly or not, and what each import leads to. */
import { readFileSync, statSync } from "node:fs";
import { isBuiltin } from "node:module";
import { whyForbidden } from "./forbidden-modules.ts";
import { ModuleResolution } from "./module-resolution.ts";
import type { ModuleKind } from "./module-resolution.ts";
import { lineOf, toFunctionBody } from "./transform.ts";
import type { FunctionBody } from "./transform.ts";
import type { CodeModule, Target } from "./workflow-code.ts";
import { WorkflowLoadError } from "./load-error.ts";

export interface ModuleGraphOptions {
  readonly ignoreModules?: readonly string[] | undefined;
  readonly conditions?: readonly string[] | undefined;
  /** Answers imports that leave the graph: by name before resolution, by file after it. */
  readonly external?: External | undefined;
  readonly idOf?: ((file: string) => string) | undefined;
}

export interface External {
  byName(specifier: string): string | undefined;
  byPath(file: string): string | undefined;
}

const REQUIRE = /\brequire\s*\(\s*(?:'([^'\n]+)'|"([^"\n]+)")\s*\)/g;

export class ModuleGraph {
  readonly resolution: ModuleResolution;
  readonly #options: ModuleGraphOptions;
  readonly #byFile = new Map<string, CodeModule>();

  constructor(options: ModuleGraphOptions = {}) {
    this.#options = options;
    this.resolution = new ModuleResolution(options.conditions);
  }

  get modules(): readonly CodeModule[] {
    return [...this.#byFile.values()];
  }

  /** Adds a file and all it imports; returns its id. */
  add(file: string): string {
    const pending = [file];
    for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
      if (!this.#byFile.has(next)) pending.push(...this.#read(next));
    }
    return this.#idOf(file);
  }

  /** Reads one file; returns the files that it imports. */
  #read(file: string): string[] {
    const source = readSource(file);
    const isModule = this.resolution.manifests.of(file)?.isModule === true;
    const body = bodyOf(file, source, isModule);
    const targets: Record<string, Target> = {};
    const files: string[] = [];
    for (const match of body.code.matchAll(REQUIRE)) {
      const specifier = (match[1] ?? match[2]) as string;
      if (specifier in targets) continue;
      const at = `${file}:${lineOfImport(source, specifier)}`;
      const found = this.#target({ specifier, file, kind: body.kind, at });
      targets[specifier] = found.target;
      if (found.file !== undefined) files.push(found.file);
    }
    this.#byFile.set(file, { id: this.#idOf(file), file, code: body.code, targets });
    return files;
  }

  #target(wanted: { specifier: string; file: string; kind: ModuleKind; at: string }): {
    target: Target;
    file?: string;
  } {
    const { specifier, at } = wanted;
    if (this.#isIgnored(specifier)) {
      return { target: { ignored: `${specifier} is listed in ignoreModules, yet ${at} uses it` } };
    }
    const library = this.#options.external?.byName(specifier);
    if (library !== undefined) return { target: { library } };
    // A package may stand in for a module of Node, unless it was asked for by its full name.
    const mayBePackage = !specifier.startsWith("node:");
    const forbidden = whyForbidden(specifier);
    const isOurs = forbidden !== undefined && !isBuiltin(specifier);
    const file = mayBePackage && !isOurs ? this.resolution.resolve(specifier, wanted.file, wanted.kind) : undefined;
    if (file === undefined) return { target: { problem: `${forbidden ?? notFound(specifier)} (imported at ${at})` } };
    const shared = this.#options.external?.byPath(file);
    if (shared !== undefined) return { target: { library: shared } };
    if (file.endsWith(".node")) return { target: { problem: `${specifier} is native code (imported at ${at})` } };
    return { target: { module: this.#idOf(file) }, file };
  }

  #isIgnored(specifier: string): boolean {
    const plain = specifier.replace(/^node:/, "");
    return (this.#options.ignoreModules ?? []).some((listed) => {
      const name = listed.replace(/^node:/, "");
      return plain === name || plain.startsWith(`${name}/`);
    });
  }

  #idOf(file: string): string {
    return this.#options.idOf?.(file) ?? file;
  }
}

function notFound(specifier: string): string {
  const hint = specifier.startsWith(".") ? "check the path" : "is the package installed, and does it export this path?";
  return `Cannot find ${specifier}: ${hint}`;
}

function lineOfImport(source: string, specifier: string): number {
  const at = [`'${specifier}'`, `"${specifier}"`].map((text) => source.indexOf(text)).find((index) => index >= 0);
  return at === undefined ? 1 : lineOf(source, at);
}

function readSource(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    throw new WorkflowLoadError(`Cannot read workflow code: ${(error as Error).message}`, { cause: error });
  }
}

const BODIES_KEPT_MAX = 4_096;
const bodies = new Map<string, { mtimeMs: number; size: number; isModule: boolean; body: FunctionBody }>();

/** Files change rarely and are loaded by many workers of a test run: their transformed text is kept. */
function bodyOf(file: string, source: string, isModule: boolean): FunctionBody {
  const { mtimeMs, size } = statSync(file);
  const kept = bodies.get(file);
  if (kept !== undefined && kept.mtimeMs === mtimeMs && kept.size === size && kept.isModule === isModule) {
    return kept.body;
  }
  const body = toFunctionBody(file, source, isModule);
  if (bodies.size >= BODIES_KEPT_MAX) bodies.clear();
  bodies.set(file, { mtimeMs, size, isModule, body });
  return body;
}
