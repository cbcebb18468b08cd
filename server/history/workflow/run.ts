/**
 * A workflow run inside one decision: the only way in which the machines see and change it.
 *
 * 1. Events get their ids here, in the order of `addEvent`; an event that may not interrupt a started workflow task
 *    goes to the buffer instead and gets its id when the task ends.
 * 2. `finish` runs once at the end of a decision: it writes the new events as one blob, the visibility row when an
 *    indexed field changed, and hands new tasks over after the commit.
 * 3. Workflow tasks that are not in the history yet (transient, speculative, started) take the next ids without
 *    consuming them; see machines/workflow-task.ts.
 */
import { EventType, WorkflowExecutionStatus } from "../../../api/gen/enums.js";
import { HistoryEvent, Priority } from "../../../api/gen/messages.js";
import { invalidArgument } from "../../../api/errors.ts";
import { assert } from "../../../base/index.ts";
import { BufferedPart, RunState } from "../gen/messages.js";
import type { HistoryEnv, Namespace } from "../env.ts";
import type { Limits } from "../limits.ts";
import { slotOf } from "../kernel/index.ts";
import type { EntityTx, Transaction } from "../kernel/index.ts";
import { encodeEvent, joinEvents } from "./event-log.ts";
import type { NewEvent } from "./event-log.ts";
import { isBufferable, isResolution } from "./event-types.ts";
import { dropTaskForBuffer, convertSpeculative, writeSpeculative } from "./machines/workflow-task.ts";
import { RunLimitError } from "./run-limit-error.ts";
import { partKey, partPrefix } from "./parts.ts";
import { turnOf } from "./priority.ts";
import type { TaskTurn } from "./priority.ts";
import { volatileOf } from "./run-volatile.ts";
import type { RunVolatile } from "./run-volatile.ts";
import { visibilityRow } from "./visibility-row.ts";

/** What `addEvent` answers for an event that went to the buffer. */
export const BUFFERED_EVENT_ID = -123;

const EMPTY_STATE: RunState = RunState.decode(new Uint8Array(0));

export type RunTx = EntityTx<RunState>;

/** Who decides: a caller, who can be refused; the server by itself; the server because a run is too large. */
export type DecisionOrigin = "caller" | "server" | "limit";

/** The runs that one decision touches; finished together. */
export class RunDecision {
  readonly env: HistoryEnv;
  readonly tx: Transaction;
  readonly origin: DecisionOrigin;
  readonly #runs: Run[] = [];

  constructor(env: HistoryEnv, tx: Transaction, origin: DecisionOrigin) {
    this.env = env;
    this.tx = tx;
    this.origin = origin;
  }

  /** The run whose workflow task is completed. */
  get completing(): Run | undefined {
    return this.#runs.find((run) => run.isCompletion);
  }

  open(view: RunTx): Run {
    for (const run of this.#runs) if (run.view === view) return run;
    const run = new Run(this, view);
    this.#runs.push(run);
    return run;
  }

  /** A new run of a workflow id; `state` is what differs from an empty one. */
  create(namespace: Namespace, ids: { workflowId: string; runId: string }, state: Partial<RunState>): Run {
    const view = this.tx.create<RunState>({
      kind: this.env.workflowKind,
      slot: slotOf(namespace.number, ids.workflowId),
      namespace: namespace.number,
      businessId: ids.workflowId,
      runId: ids.runId,
      state: { ...EMPTY_STATE, namespaceId: namespace.id, namespaceName: namespace.name, nextEventId: 1, ...state },
    });
    return this.open(view);
  }

  get runs(): readonly Run[] {
    return this.#runs;
  }

  finish(): void {
    for (const run of this.#runs) run.finish();
  }
}

export class Run {
  readonly decision: RunDecision;
  readonly view: RunTx;
  readonly env: HistoryEnv;
  /** Fixed for the whole decision. */
  readonly now: number;
  #events: Uint8Array[] = [];
  #eventBytes = 0;
  #firstEventId = 0;
  #isVisibilityStale = false;
  #isFinished = false;
  readonly #before: { readonly historySize: number; readonly events: number };
  /** The decision completes a workflow task. */
  isCompletion = false;

  constructor(decision: RunDecision, view: RunTx) {
    this.decision = decision;
    this.view = view;
    this.env = decision.env;
    this.now = view.now;
    this.#before = this.#measure();
  }

  #measure(): { historySize: number; events: number } {
    return { historySize: this.state.historySize, events: this.state.nextEventId - 1 };
  }

  get state(): RunState {
    return this.view.state;
  }

  get tx(): Transaction {
    return this.decision.tx;
  }

  get workflowId(): string {
    return this.view.identity.businessId;
  }

  get runId(): string {
    return this.view.identity.runId;
  }

  get namespaceNumber(): number {
    return this.view.identity.namespace;
  }

  /** The limits of the run's namespace. */
  get limits(): Limits {
    return this.env.limitsOf(this.state.namespaceName);
  }

  get isRunning(): boolean {
    return this.state.status === WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_RUNNING;
  }

  get volatile(): RunVolatile {
    return volatileOf(this.view.entity);
  }

  /** Where the run's tasks stand in their queues. */
  get turn(): TaskTurn {
    const { rawPriority } = this.state;
    return turnOf(rawPriority.length === 0 ? undefined : Priority.decode(rawPriority));
  }

  /** Counts a billable action in the run's namespace. */
  action(name: string, count = 1): void {
    this.tx.action(this.namespaceNumber, name, count);
  }

  /** An indexed field has changed: the visibility row is written with this decision. */
  touchVisibility(): void {
    this.#isVisibilityStale = true;
    this.view.touch();
  }

  // Events.

  /** What this decision has written and not yet handed to the store, encoded. */
  get newEvents(): readonly Uint8Array[] {
    return this.#events;
  }

  /** Begins a new run's history with events of another one, which keep their ids. They do not count as a transaction's. */
  copyEvents(encoded: readonly Uint8Array[]): void {
    const { state } = this;
    assert(this.#events.length === 0 && state.nextEventId > 0, "a history is copied before anything is written");
    this.view.appendHistory(state.nextEventId, joinEvents(encoded), encoded.length);
    state.nextEventId += encoded.length;
    for (const event of encoded) state.historySize += event.length;
  }

  /** True while a worker holds a workflow task: events from outside wait in the buffer. */
  get isBuffering(): boolean {
    const task = this.state.workflowTask;
    return task !== undefined && task.startedEventId !== 0;
  }

  get hasBufferedEvents(): boolean {
    return this.state.bufferedCount > 0;
  }

  /** Writes an event or buffers it; answers its id, `BUFFERED_EVENT_ID` for a buffered one. */
  addEvent(event: NewEvent, at = this.now): number {
    if (this.isBuffering && isBufferable(event.eventType as number)) return this.#buffer(event, at);
    convertSpeculative(this);
    const { state } = this;
    const eventId = state.nextEventId++;
    this.#push(encodeEvent(event, eventId, at), eventId);
    return eventId;
  }

  #push(encoded: Uint8Array, eventId: number): void {
    if (this.#events.length === 0) this.#firstEventId = eventId;
    this.#events.push(encoded);
    this.state.historySize += encoded.length;
    this.#eventBytes += encoded.length;
    this.view.touch();
  }

  #buffer(event: NewEvent, at: number): number {
    writeSpeculative(this);
    const { state } = this;
    const encoded = encodeEvent(event, 0, at);
    const sequence = ++state.bufferedNextSeq;
    this.view.setPart(partKey.buffered(sequence), BufferedPart.decode(BufferedPart.encode({ rawEvent: encoded })));
    state.bufferedCount++;
    state.bufferedSize += encoded.length;
    return BUFFERED_EVENT_ID;
  }

  /** The buffered events in order of arrival, decoded. */
  bufferedEvents(): { key: string; event: HistoryEvent }[] {
    const found: { key: string; sequence: number; event: HistoryEvent }[] = [];
    for (const [key, part] of this.view.partsOf<BufferedPart>(partPrefix.buffered)) {
      found.push({ key, sequence: Number(key.slice(2)), event: HistoryEvent.decode(part.rawEvent) });
    }
    return found.sort((a, b) => a.sequence - b.sequence);
  }

  dropBufferedEvent(key: string): void {
    const part = this.view.part<BufferedPart>(key);
    assert(part !== undefined, `buffered event ${key} exists`);
    this.state.bufferedCount--;
    this.state.bufferedSize -= part.rawEvent.length;
    this.view.deletePart(key);
  }

  /**
   * Gives the buffered events their ids and writes them; events that end something come last, and refer to the started
   * event that was buffered with them. True when there were any.
   */
  flushBufferedEvents(): boolean {
    const { state } = this;
    if (state.bufferedCount === 0) return false;
    assert(!this.isBuffering, "events are flushed when no workflow task is started");
    const buffered = this.bufferedEvents();
    const ordered = [
      ...buffered.filter(({ event }) => !isResolution(event.eventType)),
      ...buffered.filter(({ event }) => isResolution(event.eventType)),
    ];
    const startedIds = new Map<number, number>();
    for (const { key, event } of ordered) {
      this.dropBufferedEvent(key);
      const eventId = state.nextEventId++;
      wireStartedEventId(event, eventId, startedIds);
      this.#push(HistoryEvent.encode({ ...event, eventId, taskId: event.taskId + eventId }), eventId);
      this.#wireRequestId(event, eventId);
      this.#wireChild(event, eventId);
    }
    state.bufferedSize = 0;
    return true;
  }

  /** A child whose start was buffered learns the id of that event. */
  #wireChild(event: HistoryEvent, eventId: number): void {
    const started = event.childWorkflowExecutionStartedEventAttributes;
    if (started === undefined) return;
    const key = partKey.child(started.initiatedEventId);
    const part = this.view.part<object>(key);
    if (part !== undefined) this.view.setPart(key, { ...part, startedEventId: eventId });
  }

  /** A buffered signal's or option update's request id learns the event's id. */
  #wireRequestId(event: HistoryEvent, eventId: number): void {
    const requestId =
      event.workflowExecutionSignaledEventAttributes?.requestId ??
      event.workflowExecutionOptionsUpdatedEventAttributes?.attachedRequestId;
    if (requestId === undefined || requestId === "") return;
    const key = partKey.requestId(requestId);
    const part = this.view.part<object>(key);
    if (part !== undefined) this.view.setPart(key, { ...part, eventId });
  }

  /** A decision whose answer shows the new events calls this before it builds the answer; again does nothing. */
  finish(): void {
    this.#checkLimits();
    if (this.#events.length > 0) {
      this.view.appendHistory(this.#firstEventId, joinEvents(this.#events), this.#events.length);
      this.#events = [];
      this.wakeWatchers();
    }
    if (!this.view.isTouched || this.#isFinished) return;
    this.#isFinished = true;
    this.state.stateTransitionCount++;
    if (this.#isVisibilityStale && !this.view.isDeleted) {
      this.#isVisibilityStale = false;
      this.view.setVisibility(visibilityRow(this.env, this.view.identity, this.state));
    }
  }

  /** What a run keeps beside its history. */
  get stateBytes(): number {
    const { rawMemo, rawSearchAttributes } = this.state;
    return rawMemo.length + rawSearchAttributes.length + this.view.entity.parts.weight;
  }

  /** The end of an oversized run is not measured: it must fit. */
  #checkLimits(): void {
    const { limits } = this;
    if (this.#eventBytes > limits.transactionBytesMax) this.#refuseTransaction();
    if (!this.isRunning) return;
    if (this.view.isTouched && !this.view.isCreated && this.stateBytes > limits.stateBytesMax)
      throw new RunLimitError(this.view.entity, "Workflow mutable state size exceeds limit.");
    // A completed task is measured with what it adds; anything else is let in once more.
    const { historySize, events } = this.isCompletion ? this.#measure() : this.#before;
    if (this.#events.length > 0) {
      if (historySize > limits.historyBytesMax)
        throw new RunLimitError(this.view.entity, "Workflow history size exceeds limit.");
      if (events > limits.historyEventsMax)
        throw new RunLimitError(this.view.entity, "Workflow history count exceeds limit.");
    }
    const isFull =
      this.state.bufferedCount > limits.bufferedEventsMax || this.state.bufferedSize > limits.bufferedBytesMax;
    if (isFull && this.isBuffering) dropTaskForBuffer(this);
  }

  /** A worker would complete its task with the same commands again, and the server has nobody to refuse: their run ends. */
  #refuseTransaction(): void {
    const { origin, completing } = this.decision;
    // A run that another one's message or its own chain makes cannot end before it is there.
    if (origin === "limit" || (origin === "server" && this.view.isCreated)) return;
    const text = `transaction size of ${this.#eventBytes} bytes exceeds limit of ${this.limits.transactionBytesMax} bytes`;
    if (origin === "caller" && completing === undefined) throw invalidArgument(text);
    throw new RunLimitError((completing ?? this).view.entity, text, "Transaction size exceeds limit.");
  }

  /** Wakes whoever waits for news of this run, after the commit. */
  wakeWatchers(): void {
    const volatile = this.view.entity.volatile as RunVolatile | undefined;
    if (volatile === undefined || volatile.watchers.size === 0) return;
    this.tx.afterCommit(() => {
      for (const watcher of [...volatile.watchers]) watcher();
    });
  }
}

/** Close events of activities and children name their started event, which had no id yet when both were buffered. */
function wireStartedEventId(event: HistoryEvent, eventId: number, startedIds: Map<number, number>): void {
  if (event.eventType === EventType.EVENT_TYPE_ACTIVITY_TASK_STARTED) {
    startedIds.set(event.activityTaskStartedEventAttributes?.scheduledEventId ?? 0, eventId);
    return;
  }
  if (event.eventType === EventType.EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_STARTED) {
    startedIds.set(event.childWorkflowExecutionStartedEventAttributes?.initiatedEventId ?? 0, eventId);
    return;
  }
  const activity =
    event.activityTaskCompletedEventAttributes ??
    event.activityTaskFailedEventAttributes ??
    event.activityTaskTimedOutEventAttributes ??
    event.activityTaskCanceledEventAttributes;
  if (activity !== undefined) {
    if (activity.startedEventId === BUFFERED_EVENT_ID)
      activity.startedEventId = startedIds.get(activity.scheduledEventId) ?? 0;
    return;
  }
  const child =
    event.childWorkflowExecutionCompletedEventAttributes ??
    event.childWorkflowExecutionFailedEventAttributes ??
    event.childWorkflowExecutionCanceledEventAttributes ??
    event.childWorkflowExecutionTimedOutEventAttributes ??
    event.childWorkflowExecutionTerminatedEventAttributes;
  if (child !== undefined && child.startedEventId === BUFFERED_EVENT_ID)
    child.startedEventId = startedIds.get(child.initiatedEventId) ?? 0;
}
