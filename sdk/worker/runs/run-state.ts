/**
 * What the machines of one run share: what the code asked for and history does not show yet, what is under way, and the
 * jobs of the next activation.
 *
 * 1. `fresh` are the commands of the task at hand: one may still be dropped, because what it asks for was cancelled.
 *    `sent` are those of the task before it: history shows an event for each, in their order.
 * 2. An operation is in one map by its `seq` until it is over, and in `byEventId` from its first event on.
 * 3. Machines know nothing of each other.
 */
import type { EventType } from "../../../api/gen/enums.js";
import type { ActivationJob, PayloadMap, WorkflowCommand } from "../../workflow/activation.ts";
import { LazyMap } from "./lazy-map.ts";
import type { Activity } from "./machines/activity.ts";
import type { ChildWorkflow } from "./machines/child-workflow.ts";
import type { ExternalRequest } from "./machines/external-workflow.ts";
import type { LocalActivity } from "./machines/local-activity.ts";
import type { LocalActivityMarker } from "./markers.ts";
import type { NexusOperation } from "./machines/nexus-operation.ts";
import type { Patch } from "./machines/patch.ts";
import type { Timer } from "./machines/timer.ts";
import type { Update } from "./machines/update.ts";

export type Operation =
  | Timer
  | Activity
  | LocalActivity
  | ChildWorkflow
  | ExternalRequest
  | NexusOperation
  | Patch
  | Update
  | Plain;

/** A command that begins nothing. */
export interface Plain {
  readonly kind: "plain";
}

/** What machines ask for beside the commands of code. */
export type MachineCommand =
  | { readonly kind: "recordLocalActivity"; readonly activity: LocalActivity }
  | { readonly kind: "requestCancelChild"; readonly child: ChildWorkflow; readonly reason: string }
  | { readonly kind: "acceptUpdate"; readonly update: Update }
  | { readonly kind: "completeUpdate"; readonly update: Update };

export type OutgoingCommand = WorkflowCommand | MachineCommand;

/** A command on its way into history. */
export interface Pending {
  /** Of the event that it leaves there. */
  readonly eventType: EventType;
  readonly command: OutgoingCommand;
  readonly operation: Operation;
  status: "fresh" | "sent" | "dropped";
}

/** What each operation has that may be taken back before it is sent. */
export interface Begun {
  start: Pending | undefined;
}

/** Takes back what is not on its way yet; says whether it could. */
export function takeBack(operation: Begun): boolean {
  if (operation.start?.status !== "fresh") return false;
  operation.start.status = "dropped";
  return true;
}

export interface RunIdentity {
  readonly namespace: string;
  readonly workflowId: string;
  readonly runId: string;
  readonly workflowType: string;
  readonly taskQueue: string;
}

export class RunState {
  readonly identity: RunIdentity;
  isReplaying = true;
  /** Time of the workflow, in milliseconds since the epoch. */
  nowMs = 0;
  fresh: Pending[] = [];
  sent: Pending[] = [];
  /** How many of `sent` history has shown. */
  shown = 0;

  readonly timers = new LazyMap<number, Timer>();
  readonly activities = new LazyMap<number, Activity>();
  readonly locals = new LazyMap<number, LocalActivity>();
  /** Those whose marker is on its way into history. */
  readonly endedLocals = new LazyMap<number, LocalActivity>();
  /** Ends that markers of the task at hand tell, in their order: known in replay only. */
  readonly upcomingEnds = new LazyMap<number, LocalActivityMarker>();
  readonly children = new LazyMap<number, ChildWorkflow>();
  readonly signals = new LazyMap<number, ExternalRequest>();
  readonly nexusOperations = new LazyMap<number, NexusOperation>();
  readonly updates = new LazyMap<string, Update>();
  readonly byEventId = new LazyMap<number, Operation>();

  /** Ids of patches that history holds, or will when the task at hand is answered; the order is theirs there. */
  readonly patches = new LazyMap<string, true>();
  /** Those that the events of the task at hand hold: known in replay only. */
  readonly upcomingPatches = new LazyMap<string, true>();
  /** Whether the event after a patch's marker may be the search attribute that says so. */
  isAfterPatch = false;

  /** What a successor has when the code does not say: the memo of the start, the search attributes as they are now. */
  memo: PayloadMap | undefined;
  searchAttributes: PayloadMap | undefined;

  // Jobs of the next activation, by their place in it.
  firstJobs: ActivationJob[] = [];
  messageJobs: ActivationJob[] = [];
  otherJobs: ActivationJob[] = [];

  constructor(identity: RunIdentity) {
    this.identity = identity;
  }

  /** Puts a command behind the others of this task. */
  push(eventType: EventType, command: OutgoingCommand, operation: Operation = PLAIN): Pending {
    const pending: Pending = { eventType, command, operation, status: "fresh" };
    this.fresh.push(pending);
    return pending;
  }

  /** The same for a command that begins an operation. */
  begin(eventType: EventType, command: OutgoingCommand, operation: Operation & Begun): void {
    operation.start = this.push(eventType, command, operation);
  }

  hasJobs(): boolean {
    return this.firstJobs.length + this.messageJobs.length + this.otherJobs.length > 0;
  }

  takeJobs(): readonly ActivationJob[] {
    const { firstJobs, messageJobs, otherJobs } = this;
    if (firstJobs.length > 1) firstJobs.sort((one, other) => rank(one) - rank(other));
    const jobs = firstJobs.length + messageJobs.length === 0 ? otherJobs : [...firstJobs, ...messageJobs, ...otherJobs];
    this.firstJobs = [];
    this.messageJobs = [];
    this.otherJobs = [];
    return jobs;
  }

  /** Everything that is not dropped is on its way to the server now. */
  send(): readonly Pending[] {
    const sending = this.fresh.filter(({ status }) => status === "fresh");
    for (const pending of sending) pending.status = "sent";
    this.sent = this.shown === this.sent.length ? sending : [...this.sent.slice(this.shown), ...sending];
    this.shown = 0;
    this.fresh = [];
    return sending;
  }
}

const RANKS: readonly string[] = ["initializeWorkflow", "notifyHasPatch", "updateRandomSeed"];

function rank({ kind }: ActivationJob): number {
  return RANKS.indexOf(kind);
}

const PLAIN: Plain = { kind: "plain" };
