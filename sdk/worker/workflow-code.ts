/** From a worker's options to the host that runs its workflows. */
import { readFileSync } from "node:fs";
import { isAbsolute, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import type { LoadedDataConverter, Logger } from "../common/index.ts";
import type { WorkflowInterceptorsFactory } from "../workflow/index.ts";
import { lowestLevelOf } from "./logger.ts";
import type { HostRunOptions, WorkflowHost } from "./sandbox/index.ts";
import type { DriverParts, RunIdentity } from "./runs/index.ts";
import type { ReplayWorkerOptions } from "./worker-options.ts";

export interface HostOptions {
  readonly given: ReplayWorkerOptions;
  readonly dataConverter: LoadedDataConverter;
  readonly executionLimitMs: number;
  readonly logger: Logger;
}

/** Throws WorkflowLoadError when the code cannot be loaded. */
export async function openWorkflowHost(options: HostOptions): Promise<WorkflowHost> {
  const { given, executionLimitMs } = options;
  if (given.workflows !== undefined) return openInlineHost(options);
  const { loadWorkflowCode, readWorkflowBundle, SandboxHost } = await import("./sandbox/index.ts");
  const code =
    given.workflowBundle === undefined
      ? loadWorkflowCode({
          workflowsPath: given.workflowsPath as string,
          workflowInterceptorModules: given.interceptors?.workflowModules,
          payloadConverterPath: given.dataConverter?.payloadConverterPath,
          failureConverterPath: given.dataConverter?.failureConverterPath,
          ...given.bundlerOptions,
        })
      : readWorkflowBundle(given.workflowBundle);
  const realms = given.reuseV8Context === false ? "perRun" : "shared";
  return new SandboxHost({ code, deadlockLimitMs: executionLimitMs, realms });
}

async function openInlineHost({ given, dataConverter, logger }: HostOptions): Promise<WorkflowHost> {
  const { InlineHost } = await import("./sandbox/inline-host.ts");
  const interceptors: WorkflowInterceptorsFactory[] = [];
  for (const module of given.interceptors?.workflowModules ?? []) {
    const specifier = isAbsolute(module) || module.startsWith(".") ? pathToFileURL(resolve(module)).href : module;
    const { interceptors: factory } = (await import(specifier)) as { interceptors?: WorkflowInterceptorsFactory };
    if (typeof factory === "function") interceptors.push(factory);
  }
  return new InlineHost({
    workflows: given.workflows as Record<string, unknown>,
    interceptors,
    payloadConverter: dataConverter.payloadConverter,
    failureConverter: dataConverter.failureConverter,
    onViolation: (runId, error) => logger.error("Workflow code went on outside of its tasks", { runId, error }),
  });
}

function readSource(path: string): string | undefined {
  try {
    return readFileSync(path.startsWith("file:") ? new URL(path) : path, "utf8");
  } catch {
    return undefined;
  }
}

/** The host's `driveThrough`, when it has one. */
export function driveThroughOf(host: WorkflowHost): Pick<DriverParts, "driveThrough"> {
  const { driveThrough } = host;
  return driveThrough === undefined ? {} : { driveThrough: driveThrough.bind(host) };
}

export interface RunSurroundings {
  readonly registeredActivityNames?: ReadonlySet<string> | undefined;
  /** Where the lines of workflow code go. */
  readonly logger: Logger;
  readonly sites?: "record sites" | undefined;
}

/** What a run is told of the worker. */
export function runOptionsOf(
  run: RunIdentity,
  given: ReplayWorkerOptions & { readonly patchActivationCallback?: unknown },
  { registeredActivityNames, logger, sites }: RunSurroundings,
): HostRunOptions {
  const types = given.workflowFailureErrorTypes;
  const callback = given.patchActivationCallback as
    | ((input: { workflowInfo: object; patchId: string }) => boolean)
    | undefined;
  return {
    runId: run.runId,
    ...(types !== undefined && { failureErrorTypes: [...(types["*"] ?? []), ...(types[run.workflowType] ?? [])] }),
    ...(callback !== undefined && {
      patchActivationCallback: (workflowInfo: object, patchId: string) => callback({ workflowInfo, patchId }),
    }),
    registeredActivityNames,
    lowestLogLevel: lowestLevelOf(logger).toLowerCase() as HostRunOptions["lowestLogLevel"],
    stackTraces: {
      isRecorded: sites !== undefined,
      ...(given.showStackTraceSources === true && { readSource }),
    },
  };
}
