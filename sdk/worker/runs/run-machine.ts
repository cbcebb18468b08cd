/**
 * One run between its history and its code: history goes in, activations come out; commands go in, and either history
 * confirms them (replay) or they go to the server.
 *
 * The driver's round, for each task of the history:
 *
 *   beginTask ─▶ nextActivation ─▶ (code) ─▶ complete ─┐      ─▶ endTask
 *                     ▲────────────────────────────────┘ until there is none
 *
 * 1. A task's events end with its WorkflowTaskStarted. What the events after it hold (`upcoming`) is known in replay:
 *    patches, ends of local activities, accepted updates.
 * 2. Tasks that failed or timed out never happened: their events belong to the task that did.
 * 3. The code learns the same things in the same activations, whether it is replayed or not.
 */
import { EventType } from "../../../api/gen/enums.js";
import {
  WorkflowExecutionUpdateAcceptedEventAttributes,
  WorkflowExecutionUpdateAdmittedEventAttributes,
  WorkflowTaskCompletedEventAttributes,
  WorkflowTaskCompletedMetadata,
  WorkflowTaskStartedEventAttributes,
} from "../../../api/gen/messages.js";
import type { UpdateRequest } from "../../../api/gen/messages.js";
import type {
  Activation,
  ActivationCompletion,
  ActivationJob,
  DeploymentVersion,
  QueryWorkflow,
} from "../../workflow/activation.ts";
import { applyCommand, inOrder, isClosing } from "./code-commands.ts";
import type { Answers } from "./code-commands.ts";
import { expectAllShown, isOfCommand, matchCommand } from "./command-matching.ts";
import { applyEvent } from "./event-jobs.ts";
import type { HistoryEvent } from "./history-event.ts";
import { endLocalActivity, endOfMarker } from "./machines/local-activity.ts";
import type { LocalActivityEnd } from "./machines/local-activity.ts";
import { deliverUpdate } from "./machines/update.ts";
import type { Delivery } from "./machines/update.ts";
import { readMarker } from "./markers.ts";
import { LazyMap } from "./lazy-map.ts";
import { RunState } from "./run-state.ts";
import type { Pending, RunIdentity } from "./run-state.ts";

/** What completed tasks say that their worker did; ours say all of it. */
const CORE_FLAGS = {
  comparesIds: 1,
  listsPatches: 2,
  movesClosingCommand: 3,
} as const;

export interface SdkName {
  readonly name: string;
  readonly version: string;
}

/** The answer to a task, in the run's own terms. */
export interface TaskAnswer extends Answers {
  readonly commands: readonly Pending[];
  readonly langUsedFlags: readonly number[];
  /** Only for the first task that this run completes. */
  readonly coreUsedFlags: readonly number[];
  readonly sdk: SdkName | undefined;
  readonly versioningBehavior: number;
}

const NO_REASONS: readonly number[] = [];

export class RunMachine {
  readonly run: RunState;
  readonly sdk: SdkName;
  readonly #ownDeployment: DeploymentVersion | undefined;
  /** Id of the WorkflowTaskStarted of the last task that began. */
  lastStartedEventId = 0;
  #lastScheduledEventId = 0;
  #appliedEventId = 0;
  /** Whether the code has given its closing command. */
  isClosed = false;
  failure: Extract<ActivationCompletion, { status: "failed" }> | undefined;
  /** How long a task may take; 0 until the first event is seen. */
  taskTimeoutMs = 0;
  /** Of all events seen, as an estimate of what the run weighs. */
  historyBytes = 0;

  #events: readonly HistoryEvent[] = [];
  #at = 0;
  #answers: Answers = { queries: [], rejections: [] };
  readonly #coreFlags = new LazyMap<number, true>();
  readonly #langFlags = new LazyMap<number, true>();
  #newLangFlags: number[] = [];
  /** Of the worker that completed the last task seen. */
  #sdkName = "";
  #sdkVersion = "";
  #deployment: DeploymentVersion | undefined;
  #versioningBehavior = 0;
  readonly #admitted = new LazyMap<string, UpdateRequest>();
  #task: Omit<Activation, "jobs" | "nowMs"> | undefined;

  constructor(identity: RunIdentity, { sdk, deployment }: { sdk: SdkName; deployment: DeploymentVersion | undefined }) {
    this.run = new RunState(identity);
    this.sdk = sdk;
    this.#ownDeployment = deployment;
  }

  /** Takes history from where the last task left it: events that it knows are passed over. */
  feed(events: readonly HistoryEvent[]): void {
    this.#events = events;
    this.#at = 0;
    while ((events[this.#at]?.id ?? Infinity) <= this.#appliedEventId) this.#at++;
  }

  /**
   * The server threw the last task away, because it changed nothing: history goes on after an earlier task, and other
   * events take the ids of the lost ones. Those before them stay applied.
   */
  rewind(lastStartedEventId: number): void {
    this.lastStartedEventId = lastStartedEventId;
    this.#appliedEventId = this.#lastScheduledEventId - 1;
  }

  /**
   * Applies the events up to the next task, if there is one.
   *
   * @param liveStartedEventId of the task that is to be answered; all before it are replayed
   * @param deliveries updates that came with that task
   */
  beginTask(liveStartedEventId: number, deliveries: readonly Delivery[] = []): boolean {
    const end = this.#endOfTask();
    if (end === -1) return false;
    const { run } = this;
    const started = this.#events[end] as HistoryEvent;
    run.isReplaying = started.id !== liveStartedEventId;
    const upcoming = run.isReplaying ? this.#lookAhead(end) : deliveries;
    this.#apply(end, upcoming);
    for (const delivery of upcoming) {
      deliverUpdate(run, delivery, run.isReplaying ? "accepted before" : "validate");
    }
    for (const job of run.firstJobs) if (job.kind === "initializeWorkflow") this.taskTimeoutMs = job.taskTimeoutMs;
    this.#events = this.#at === this.#events.length ? [] : this.#events;
    this.#describe(started);
    return true;
  }

  /** Checks what history holds after its last task; for histories that are complete. */
  finish(): void {
    const last = this.#events.at(-1);
    const end = this.#events.length - 1;
    if (last === undefined || this.#at > end) return;
    const hasCompletion = this.#events.some(
      ({ type }, index) => index >= this.#at && type === EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED,
    );
    this.#applyCommandEvents(end);
    this.#at = end + 1;
    if (hasCompletion) expectAllShown(this.run, last.id);
  }

  nextActivation(): Activation | undefined {
    if (this.isClosed || this.failure !== undefined) return undefined;
    if (!this.run.hasJobs()) this.#endNextLocalActivity();
    return this.run.hasJobs() ? this.#activation(this.run.takeJobs()) : undefined;
  }

  /** Queries come alone, when the code has come to rest. */
  queryActivation(queries: readonly QueryWorkflow[]): Activation {
    return this.#activation(queries);
  }

  complete(completion: ActivationCompletion): void {
    if (completion.status === "failed") {
      this.failure = completion;
      return;
    }
    const { run } = this;
    for (const flag of completion.usedInternalFlags) {
      if (this.#langFlags.has(flag)) continue;
      this.#langFlags.set(flag, true);
      if (!run.isReplaying) this.#newLangFlags.push(flag);
    }
    this.#versioningBehavior = completion.versioningBehavior;
    const keeps = !run.isReplaying || this.#coreFlags.has(CORE_FLAGS.movesClosingCommand);
    for (const command of inOrder(completion.commands, keeps ? "keep what follows" : "drop what follows")) {
      applyCommand(run, command, this.#answers);
      this.isClosed ||= isClosing(command);
    }
  }

  /** The end of a local activity that ran here. */
  endLocalActivity(seq: number, end: LocalActivityEnd): void {
    const local = this.run.locals.get(seq);
    if (local !== undefined && !this.isClosed) endLocalActivity(this.run, local, end);
  }

  /** Everything asked for in this task is on its way; what was not asked to be sent is no secret any more. */
  endTask(): TaskAnswer {
    const answers = this.#answers;
    this.#answers = { queries: [], rejections: [] };
    this.run.upcomingEnds.clear();
    this.run.upcomingPatches.clear();
    const langUsedFlags = this.#newLangFlags;
    this.#newLangFlags = [];
    const isFirst = !this.run.isReplaying && this.#sdkName !== this.sdk.name;
    const coreUsedFlags = this.run.isReplaying ? [] : this.#missingCoreFlags();
    if (isFirst) {
      this.#sdkName = this.sdk.name;
      this.#sdkVersion = this.sdk.version;
    }
    return {
      ...answers,
      commands: this.run.send(),
      langUsedFlags,
      coreUsedFlags,
      sdk: isFirst ? this.sdk : undefined,
      versioningBehavior: this.#versioningBehavior,
    };
  }

  #missingCoreFlags(): number[] {
    const missing = Object.values(CORE_FLAGS).filter((flag) => !this.#coreFlags.has(flag));
    for (const flag of missing) this.#coreFlags.set(flag, true);
    return missing;
  }

  /** Index of the WorkflowTaskStarted of the next task that was completed, or is open; -1 when there is none. */
  #endOfTask(): number {
    const events = this.#events;
    for (let i = this.#at; i < events.length; i++) {
      if ((events[i] as HistoryEvent).type !== EventType.EVENT_TYPE_WORKFLOW_TASK_STARTED) continue;
      const next = events[i + 1];
      if (next === undefined) return i;
      if (next.type === EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED && !this.#isHeartbeat(i)) return i;
    }
    return -1;
  }

  /**
   * A completion that asks for nothing but another task, so that a local activity may go on. The official SDKs give such
   * tasks to the code as one in replay, with the time of the last; we give them as they came.
   */
  #isHeartbeat(at: number): boolean {
    if (this.#events[at + 2]?.type !== EventType.EVENT_TYPE_WORKFLOW_TASK_SCHEDULED) return false;
    this.#readCompletion(this.#events[at + 1] as HistoryEvent);
    return this.#sdkName !== this.sdk.name;
  }

  /** What the task that ends there came to: its commands are the events that follow. */
  #lookAhead(end: number): Delivery[] {
    const { run } = this;
    const updates: Delivery[] = [];
    const completed = this.#events[end + 1];
    if (completed?.type !== EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED) return updates;
    this.#readCompletion(completed);
    for (let i = end + 2; i < this.#events.length; i++) {
      const event = this.#events[i] as HistoryEvent;
      if (!isOfCommand(event.type)) break;
      if (event.type === EventType.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ACCEPTED) updates.push(this.#delivery(event));
      if (event.type !== EventType.EVENT_TYPE_MARKER_RECORDED) continue;
      const marker = readMarker(event);
      if (marker.kind === "localActivity") run.upcomingEnds.set(marker.seq, marker);
      else if (marker.kind === "patch") {
        run.upcomingPatches.set(marker.patchId, true);
        run.firstJobs.push({ kind: "notifyHasPatch", patchId: marker.patchId });
      }
    }
    return updates;
  }

  #delivery(event: HistoryEvent): Delivery {
    const accepted = event.attributes(WorkflowExecutionUpdateAcceptedEventAttributes);
    const { protocolInstanceId } = accepted;
    return {
      protocolInstanceId,
      requestMessageId: accepted.acceptedRequestMessageId,
      sequencingEventId: accepted.acceptedRequestSequencingEventId,
      request: accepted.acceptedRequest ?? this.#admitted.get(protocolInstanceId) ?? NO_REQUEST,
    };
  }

  /** The events up to a WorkflowTaskStarted: first what the last task's commands left, then what happened since. */
  #apply(end: number, updates: readonly Delivery[]): void {
    const { run } = this;
    this.#admitUpdates(end, updates);
    const next = this.#applyCommandEvents(end);
    expectAllShown(run, (this.#events[end] as HistoryEvent).id);
    for (let i = next; i <= end; i++) {
      const event = this.#events[i] as HistoryEvent;
      this.historyBytes += event.sizeBytes;
      if (isOfCommand(event.type)) matchCommand(run, event, this.#idComparison);
      else if (event.type > LAST_KNOWN_TYPE) refuseUnknown(event);
      else applyEvent(run, event);
    }
    this.#at = end + 1;
  }

  get #idComparison(): "compare ids" | "types only" {
    return this.#coreFlags.has(CORE_FLAGS.comparesIds) ? "compare ids" : "types only";
  }

  /** Returns the index after them. */
  #applyCommandEvents(end: number): number {
    let i = this.#at;
    for (; i <= end; i++) {
      const event = this.#events[i] as HistoryEvent;
      if (event.type === EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED) this.#readCompletion(event);
      else if (isOfCommand(event.type)) matchCommand(this.run, event, this.#idComparison);
      else break;
      this.historyBytes += event.sizeBytes;
    }
    this.run.isAfterPatch = false;
    return i;
  }

  /** Updates that a reset kept lie in events of their own, and the server sends no message for them. */
  #admitUpdates(end: number, updates: readonly Delivery[]): void {
    for (let i = this.#at; i <= end; i++) {
      const event = this.#events[i] as HistoryEvent;
      if (event.type !== EventType.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ADMITTED) continue;
      const { request } = event.attributes(WorkflowExecutionUpdateAdmittedEventAttributes);
      if (request?.meta !== undefined) this.#admitted.set(request.meta.updateId, request);
    }
    for (const update of updates) this.#admitted.delete(update.protocolInstanceId);
  }

  #readCompletion(event: HistoryEvent): void {
    const { sdkMetadata, deploymentVersion, workerVersion } = event.attributes(WorkflowTaskCompletedEventAttributes);
    const buildId = workerVersion?.buildId ?? "";
    this.#deployment = deploymentVersion ?? (buildId === "" ? undefined : { deploymentName: "", buildId });
    if (sdkMetadata === undefined || sdkMetadata.length === 0) return;
    const metadata = WorkflowTaskCompletedMetadata.decode(sdkMetadata);
    for (const flag of metadata.coreUsedFlags) this.#coreFlags.set(flag, true);
    for (const flag of metadata.langUsedFlags) this.#langFlags.set(flag, true);
    this.#sdkName = metadata.sdkName || this.#sdkName;
    this.#sdkVersion = metadata.sdkVersion || this.#sdkVersion;
  }

  #describe(started: HistoryEvent): void {
    const attributes = started.attributes(WorkflowTaskStartedEventAttributes);
    const { run } = this;
    run.nowMs = Math.max(run.nowMs, started.timeMs);
    this.lastStartedEventId = started.id;
    this.#appliedEventId = started.id;
    this.#lastScheduledEventId = attributes.scheduledEventId;
    this.#task = {
      runId: run.identity.runId,
      isReplaying: run.isReplaying,
      historyLength: started.id,
      historySizeBytes: attributes.historySizeBytes,
      continueAsNewSuggested: attributes.suggestContinueAsNew,
      suggestContinueAsNewReasons:
        attributes.suggestContinueAsNewReasons.length === 0 ? NO_REASONS : attributes.suggestContinueAsNewReasons,
      targetWorkerDeploymentVersionChanged: attributes.targetWorkerDeploymentVersionChanged,
      deploymentVersionForCurrentTask: run.isReplaying ? this.#deployment : this.#ownDeployment,
      availableInternalFlags: [...this.#langFlags.keys()],
      lastSdkVersion: this.#sdkVersion,
    };
  }

  #activation(jobs: readonly ActivationJob[]): Activation {
    if (this.#task === undefined) throw new Error("A run has no activation before its first task");
    return { ...this.#task, nowMs: this.run.nowMs, jobs };
  }

  /** In replay: the next end that history tells, if the code has asked for that activity yet. */
  #endNextLocalActivity(): void {
    const { run } = this;
    if (run.upcomingEnds.size === 0) return;
    const [[, marker] = []] = run.upcomingEnds;
    const local = marker === undefined ? undefined : run.locals.get(marker.seq);
    if (marker !== undefined && local !== undefined) endLocalActivity(run, local, endOfMarker(marker));
  }
}

const LAST_KNOWN_TYPE = Math.max(...Object.values(EventType));

function refuseUnknown({ id, type, mayBeIgnored }: HistoryEvent): void {
  if (!mayBeIgnored) throw new Error(`Event ${id} of the history is of type ${type}, which is newer than this SDK`);
}

const NO_REQUEST: UpdateRequest = {
  meta: undefined,
  input: undefined,
  requestId: "",
  completionCallbacks: [],
  links: [],
};
