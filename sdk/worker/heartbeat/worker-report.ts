/** What a worker says of itself. */
import { availableParallelism, freemem, hostname, loadavg, totalmem } from "node:os";
import { pid, version } from "node:process";
import type { Input } from "../../../api/codec.ts";
import { duration } from "../../../api/duration.ts";
import { timestamp } from "../../../api/timestamp.ts";
import type { WorkerHeartbeat, WorkerHostInfo, WorkerPollerInfo, WorkerSlotsInfo } from "../../../api/gen/messages.js";
import type { WorkerStatus } from "../../../api/gen/enums.js";
import { sdkInfo } from "../../workflow/sdk-info.ts";
import type { CompiledWorkerOptions } from "../compiled-options.ts";
import type { Poller } from "../polling/poller.ts";
import type { Slots } from "../tuner/slots.ts";

/** The parts of a worker that a report tells of. */
export interface ReportedParts {
  readonly workflowSlots: AnySlots | undefined;
  readonly activitySlots: AnySlots;
  readonly localSlots: AnySlots;
  readonly workflowPoller: AnyPoller | undefined;
  readonly stickyPoller: AnyPoller | undefined;
  readonly activityPoller: AnyPoller | undefined;
  readonly cacheSize: () => number;
}

type AnySlots = Pick<Slots<never>, "inUse" | "processed" | "total" | "kind">;
type AnyPoller = Pick<Poller<never, never>, "outstanding" | "lastTaskAt" | "isScaling">;

export interface ReportFrame {
  readonly compiled: CompiledWorkerOptions;
  readonly instanceKey: string;
  readonly startedAt: number;
  readonly now: number;
  /** undefined for the first one. */
  readonly lastAt: number | undefined;
  readonly status: WorkerStatus;
}

export function reportOf(parts: ReportedParts, frame: ReportFrame): Input<WorkerHeartbeat> {
  const { compiled, instanceKey, startedAt, now, lastAt, status } = frame;
  return {
    workerInstanceKey: instanceKey,
    workerIdentity: compiled.identity,
    hostInfo: hostInfo(),
    taskQueue: compiled.taskQueue,
    deploymentVersion: compiled.given.workerDeploymentOptions?.version,
    sdkName: sdkInfo.name,
    sdkVersion: sdkInfo.version,
    status,
    startTime: timestamp(startedAt),
    heartbeatTime: timestamp(now),
    ...(lastAt !== undefined && { elapsedSinceLastHeartbeat: duration(now - lastAt) }),
    workflowTaskSlotsInfo: slotsInfo(parts.workflowSlots),
    activityTaskSlotsInfo: slotsInfo(parts.activitySlots),
    localActivitySlotsInfo: slotsInfo(parts.localSlots),
    workflowPollerInfo: pollerInfo(parts.workflowPoller),
    workflowStickyPollerInfo: pollerInfo(parts.stickyPoller),
    activityPollerInfo: pollerInfo(parts.activityPoller),
    currentStickyCacheSize: parts.cacheSize(),
    plugins: (compiled.given.plugins ?? []).map(({ name }) => ({ name })),
    environment: { runtimes: [{ type: RUNTIME_TYPE_NODE, version: version.slice(1) }] },
  };
}

const RUNTIME_TYPE_NODE = 3;

function hostInfo(): Input<WorkerHostInfo> {
  return {
    hostName: hostname(),
    processId: String(pid),
    currentHostCpuUsage: Math.min(1, (loadavg()[0] ?? 0) / availableParallelism()),
    currentHostMemUsage: 1 - freemem() / totalmem(),
  };
}

function slotsInfo(slots: AnySlots | undefined): Input<WorkerSlotsInfo> | undefined {
  if (slots === undefined) return undefined;
  const { inUse, processed, total, kind } = slots;
  return {
    currentAvailableSlots: total === undefined ? -1 : total - inUse,
    currentUsedSlots: inUse,
    slotSupplierKind: kind,
    totalProcessedTasks: processed,
  };
}

function pollerInfo(poller: AnyPoller | undefined): Input<WorkerPollerInfo> | undefined {
  if (poller === undefined) return undefined;
  const { outstanding, lastTaskAt, isScaling } = poller;
  return {
    currentPollers: outstanding,
    ...(lastTaskAt !== undefined && { lastSuccessfulPollTime: timestamp(lastTaskAt) }),
    isAutoscaling: isScaling,
  };
}
