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

/** How many tasks of a type may run at once: a number, by resources, or a supplier of the program's own. */
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

/** Slots by the use of CPU and memory. */
export interface ResourceBasedTuner extends SlotOptionsByType {
  tunerOptions: ResourceBasedTunerOptions;
  controller?: never;
}

/** A tuner whose controller several workers of one process may share. */
export interface ResourceBasedTunerWithController extends SlotOptionsByType {
  controller: ResourceBasedController;
  tunerOptions?: never;
}

/** Which shares of CPU and memory are to be used. */
export interface ResourceBasedTunerOptions {
  /** Part of the machine's (or container's) memory, 0 to 1, above which no slot is given. */
  targetMemoryUsage: number;
  /** Part of the machine's CPU time, 0 to 1, above which no slot is given. */
  targetCpuUsage: number;
}

/** How many tasks at once there are at least and at most, and how fast new ones may begin. */
export interface ResourceBasedSlotOptions {
  /** Given whatever the usage is. */
  minimumSlots?: number;
  maximumSlots?: number;
  /** Least time between two slots above the minimum. */
  rampThrottle?: Duration;
}

/** Slots of one type of task, by the use of CPU and memory. */
export type ResourceBasedSlotsForType = ResourceBasedSlotOptions & {
  type: "resource-based";
} & (
    | { tunerOptions: ResourceBasedTunerOptions; controller?: never }
    | { controller: ResourceBasedController; tunerOptions?: never }
  );

/** So many tasks at once. */
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

/** The task for which a slot is used. */
export type SlotInfo = WorkflowSlotInfo | ActivitySlotInfo | LocalActivitySlotInfo | NexusSlotInfo;

/** The workflow for whose task a slot is used. */
export interface WorkflowSlotInfo {
  type: "workflow";
  workflowType: string;
  isSticky: boolean;
}

/** The activity for which a slot is used. */
export interface ActivitySlotInfo {
  type: "activity";
  activityType: string;
}

/** The local activity for which a slot is used. */
export interface LocalActivitySlotInfo {
  type: "local-activity";
  activityType: string;
}

/** The Nexus operation for which a slot is used. */
export interface NexusSlotInfo {
  type: "nexus";
  service: string;
  operation: string;
}

/** Whatever a supplier wants to find again when the slot is used and released. */
export type SlotPermit = object;

/** What a slot supplier knows when it is asked for a slot. */
export interface SlotReserveContext {
  slotType: SlotInfo["type"];
  taskQueue: string;
  workerIdentity: string;
  workerBuildId: string;
  workerDeploymentVersion?: WorkerDeploymentVersion;
  /** Whether the poll is one for tasks of cached workflows. */
  isSticky: boolean;
}

/** A slot supplier is told that a slot is used. */
export interface SlotMarkUsedContext<SI extends SlotInfo> {
  slotInfo: SI;
  permit: SlotPermit;
}

/** A slot supplier is told that a slot is free again. */
export interface SlotReleaseContext<SI extends SlotInfo> {
  /** Absent when the slot was never used. */
  slotInfo?: SI;
  permit: SlotPermit;
}
