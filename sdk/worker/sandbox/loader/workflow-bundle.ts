/** Workflow code built ahead of time: one text that holds all modules. */
import { readFileSync } from "node:fs";
import { relative, sep } from "node:path";
import { bundleWithEsbuild } from "./esbuild-bundle.ts";
import { WorkflowLoadError } from "./load-error.ts";
import { loadWorkflowCode } from "./load-workflow-code.ts";
import type { WorkflowCodePaths } from "./load-workflow-code.ts";
import { scriptModule } from "./script-module.ts";
import type { WorkflowCode } from "./workflow-code.ts";

/** What `bundleWorkflowCode` makes. */
export interface WorkflowBundleWithSourceMap {
  /** Source maps are within `code`; here for compatibility. */
  readonly sourceMap: string;
  readonly code: string;
}

/** A bundle that was made ahead, as text or in a file. */
export type WorkflowBundleOption = { readonly code: string } | { readonly codePath: string };

/** Changes the options of a bundle before it is made. */
export interface BundlerPlugin {
  readonly name: string;
  configureBundler?(options: BundleOptions): BundleOptions;
}

/** Options of `bundleWorkflowCode`. */
export interface BundleOptions extends WorkflowCodePaths {
  /** Accepted for compatibility: nothing is logged. */
  readonly logger?: unknown;
  /** Accepted for compatibility: no webpack runs here. */
  readonly webpackConfigHook?: unknown;
  readonly plugins?: readonly BundlerPlugin[] | undefined;
  /** `esbuild`, which must be installed, joins all modules into one small script. */
  readonly bundler?: "perdure" | "esbuild" | undefined;
}

const HEADER = "/* Perdure workflow bundle 1: give it to the worker option workflowBundle. */\nmodule.exports = ";

/**
 * Builds workflow code ahead of time, for the worker option `workflowBundle`: the worker starts faster and needs
 * neither the sources nor their packages.
 *
 * @throws {WorkflowLoadError} when a module cannot be found or read.
 */
export async function bundleWorkflowCode(options: BundleOptions): Promise<WorkflowBundleWithSourceMap> {
  const chosen = (options.plugins ?? []).reduce(
    (current, plugin) => plugin.configureBundler?.(current) ?? current,
    options,
  );
  const code = chosen.bundler === "esbuild" ? await bundleWithEsbuild(chosen) : loadWorkflowCode(chosen, shortName);
  return { code: bundleText(code), sourceMap: "" };
}

/** The files of a bundle are named from the current folder: where it was built must not show. */
function shortName(file: string): string {
  return relative("", file).replaceAll(sep, "/");
}

export function bundleText(code: WorkflowCode): string {
  const modules = code.modules.map((module) => ({ ...module, file: module.id }));
  return `${HEADER}${JSON.stringify({ ...code, modules })};\n`;
}

/**
 * The code in a bundle: one of ours, or a CommonJS script of any other bundler that left `perdure/workflow` and
 * `perdure/common` (or their `@temporalio` names) to be required.
 */
export function readWorkflowBundle(bundle: WorkflowBundleOption): WorkflowCode {
  const text = "code" in bundle ? bundle.code : readBundleFile(bundle.codePath);
  if (text.startsWith(HEADER)) return JSON.parse(text.slice(HEADER.length).replace(/;\s*$/, "")) as WorkflowCode;
  const file = "codePath" in bundle ? bundle.codePath : "workflow-bundle.js";
  if (/__TEMPORAL__|webpackBootstrap/.test(text)) {
    throw new WorkflowLoadError(`${file} was built by @temporalio/worker: build it with bundleWorkflowCode of perdure`);
  }
  const module = scriptModule({ id: "bundle", file, code: text });
  const none = { interceptors: [], payloadConverter: undefined, failureConverter: undefined, preload: [] };
  return { modules: [module], entry: module.id, ...none };
}

function readBundleFile(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    throw new WorkflowLoadError(`workflowBundle: ${(error as Error).message}`, { cause: error });
  }
}
