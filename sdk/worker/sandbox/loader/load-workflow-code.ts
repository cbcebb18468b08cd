/** From the paths of a worker's options to code that a sandbox can evaluate. */
import { isAbsolute, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { libraryByName, libraryByPath } from "./library-modules.ts";
import { WorkflowLoadError } from "./load-error.ts";
import { ModuleGraph } from "./module-graph.ts";
import type { WorkflowCode } from "./workflow-code.ts";

export interface WorkflowCodePaths {
  readonly workflowsPath: string;
  readonly workflowInterceptorModules?: readonly string[] | undefined;
  readonly payloadConverterPath?: string | undefined;
  readonly failureConverterPath?: string | undefined;
  readonly ignoreModules?: readonly string[] | undefined;
  readonly preloadModules?: readonly string[] | undefined;
}

/** @throws {WorkflowLoadError} when a file cannot be found or read. */
export function loadWorkflowCode(
  paths: WorkflowCodePaths,
  idOf: (file: string) => string = (file) => file,
): WorkflowCode {
  const graph = new ModuleGraph({
    ignoreModules: paths.ignoreModules,
    external: { byName: libraryByName, byPath: libraryByPath },
    idOf,
  });
  const { workflowsPath } = paths;
  const from = resolve(workflowsPath.startsWith("file:") ? fileURLToPath(workflowsPath) : workflowsPath);
  const add = (specifier: string, option: string) => graph.add(fileOf({ graph, specifier, from, option }));
  const optional = (specifier: string | undefined, option: string) =>
    specifier === undefined ? undefined : add(specifier, option);
  const entry = add(from, "workflowsPath");
  const interceptors = (paths.workflowInterceptorModules ?? []).map((one) => add(one, "workflowInterceptorModules"));
  const payloadConverter = optional(paths.payloadConverterPath, "payloadConverterPath");
  const failureConverter = optional(paths.failureConverterPath, "failureConverterPath");
  const preload = (paths.preloadModules ?? []).map((one) => add(one, "preloadModules"));
  return { modules: graph.modules, entry, interceptors, payloadConverter, failureConverter, preload };
}

function fileOf(wanted: { graph: ModuleGraph; specifier: string; from: string; option: string }): string {
  const { graph, specifier, from, option } = wanted;
  const file =
    isAbsolute(specifier) || specifier.startsWith(".")
      ? graph.resolution.file(resolve(specifier))
      : graph.resolution.resolve(specifier, from, "commonjs");
  if (file !== undefined) return file;
  throw new WorkflowLoadError(`${option}: there is no module at ${specifier}`);
}
