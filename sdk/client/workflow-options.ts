import type { Input } from "../../api/codec.ts";
import type * as api from "../../api/gen/messages.js";
import type { Duration } from "../common/duration.ts";
import type { SignalDefinition, SignalTypeInfo, Workflow } from "../common/interfaces.ts";
import type { ProtoDuration } from "../common/payload.ts";
import { msOptionalToTs } from "../common/time.ts";
import type { Replace } from "../common/type-helpers.ts";
import type { PayloadTypeInfo } from "../common/type-info.ts";
import type { VersioningOverride } from "../common/worker-deployments.ts";
import type { CommonWorkflowOptions, WithWorkflowArgs } from "../common/workflow-options.ts";

export * from "../common/workflow-options.ts";

/** Options of a workflow that a client starts. */
export interface WorkflowOptions extends CommonWorkflowOptions {
  /** An id with a meaning for the business; two workflows of one id never run at once. */
  workflowId: string;
  /** Where workers look for it. */
  taskQueue: string;
  /** Whether `result()` follows continue-as-new, retries and cron; default true. */
  followRuns?: boolean;
  /** The first task waits this long; a signal with start ends the wait. Not together with a cron schedule. */
  startDelay?: Duration;
  /** Overrides the versioning behavior of the workflow. */
  versioningOverride?: VersioningOverride;
  /** A worker of the same connection may take the first task with the answer to the start. */
  requestEagerStart?: boolean;
  /** Converts arguments and result. */
  typeInfo?: PayloadTypeInfo;
}

/** Options with durations in milliseconds. */
export type WithCompiledWorkflowOptions<T extends WorkflowOptions> = Replace<
  T,
  {
    workflowExecutionTimeout?: ProtoDuration;
    workflowRunTimeout?: ProtoDuration;
    workflowTaskTimeout?: ProtoDuration;
    startDelay?: ProtoDuration;
    versioningOverride?: Input<api.VersioningOverride>;
  }
>;

/** Options of a start with durations in milliseconds. */
export interface CompiledWorkflowOptions extends WithCompiledWorkflowOptions<WorkflowOptions> {
  args: unknown[];
}

/** Durations as the wire has them. */
export function compileWorkflowOptions<T extends WorkflowOptions>(options: T): WithCompiledWorkflowOptions<T> {
  const { workflowExecutionTimeout, workflowRunTimeout, workflowTaskTimeout, startDelay, versioningOverride, ...rest } =
    options;
  return {
    ...rest,
    workflowExecutionTimeout: msOptionalToTs(workflowExecutionTimeout),
    workflowRunTimeout: msOptionalToTs(workflowRunTimeout),
    workflowTaskTimeout: msOptionalToTs(workflowTaskTimeout),
    startDelay: msOptionalToTs(startDelay),
    versioningOverride: versioningOverrideToProto(versioningOverride),
  } as unknown as WithCompiledWorkflowOptions<T>;
}

const PINNED = 1;
const AUTO_UPGRADE = 2;

/** Both the current fields and those that older servers read. */
function versioningOverrideToProto(
  override: VersioningOverride | undefined,
): Input<api.VersioningOverride> | undefined {
  if (override === undefined) return undefined;
  if (override === "AUTO_UPGRADE") return { autoUpgrade: true, behavior: AUTO_UPGRADE };
  const { buildId, deploymentName } = override.pinnedTo;
  return {
    pinned: { behavior: 1, version: { buildId, deploymentName } },
    behavior: PINNED,
    pinnedVersion: `${deploymentName}.${buildId}`,
  };
}

/** Options of an update. */
export interface WorkflowUpdateOptions {
  /** Default: a random one. The same id twice is one update. */
  readonly updateId?: string;
  /** Converts arguments and result, for updates by name. */
  typeInfo?: PayloadTypeInfo;
}

type SignalWithStartTypeInfoOptions = { signalTypeInfo?: never } | { signal: string; signalTypeInfo?: SignalTypeInfo };

/** Options of a signal with start. */
export type WorkflowSignalWithStartOptions<SignalArgs extends any[] = []> = (SignalArgs extends [any, ...any[]]
  ? WorkflowSignalWithStartOptionsWithArgs<SignalArgs>
  : WorkflowSignalWithStartOptionsWithoutArgs<SignalArgs>) &
  SignalWithStartTypeInfoOptions;

/** Options of `signalWithStart` for a signal that takes none. */
export interface WorkflowSignalWithStartOptionsWithoutArgs<SignalArgs extends any[]> extends Omit<
  WorkflowOptions,
  "requestEagerStart"
> {
  signal: SignalDefinition<SignalArgs> | string;
  signalArgs?: SignalArgs;
}

/** Options of `signalWithStart` for a signal that takes arguments. */
export interface WorkflowSignalWithStartOptionsWithArgs<SignalArgs extends any[]> extends Omit<
  WorkflowOptions,
  "requestEagerStart"
> {
  signal: SignalDefinition<SignalArgs> | string;
  signalArgs: SignalArgs;
}

/** Options of a start, with the workflow's arguments. */
export type WorkflowStartOptions<T extends Workflow = Workflow> = WithWorkflowArgs<T, WorkflowOptions>;
