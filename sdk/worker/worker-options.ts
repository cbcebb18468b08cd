/** What a worker can be told. Names and defaults are those of `@temporalio/worker`. */
import type { DataConverter, Duration, VersioningBehavior, WorkerDeploymentVersion } from "../common/index.ts";
import type { WorkflowInfo } from "../workflow/index.ts";
import type { WorkerInterceptors } from "./interceptors.ts";
import type { Connection } from "../connection/index.ts";
import type { PollerBehavior } from "./polling/poll-target.ts";
import type { InjectedSinks } from "./sinks.ts";
import type { WorkerTuner } from "./tuner/slot-supplier.ts";
import type { Worker } from "./worker.ts";

/** Options of `Worker.create`. */
export interface WorkerOptions {
  /** To localhost:7233 without TLS unless given. */
  connection?: Connection;
  /** `pid@host` unless given. */
  identity?: string;
  /** @deprecated Use `workerDeploymentOptions`. */
  buildId?: string;
  /** @deprecated Use `workerDeploymentOptions`. */
  useVersioning?: boolean;
  workerDeploymentOptions?: WorkerDeploymentOptions;
  /** `default` unless given. */
  namespace?: string;
  taskQueue: string;
  /** Functions by the names of their activities; one called `default` serves all other names. */
  activities?: object;
  /** Functions that `step` of `perdure/extras` calls by name, from workflows in a sandbox. */
  steps?: object;
  /** Decides whether a patch is taken when workflow code meets it for the first time. */
  patchActivationCallback?: PatchActivationCallback;
  /** A module whose exported functions are the workflows; they run in a sandbox. */
  workflowsPath?: string;
  /** A bundle made by `bundleWorkflowCode`. */
  workflowBundle?: WorkflowBundleOption;
  /**
   * The workflows themselves, by name, run in this very process without a sandbox. What is not deterministic in them is
   * found when it is called, not prevented.
   */
  workflows?: object;
  /** How long running tasks may take after `shutdown()` before activities are cancelled; 0 unless given. */
  shutdownGraceTime?: Duration;
  /** How long after `shutdown()` the worker gives up with `GracefulShutdownPeriodExpiredError`; never unless given. */
  shutdownForceTime?: Duration;
  dataConverter?: DataConverter;
  /** Instead of the three `maxConcurrent…Executions`. */
  tuner?: WorkerTuner;
  /** 100 unless given. */
  maxConcurrentActivityTaskExecutions?: number;
  /** 100 unless given. */
  maxConcurrentLocalActivityExecutions?: number;
  /** 100 unless given. */
  maxConcurrentNexusTaskExecutions?: number;
  /** false: activities registered here run as local ones only. */
  enableNonLocalActivities?: boolean;
  /** Send payloads above the namespace's limit instead of failing the task here. */
  disablePayloadErrorLimit?: boolean;
  /** Limit of this worker; none unless given. */
  maxActivitiesPerSecond?: number;
  /** Limit of the whole task queue, kept by the server; none unless given. */
  maxTaskQueueActivitiesPerSecond?: number;
  /** Activities that one workflow task may start here without a poll; 3 unless given, 0 turns it off. */
  maxEagerActivityReservationsPerWorkflowTask?: number;
  /** 40 unless given; at least 2 when workflows are cached. */
  maxConcurrentWorkflowTaskExecutions?: number;
  /** min(10, slots) unless given. */
  maxConcurrentWorkflowTaskPolls?: number;
  workflowTaskPollerBehavior?: PollerBehavior;
  activityTaskPollerBehavior?: PollerBehavior;
  nexusTaskPollerBehavior?: PollerBehavior;
  /** min(10, slots) unless given. */
  maxConcurrentActivityTaskPolls?: number;
  /** min(10, slots) unless given. */
  maxConcurrentNexusTaskPolls?: number;
  /** Part of the workflow polls that ask for new workflows instead of cached ones; 0.2 unless given. */
  nonStickyToStickyPollRatio?: number;
  /** How long a task waits for this worker's cache before any worker may take it; 10 s unless given. */
  stickyQueueScheduleToStartTimeout?: Duration;
  /** 10,000 unless given, and fewer when they fill a quarter of the heap; 0 turns caching off. */
  maxCachedWorkflows?: number;
  /** Accepted; workflows run in one thread. */
  workflowThreadPoolSize?: number;
  /** 60 s unless given. */
  maxHeartbeatThrottleInterval?: Duration;
  /** For activities without a heartbeat time-out; 30 s unless given. */
  defaultHeartbeatThrottleInterval?: Duration;
  interceptors?: WorkerInterceptors;
  plugins?: WorkerPlugin[];
  // oxlint-disable-next-line no-explicit-any -- Sinks of any shape.
  sinks?: InjectedSinks<any>;
  /** Names of errors that fail a workflow instead of its task, by workflow type; `*` is all types. */
  workflowFailureErrorTypes?: Record<string, string[]>;
  showStackTraceSources?: boolean;
  /** No limit on how long workflow code may run at a stretch. */
  debugMode?: boolean;
  /** false: a realm of its own for every run, slower and larger. */
  reuseV8Context?: boolean;
  /** How long workflow code may run at a stretch; 5 s unless given. */
  isolateExecutionTimeout?: Duration;
  /** Activities run in so many threads beside this one; they are then loaded from `activitiesPath`. */
  activityThreads?: number;
  /** A module whose exported functions are the activities, for `activityThreads`. */
  activitiesPath?: string;
  bundlerOptions?: { ignoreModules?: string[]; preloadModules?: string[] };
  /** Replays a sample of open histories before the first poll. */
  replayGuard?: ReplayGuardOptions;
}

/** Which open histories are replayed before a worker takes tasks, and what follows when one does not fit. */
export interface ReplayGuardOptions {
  /** Histories of each workflow type; 5 unless given. */
  sample?: number;
  /** `refuse` (the default): `run()` fails and names the runs. `warn`: a line in the log. */
  onViolation?: "refuse" | "warn";
}

/** The deployment and version that a worker belongs to. */
export type WorkerDeploymentOptions = {
  version: WorkerDeploymentVersion;
  useWorkerVersioning: boolean;
  /** Required with `useWorkerVersioning`. */
  defaultVersioningBehavior?: VersioningBehavior | undefined;
};

/** A bundle, as text. */
export interface WorkflowBundle {
  code: string;
}

/** A bundle in a file. */
export interface WorkflowBundlePath {
  codePath: string;
}

/** A bundle that was made ahead, as text or in a file. */
export type WorkflowBundleOption = WorkflowBundle | WorkflowBundlePath;

/** What is known when a run comes to a patch for the first time. */
export interface PatchActivationInput {
  readonly workflowInfo: Readonly<WorkflowInfo>;
  readonly patchId: string;
}

/** Must be quick and return a boolean. */
export type PatchActivationCallback = (input: PatchActivationInput) => boolean;

/** What replaying needs of the options. */
export type ReplayWorkerOptions = Pick<
  WorkerOptions,
  | "workflowsPath"
  | "workflowBundle"
  | "workflows"
  | "dataConverter"
  | "interceptors"
  | "sinks"
  | "workflowFailureErrorTypes"
  | "showStackTraceSources"
  | "reuseV8Context"
  | "isolateExecutionTimeout"
  | "bundlerOptions"
  | "plugins"
  | "identity"
> & {
  /** Part of the replay's task queue in messages. */
  replayName?: string;
};

/** Changes a worker's options and runs around it. */
export interface WorkerPlugin {
  get name(): string;
  configureWorker?(options: WorkerOptions): WorkerOptions | Promise<WorkerOptions>;
  configureReplayWorker?(options: ReplayWorkerOptions): ReplayWorkerOptions | Promise<ReplayWorkerOptions>;
  runWorker?(worker: Worker, next: (worker: Worker) => Promise<void>): Promise<void>;
}
