/** A worker's options with their defaults, checked. */
import { hostname } from "node:os";
import { pid } from "node:process";
import { getHeapStatistics } from "node:v8";
import { msOptionalToNumber, msToNumber } from "../common/index.ts";
import type { LoadedDataConverter } from "../common/index.ts";
import { loadDataConverter } from "../common/host/loaded-data-converter.ts";
import { ActivityRegistry } from "./activities/activity-registry.ts";
import type { ActivityInterceptorsFactory } from "./interceptors.ts";
import type { PollerBehavior } from "./polling/poll-target.ts";
import { ResourceBasedController } from "./tuner/resource-controller.ts";
import type { ResourceBasedTuner, ResourceBasedTunerWithController, TunerHolder } from "./tuner/slot-supplier.ts";
import type { WorkerOptions } from "./worker-options.ts";

/** A worker's options with their defaults. */
export interface CompiledWorkerOptions {
  readonly given: WorkerOptions;
  readonly namespace: string;
  readonly taskQueue: string;
  readonly identity: string;
  readonly registry: ActivityRegistry;
  readonly steps: ActivityRegistry;
  readonly dataConverter: LoadedDataConverter;
  readonly activityInterceptors: readonly ActivityInterceptorsFactory[];
  readonly tuner: TunerHolder;
  readonly hasWorkflows: boolean;
  /** Whether the worker polls for activities. */
  readonly hasRemoteActivities: boolean;
  readonly workflowPolls: Required<PollerBehavior>;
  readonly activityPolls: Required<PollerBehavior>;
  readonly nonStickyToStickyPollRatio: number;
  readonly maxCachedWorkflows: number;
  readonly cacheBytesMax: number;
  readonly stickyTimeoutMs: number;
  readonly shutdownGraceMs: number;
  readonly shutdownForceMs: number | undefined;
  readonly maxHeartbeatThrottleIntervalMs: number;
  readonly defaultHeartbeatThrottleIntervalMs: number;
  readonly executionLimitMs: number;
  readonly eagerActivitiesMax: number;
}

const SLOTS_DEFAULT = 100;
const WORKFLOW_SLOTS_DEFAULT = 40;
const POLLS_MAX_DEFAULT = 10;
const CACHED_DEFAULT = 10_000;
/** Part of the heap that cached workflows may take, as an estimate. */
const CACHE_SHARE = 0.25;

/** Throws TypeError or RangeError that names the option. */
export function compileWorkerOptions(given: WorkerOptions): CompiledWorkerOptions {
  const { taskQueue } = given;
  if (typeof taskQueue !== "string" || taskQueue === "") throw new TypeError("Worker options: taskQueue is required");
  const sources = [given.workflowsPath, given.workflowBundle, given.workflows].filter((one) => one !== undefined);
  if (sources.length > 1)
    throw new TypeError("Worker options: give one of workflowsPath, workflowBundle and workflows, not several");
  const registry = new ActivityRegistry(given.activities);
  if (sources.length === 0 && registry.isEmpty)
    throw new TypeError(
      "Worker options: give workflows (workflowsPath, workflowBundle or workflows), activities, or both",
    );
  const tuner = tunerOf(given);
  const maxCachedWorkflows = given.maxCachedWorkflows ?? CACHED_DEFAULT;
  nonNegative(maxCachedWorkflows, "maxCachedWorkflows");
  const { interceptors } = given;
  const inbound = (interceptors?.activityInbound ?? []).map<ActivityInterceptorsFactory>((factory) => (ctx) => ({
    inbound: factory(ctx),
  }));
  return {
    given,
    namespace: given.namespace ?? "default",
    taskQueue,
    identity: given.identity ?? `${pid}@${hostname()}`,
    registry,
    steps: new ActivityRegistry(given.steps),
    dataConverter: loadDataConverter(given.dataConverter),
    activityInterceptors: [...inbound, ...(interceptors?.activity ?? [])],
    tuner,
    hasWorkflows: sources.length > 0,
    hasRemoteActivities: !registry.isEmpty && given.enableNonLocalActivities !== false,
    workflowPolls: behaviorOf(
      given.workflowTaskPollerBehavior,
      given.maxConcurrentWorkflowTaskPolls,
      tuner.workflowTaskSlotSupplier,
    ),
    activityPolls: behaviorOf(
      given.activityTaskPollerBehavior,
      given.maxConcurrentActivityTaskPolls,
      tuner.activityTaskSlotSupplier,
    ),
    nonStickyToStickyPollRatio: given.nonStickyToStickyPollRatio ?? 0.2,
    maxCachedWorkflows,
    cacheBytesMax: getHeapStatistics().heap_size_limit * CACHE_SHARE,
    stickyTimeoutMs: msToNumber(given.stickyQueueScheduleToStartTimeout ?? "10s"),
    shutdownGraceMs: msToNumber(given.shutdownGraceTime ?? 0),
    shutdownForceMs: msOptionalToNumber(given.shutdownForceTime),
    maxHeartbeatThrottleIntervalMs: msToNumber(given.maxHeartbeatThrottleInterval ?? "60s"),
    defaultHeartbeatThrottleIntervalMs: msToNumber(given.defaultHeartbeatThrottleInterval ?? "30s"),
    executionLimitMs: given.debugMode === true ? 0 : msToNumber(given.isolateExecutionTimeout ?? "5s"),
    eagerActivitiesMax: nonNegative(
      given.maxEagerActivityReservationsPerWorkflowTask ?? 3,
      "maxEagerActivityReservationsPerWorkflowTask",
    ),
  };
}

function tunerOf(given: WorkerOptions): TunerHolder {
  const { tuner } = given;
  const fixed = [
    "maxConcurrentWorkflowTaskExecutions",
    "maxConcurrentActivityTaskExecutions",
    "maxConcurrentLocalActivityExecutions",
  ] as const;
  if (tuner === undefined) {
    const [workflow, activity, local] = fixed.map((name) => positive(given[name], name)) as [number?, number?, number?];
    const nexus = positive(given.maxConcurrentNexusTaskExecutions, "maxConcurrentNexusTaskExecutions");
    return {
      workflowTaskSlotSupplier: { type: "fixed-size", numSlots: workflow ?? WORKFLOW_SLOTS_DEFAULT },
      activityTaskSlotSupplier: { type: "fixed-size", numSlots: activity ?? SLOTS_DEFAULT },
      localActivityTaskSlotSupplier: { type: "fixed-size", numSlots: local ?? SLOTS_DEFAULT },
      nexusTaskSlotSupplier: { type: "fixed-size", numSlots: nexus ?? SLOTS_DEFAULT },
    };
  }
  const both = fixed.find((name) => given[name] !== undefined);
  if (both !== undefined) throw new TypeError(`Worker options: ${both} and tuner exclude each other`);
  return isResourceBased(tuner) ? resourceBased(tuner) : tuner;
}

function isResourceBased(tuner: object): tuner is ResourceBasedTuner | ResourceBasedTunerWithController {
  return "tunerOptions" in tuner || "controller" in tuner;
}

function resourceBased(tuner: ResourceBasedTuner | ResourceBasedTunerWithController): TunerHolder {
  const controller = tuner.controller ?? ResourceBasedController.create(tuner.tunerOptions);
  const supplier = (options: object | undefined) => ({ type: "resource-based" as const, controller, ...options });
  return {
    workflowTaskSlotSupplier: supplier(tuner.workflowTaskSlotOptions),
    activityTaskSlotSupplier: supplier(tuner.activityTaskSlotOptions),
    localActivityTaskSlotSupplier: supplier(tuner.localActivityTaskSlotOptions),
    nexusTaskSlotSupplier: supplier(tuner.nexusTaskSlotOptions),
  };
}

function behaviorOf(
  behavior: PollerBehavior | undefined,
  polls: number | undefined,
  supplier: { readonly type: string; readonly numSlots?: number },
): Required<PollerBehavior> {
  const most = Math.min(POLLS_MAX_DEFAULT, supplier.numSlots ?? POLLS_MAX_DEFAULT);
  if (behavior?.type === "autoscaling") return { minimum: 1, maximum: 100, initial: 5, ...behavior };
  return { type: "simple-maximum", maximum: behavior?.maximum ?? polls ?? most };
}

function positive(value: number | undefined, name: string): number | undefined {
  if (value !== undefined && !(value > 0))
    throw new RangeError(`Worker options: ${name} must be positive, not ${value}`);
  return value;
}

function nonNegative(value: number, name: string): number {
  if (!(value >= 0)) throw new RangeError(`Worker options: ${name} must not be negative, not ${value}`);
  return value;
}
