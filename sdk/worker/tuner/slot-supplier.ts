/** How a worker decides whether it may take one more task. */
import type { Duration, WorkerDeploymentVersion } from "../../common/index.ts";
import type { ResourceBasedController } from "./resource-controller.ts";

/** Slots by kind of task. */
export interface TunerHolder {
  workflowTaskSlotSupplier: SlotSupplier<WorkflowSlotInfo>;
  activityTaskSlotSupplier: SlotSupplier<ActivitySlotInfo>;
  localActivityTaskSlotSupplier: SlotSupplier<LocalActivitySlotInfo>;
  nexusTaskSlotSupplier: SlotSupplier<NexusSlotInfo>;
}

/** Hands out slots as long as memory and CPU are below a target. */
export type WorkerTuner = ResourceBasedTuner | ResourceBasedTunerWithController | TunerHolder;

export type SlotSupplier<SI extends SlotInfo> =
  | ResourceBasedSlotsForType
  | FixedSizeSlotSupplier
  | CustomSlotSupplier<SI>;

interface SlotOptionsByType {
  /** At least 2, at most 1,000, every 10 ms. */
  workflowTaskSlotOptions?: ResourceBasedSlotOptions;
  /** At least 1, at most 2,000, every 50 ms. */
  activityTaskSlotOptions?: ResourceBasedSlotOptions;
  /** At least 1, at most 2,000, every 50 ms. */
  localActivityTaskSlotOptions?: ResourceBasedSlotOptions;
  /** At least 1, at most 2,000, every 50 ms. */
  nexusTaskSlotOptions?: ResourceBasedSlotOptions;
}

export interface ResourceBasedTuner extends SlotOptionsByType {
  tunerOptions: ResourceBasedTunerOptions;
  controller?: never;
}

/** A tuner whose controller several workers of one process may share. */
export interface ResourceBasedTunerWithController extends SlotOptionsByType {
  controller: ResourceBasedController;
  tunerOptions?: never;
}

export interface ResourceBasedTunerOptions {
  /** Part of the machine's (or container's) memory, 0 to 1, above which no slot is given. */
  targetMemoryUsage: number;
  /** Part of the machine's CPU time, 0 to 1, above which no slot is given. */
  targetCpuUsage: number;
}

export interface ResourceBasedSlotOptions {
  /** Given whatever the usage is. */
  minimumSlots?: number;
  maximumSlots?: number;
  /** Least time between two slots above the minimum. */
  rampThrottle?: Duration;
}

export type ResourceBasedSlotsForType = ResourceBasedSlotOptions & {
  type: "resource-based";
} & (
    | { tunerOptions: ResourceBasedTunerOptions; controller?: never }
    | { controller: ResourceBasedController; tunerOptions?: never }
  );

export interface FixedSizeSlotSupplier {
  type: "fixed-size";
  numSlots: number;
}

/** A supplier of the user's own. */
export interface CustomSlotSupplier<SI extends SlotInfo> {
  type: "custom";
  /** Resolves when a task may be taken; rejects with an AbortError once `abortSignal` fires. */
  reserveSlot(ctx: SlotReserveContext, abortSignal: AbortSignal): Promise<SlotPermit>;
  /** The same without waiting, for tasks that come with an answer; null when there is no slot. */
  tryReserveSlot(ctx: SlotReserveContext): SlotPermit | null;
  /** A task is about to run in a slot that was reserved. */
  markSlotUsed(ctx: SlotMarkUsedContext<SI>): void;
  /** The slot is free again, whether it was used or not. */
  releaseSlot(ctx: SlotReleaseContext<SI>): void;
}

export type SlotInfo = WorkflowSlotInfo | ActivitySlotInfo | LocalActivitySlotInfo | NexusSlotInfo;

export interface WorkflowSlotInfo {
  type: "workflow";
  workflowType: string;
  isSticky: boolean;
}

export interface ActivitySlotInfo {
  type: "activity";
  activityType: string;
}

export interface LocalActivitySlotInfo {
  type: "local-activity";
  activityType: string;
}

export interface NexusSlotInfo {
  type: "nexus";
  service: string;
  operation: string;
}

/** Whatever a supplier wants to find again when the slot is used and released. */
export type SlotPermit = object;

export interface SlotReserveContext {
  slotType: SlotInfo["type"];
  taskQueue: string;
  workerIdentity: string;
  workerBuildId: string;
  workerDeploymentVersion?: WorkerDeploymentVersion;
  /** Whether the poll is one for tasks of cached workflows. */
  isSticky: boolean;
}

export interface SlotMarkUsedContext<SI extends SlotInfo> {
  slotInfo: SI;
  permit: SlotPermit;
}

export interface SlotReleaseContext<SI extends SlotInfo> {
  /** Absent when the slot was never used. */
  slotInfo?: SI;
  permit: SlotPermit;
}
