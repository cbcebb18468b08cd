/** The moving parts of a worker: its slots, its polls, and those who run what they bring. */
import { TaskQueueKind } from "../../api/gen/enums.js";
import { duration } from "../../api/duration.ts";
import type {
  PollActivityTaskQueueResponse,
  PollWorkflowTaskQueueResponse,
  WorkflowExecution,
} from "../../api/gen/messages.js";
import type { Clock, Timers } from "../../base/index.ts";
import { beginPolling } from "../common/host/polled-queues.ts";
import type { Client } from "../client/index.ts";
import type { WorkflowServiceMethods } from "../connection/index.ts";
import type { Logger, MetricMeter } from "../common/index.ts";
import { sdkInfo } from "../workflow/sdk-info.ts";
import { ActivityWorker } from "./activities/activity-worker.ts";
import { EagerActivities } from "./activities/eager-activities.ts";
import { LocalActivities } from "./activities/local-activity-runner.ts";
import { RateLimit } from "./activities/rate-limit.ts";
import type { CompiledWorkerOptions } from "./compiled-options.ts";
import { WorkerHeartbeats } from "./heartbeat/worker-heartbeats.ts";
import type { ReportedParts } from "./heartbeat/worker-report.ts";
import { MeteredCode } from "./metrics/metered-code.ts";
import type { PollerKind, WorkerMetrics } from "./metrics/worker-metrics.ts";
import type { PayloadLimits } from "./payload-limits.ts";
import { Poller } from "./polling/poller.ts";
import type { Polled } from "./polling/poller.ts";
import { PollTarget } from "./polling/poll-target.ts";
import type { PollerBehavior } from "./polling/poll-target.ts";
import { lowestLevelOf } from "./logger.ts";
import { RunCache } from "./runs/index.ts";
import type { TaskDependencies } from "./runs/index.ts";
import type { WorkflowHost } from "./sandbox/index.ts";
import { SinkCalls } from "./sink-calls.ts";
import { Slots } from "./tuner/slots.ts";
import type { ActivitySlotInfo, SlotInfo, SlotSupplier } from "./tuner/slot-supplier.ts";
import type { WorkerStatus } from "./worker.ts";
import { driveThroughOf, runOptionsOf } from "./workflow-code.ts";
import { WorkflowWorker } from "./workflow-worker.ts";

export type PollerState = "POLLING" | "SHUTDOWN" | "FAILED";

export interface WorkerTasksOptions {
  readonly compiled: CompiledWorkerOptions;
  readonly host: WorkflowHost | undefined;
  readonly stamp: object;
  readonly limits: PayloadLimits;
  readonly service: () => WorkflowServiceMethods;
  readonly isCurrentTask: (taskToken: Uint8Array) => Promise<boolean>;
  readonly client: () => Client | undefined;
  readonly logger: Logger;
  /** For lines of workflow code, which bring their own attributes. */
  readonly workflowLogger: Logger;
  readonly metricMeter: MetricMeter;
  /** What the worker measures about itself; undefined when nobody wants to know. */
  readonly metrics: WorkerMetrics | undefined;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly stickyQueue: string;
  readonly instanceKey: string;
  readonly onFatal: (error: unknown) => void;
}

/** A server answers an idle poll after a minute; this is when it has not. */
const POLL_TIMEOUT_MS = 70_000;

type AnyPoller = Poller<PollWorkflowTaskQueueResponse, never> | Poller<PollActivityTaskQueueResponse, never>;

export class WorkerTasks {
  readonly #options: WorkerTasksOptions;
  readonly #cache: RunCache;
  readonly #workflows: WorkflowWorker | undefined;
  readonly #activities: ActivityWorker;
  readonly #locals: LocalActivities;
  readonly #workflowPollers: AnyPoller[] = [];
  readonly #activityPollers: AnyPoller[] = [];
  readonly #heartbeats: WorkerHeartbeats;
  #workflowSlots: ReportedParts["workflowSlots"];
  #isPolling = false;
  #endPolling: (() => void) | undefined;

  constructor(options: WorkerTasksOptions) {
    this.#options = options;
    const { compiled } = options;
    const { metrics } = options;
    const code = metrics === undefined ? undefined : new MeteredCode(metrics);
    this.#cache = new RunCache({
      runsMax: compiled.maxCachedWorkflows,
      bytesMax: compiled.cacheBytesMax,
      ...(code !== undefined && { onEvict: (runId: string) => code.evicted(runId) }),
    });
    const { registry, dataConverter, activityInterceptors: interceptors, namespace, taskQueue, identity } = compiled;
    const { client, logger, metricMeter, clock, timers, service, stamp, limits } = options;
    const running = { registry, dataConverter, interceptors, client, logger, metricMeter, clock, timers, metrics };
    const logsDebug = ["TRACE", "DEBUG"].includes(lowestLevelOf(options.workflowLogger));
    const answers = { service, namespace, taskQueue, identity, stamp, limits };
    this.#activities = new ActivityWorker({ ...running, ...compiled, ...answers, logsDebug });
    const locals = this.#slots("local-activity", compiled.tuner.localActivityTaskSlotSupplier);
    this.#locals = new LocalActivities({ ...running, steps: compiled.steps, slots: locals as never });
    const activitySlots = this.#slots("activity", compiled.tuner.activityTaskSlotSupplier);
    if (compiled.hasRemoteActivities) this.#activityPollers.push(this.#activityPoller(activitySlots));
    this.#heartbeats = new WorkerHeartbeats({
      ...options,
      parts: this.#reportedParts({ activitySlots, localSlots: locals }),
    });
    if (options.host === undefined) return;
    const eager = new EagerActivities({
      slots: activitySlots,
      registry,
      taskQueue,
      most: compiled.hasRemoteActivities ? compiled.eagerActivitiesMax : 0,
      run: (task, slot) => this.#activities.handle(task, slot, "answer"),
    });
    const isSticky = compiled.maxCachedWorkflows > 0;
    const dependencies = this.#dependencies(options.host, eager);
    this.#workflows = new WorkflowWorker({
      service,
      dependencies: code?.watch(dependencies) ?? dependencies,
      measure: metrics === undefined || code === undefined ? undefined : { metrics, code },
      identity,
      stamp,
      sticky: isSticky ? this.#stickyAttributes() : undefined,
      logger,
      eager,
    });
    const slots = this.#slots("workflow", compiled.tuner.workflowTaskSlotSupplier);
    this.#workflowSlots = slots;
    const { normal, sticky } = splitPolls(compiled.workflowPolls, isSticky ? compiled.nonStickyToStickyPollRatio : 1);
    this.#workflowPollers.push(this.#workflowPoller(slots as never, normal, false));
    if (isSticky) this.#workflowPollers.push(this.#workflowPoller(slots as never, sticky, true));
  }

  /** `heartbeatMs` is 0 when the server does not want to hear of the worker. */
  start(heartbeatMs: number): void {
    if (heartbeatMs > 0) this.#heartbeats.start(heartbeatMs);
    this.#isPolling = true;
    if (this.#workflows !== undefined) this.#endPolling = beginPolling(this.#options.compiled);
    this.#options.metrics?.counters.worker_start.add(1);
    for (const poller of this.#pollers) poller.start();
  }

  /** Resolves when no poll is open. */
  async stopPolling(): Promise<void> {
    const { service, compiled, stickyQueue, instanceKey } = this.#options;
    for (const poller of this.#pollers) poller.stop();
    this.#endPolling?.();
    this.#heartbeats.stop();
    if (this.#workflows !== undefined && this.#isPolling) {
      const { namespace, identity, taskQueue } = compiled;
      // Tells the server that nobody comes back for the sticky queue's tasks; old servers do not know the call.
      const request = {
        namespace,
        identity,
        stickyTaskQueue: stickyQueue,
        reason: "graceful shutdown",
        taskQueue,
        workerInstanceKey: instanceKey,
        workerHeartbeat: this.#heartbeats.last(),
      };
      await service()
        .shutdownWorker(request, { timeoutMs: SHUTDOWN_CALL_MS })
        .catch(() => {});
    }
    await Promise.all(this.#pollers.map((poller) => poller.drain()));
    this.#isPolling = false;
  }

  /** Resolves when all tasks are answered; activities are told to stop after the grace time. */
  async drain(): Promise<void> {
    const { compiled, timers } = this.#options;
    const timer = timers.set(compiled.shutdownGraceMs, () => {
      this.#activities.cancelAll("WORKER_SHUTDOWN");
      this.#locals.cancelAll();
    });
    await Promise.all([this.#workflows?.settled(), this.#activities.settled()]);
    timers.clear(timer);
  }

  close(): void {
    for (const poller of this.#pollers) poller.stop();
    this.#endPolling?.();
    this.#heartbeats.stop();
    this.#cache.clear();
  }

  status(hasFailed: boolean): Omit<WorkerStatus, "runState"> {
    const state: PollerState = hasFailed ? "FAILED" : this.#isPolling ? "POLLING" : "SHUTDOWN";
    const remote = this.#activities.running;
    const local = this.#locals.running;
    return {
      workflowPollerState: state,
      activityPollerState: state,
      hasOutstandingWorkflowPoll: this.#workflowPollers.some((poller) => poller.outstanding > 0),
      hasOutstandingActivityPoll: this.#activityPollers.some((poller) => poller.outstanding > 0),
      numInFlightWorkflowActivations: this.#workflows?.running ?? 0,
      numInFlightActivities: remote + local,
      numInFlightNonLocalActivities: remote,
      numInFlightLocalActivities: local,
      numCachedWorkflows: this.#cache.size,
      numHeartbeatingActivities: this.#activities.heartbeating,
    };
  }

  /** Read when a heartbeat is sent: what workflows need is made after the rest. */
  #reportedParts(slots: Pick<ReportedParts, "activitySlots" | "localSlots">): ReportedParts {
    const at = (pollers: readonly AnyPoller[], index: number) => pollers[index];
    const workflow = (): ReportedParts["workflowSlots"] => this.#workflowSlots;
    const [workflows, activities] = [this.#workflowPollers, this.#activityPollers];
    return {
      ...slots,
      get workflowSlots() {
        return workflow();
      },
      get workflowPoller() {
        return at(workflows, 0);
      },
      get stickyPoller() {
        return at(workflows, 1);
      },
      get activityPoller() {
        return at(activities, 0);
      },
      cacheSize: () => this.#cache.size,
    };
  }

  get #pollers(): readonly AnyPoller[] {
    return [...this.#workflowPollers, ...this.#activityPollers];
  }

  #dependencies(host: WorkflowHost, eager: EagerActivities): TaskDependencies {
    const { compiled, service, clock, timers, workflowLogger, metricMeter, limits } = this.#options;
    const { given, namespace, taskQueue, registry, dataConverter } = compiled;
    const sinks = new SinkCalls({ logger: workflowLogger, metricMeter, sinks: given.sinks ?? {} });
    const registeredActivityNames = registry.hasDefault ? undefined : registry.names;
    const surroundings = { registeredActivityNames, logger: workflowLogger };
    return {
      namespace,
      taskQueue,
      sdk: sdkInfo,
      deployment: given.workerDeploymentOptions?.version,
      createRun: (run, sites) => host.createRun(runOptionsOf(run, given, { ...surroundings, sites })),
      drive: (code, activation) => host.drive(code, activation),
      ...driveThroughOf(host),
      onSinkCalls: (calls, run) => sinks.dispatch(calls, run),
      cache: this.#cache,
      fetchHistory: (execution: WorkflowExecution, nextPageToken) =>
        service().getWorkflowExecutionHistory({ namespace, execution, nextPageToken }),
      codecs: dataConverter.payloadCodecs,
      localActivities: this.#locals,
      isCurrentTask: this.#options.isCurrentTask,
      refusalOf: (request, { workflowId, runId, workflowType }) =>
        limits.refusalOfAnswer(request, { workflowId, runId, workflowType }),
      requestsEagerly: (command, asked) => eager.request(command, asked),
      clock,
      timers,
    };
  }

  #stickyAttributes() {
    const { compiled, stickyQueue } = this.#options;
    return {
      workerTaskQueue: {
        name: stickyQueue,
        kind: TaskQueueKind.TASK_QUEUE_KIND_STICKY,
        normalName: compiled.taskQueue,
      },
      scheduleToStartTimeout: duration(compiled.stickyTimeoutMs),
    };
  }

  #slots<SI extends SlotInfo>(slotType: SI["type"], supplier: SlotSupplier<SI>): Slots<SI> {
    const { compiled, logger, clock, timers, metrics } = this.#options;
    const version = compiled.given.workerDeploymentOptions?.version;
    return new Slots<SI>({
      supplier,
      context: {
        slotType,
        taskQueue: compiled.taskQueue,
        workerIdentity: compiled.identity,
        workerBuildId: version?.buildId ?? compiled.given.buildId ?? "",
        ...(version !== undefined && { workerDeploymentVersion: version }),
      },
      clock,
      timers,
      onSupplierError: (error) => logger.error("A slot supplier failed", { slotType, error }),
      onChange: metrics && ((inUse, total) => metrics.slotsChanged(slotType, inUse, total)),
    });
  }

  #workflowPoller(slots: Slots<never>, behavior: Required<PollerBehavior>, isSticky: boolean): AnyPoller {
    const { compiled, stamp, service, instanceKey, stickyQueue } = this.#options;
    const { namespace, identity, taskQueue } = compiled;
    const queue = isSticky
      ? { name: stickyQueue, kind: TaskQueueKind.TASK_QUEUE_KIND_STICKY, normalName: taskQueue }
      : { name: taskQueue, kind: TaskQueueKind.TASK_QUEUE_KIND_NORMAL };
    const request = { namespace, identity, taskQueue: queue, workerInstanceKey: instanceKey, ...stamp };
    return new Poller<PollWorkflowTaskQueueResponse, never>({
      ...this.#pollerParts(slots, behavior, isSticky ? "sticky_workflow_task" : "workflow_task"),
      isSticky,
      poll: async (signal) =>
        polled(await service().pollWorkflowTaskQueue(request, { timeoutMs: POLL_TIMEOUT_MS, signal })),
      onTask: (task, slot) => this.#workflows?.handle(task, slot as never),
    });
  }

  #activityPoller(slots: Slots<ActivitySlotInfo>): AnyPoller {
    const { compiled, stamp, service, instanceKey, clock, timers } = this.#options;
    const { namespace, identity, taskQueue, given } = compiled;
    const perSecond = given.maxTaskQueueActivitiesPerSecond;
    const request = {
      namespace,
      identity,
      taskQueue: { name: taskQueue, kind: TaskQueueKind.TASK_QUEUE_KIND_NORMAL },
      ...(perSecond !== undefined && { taskQueueMetadata: { maxTasksPerSecond: { value: perSecond } } }),
      workerInstanceKey: instanceKey,
      ...stamp,
    };
    const limit =
      given.maxActivitiesPerSecond === undefined
        ? undefined
        : new RateLimit(given.maxActivitiesPerSecond, { clock, timers });
    return new Poller<PollActivityTaskQueueResponse, never>({
      ...this.#pollerParts(slots as never, compiled.activityPolls, "activity_task"),
      ...(limit !== undefined && { beforePoll: (signal: AbortSignal) => limit.wait(signal) }),
      poll: async (signal) =>
        polled(await service().pollActivityTaskQueue(request, { timeoutMs: POLL_TIMEOUT_MS, signal })),
      onTask: (task, slot) => this.#activities.handle(task, slot as never),
    });
  }

  #pollerParts(slots: Slots<never>, behavior: Required<PollerBehavior>, kind: PollerKind) {
    const { logger, onFatal, clock, timers, metrics } = this.#options;
    return {
      slots,
      target: new PollTarget(behavior),
      clock,
      timers,
      onFatal,
      onPassingError: (error: unknown, attempt: number) => {
        // Long polls end in many harmless ways: once is no news.
        if (attempt === 1) logger.debug("A poll failed and will be repeated", { kind, error });
        else logger.warn("Polls fail and are repeated", { kind, attempt, error });
      },
      measure: metrics && {
        outstanding: (count: number) => metrics.pollersChanged(kind, count),
        polled: (hasTask: boolean) => metrics.polled(kind, hasTask),
      },
    };
  }
}

const SHUTDOWN_CALL_MS = 2_000;

function polled<
  T extends {
    readonly taskToken: Uint8Array;
    readonly pollerScalingDecision: { readonly pollRequestDeltaSuggestion: number } | undefined;
  },
>(task: T): Polled<T> {
  return {
    task: task.taskToken.length === 0 ? undefined : task,
    delta: task.pollerScalingDecision?.pollRequestDeltaSuggestion,
  };
}

/** A part of the polls asks for new workflows, the others for cached ones; at least one each. */
function splitPolls(behavior: Required<PollerBehavior>, ratio: number) {
  if (behavior.type === "autoscaling" || ratio >= 1) return { normal: behavior, sticky: behavior };
  const normal = Math.max(1, Math.floor(behavior.maximum * ratio));
  const sticky = Math.max(1, behavior.maximum - normal);
  return { normal: { ...behavior, maximum: normal }, sticky: { ...behavior, maximum: sticky } };
}
