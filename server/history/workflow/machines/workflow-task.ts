/**
 * The workflow task: the one piece of work of a run that a worker may hold at a time.
 *
 * 1. At most one is pending. While it is started, events from outside are buffered.
 * 2. Its Started event is written with its end, not with its start: until then it lies in memory (and in the stored
 *    state when something else had to be stored). After a crash the task is handed out anew.
 * 3. A transient task (attempt above 1) has neither Scheduled nor Started in the history before its end; a failed one
 *    leaves no events at all. A speculative task (made for an update alone) is never stored.
 * 4. Events that are not written yet take the ids that follow the last written one, without consuming them.
 *
 *          schedule                start                 complete
 *   none ───────────► scheduled ───────────► started ──────────────► none
 *                        │  ▲                  │  fail / timeOut; takeBack (the same attempt)
 *                        │  └──────────────────┘  (next attempt, transient)
 *                        └── sticky time-out: again, on the normal queue
 */
import {
  EventType,
  SuggestContinueAsNewReason,
  TaskQueueKind,
  TimeoutType,
  WorkflowTaskFailedCause,
} from "../../../../api/gen/enums.js";
import { duration } from "../../../../api/duration.ts";
import { assert } from "../../../../base/index.ts";
import type { TaskQueue } from "../../../../api/gen/messages.js";
import type { Input } from "../../../../api/codec.ts";
import type { TaskQueueId } from "../../../matching/matching.ts";
import { WorkflowTask } from "../../gen/messages.js";
import type { RunState } from "../../gen/messages.js";
import type { Namespace } from "../../env.ts";
import { encodeEvent } from "../event-log.ts";
import type { NewEvent } from "../event-log.ts";
import { countProblem, noteProblem } from "./reported-problems.ts";
import { SERVER_IDENTITY } from "./server-identity.ts";
import { WORKFLOW_TASK_KIND } from "../task-kinds.ts";
import type { Run } from "../run.ts";
import { peekVolatile, unacceptedUpdates } from "../run-volatile.ts";

/** From this attempt on the time-out grows, so that a task that always fails is retried ever more slowly. */
const BACKOFF_FROM_ATTEMPT = 4;
const BACKOFF_FIRST_MS = 5_000;
const BACKOFF_MAX_MS = 10 * 60_000;
/** Workers try again within this, if the server was not away for long. */
const RECOVERED_STICKY_MS = 2_000;
const NOBODY = { identity: "" };
const EMPTY_TASK: WorkflowTask = WorkflowTask.decode(new Uint8Array(0));

export function normalQueue(run: Run): Input<TaskQueue> {
  return { name: run.state.taskQueue, kind: TaskQueueKind.TASK_QUEUE_KIND_NORMAL };
}

function scheduledQueue(run: Run): Input<TaskQueue> {
  const { sticky, taskQueue } = run.state;
  if (sticky === undefined) return normalQueue(run);
  return { name: sticky.name, kind: TaskQueueKind.TASK_QUEUE_KIND_STICKY, normalName: taskQueue };
}

/** Schedules a task if the run has none and may have one. */
export function ensureWorkflowTask(run: Run): void {
  if (!run.isRunning || run.state.backoff || run.state.workflowTask !== undefined) return;
  scheduleWorkflowTask(run);
}

/**
 * `originalScheduledAt`: start of a chain of heartbeats that this task goes on with. `inline`: the caller starts it at
 * once, so that it need not pass through matching.
 */
export function scheduleWorkflowTask(
  run: Run,
  options: { speculative?: boolean; inline?: boolean; keepBuffer?: boolean; originalScheduledAt?: number } = {},
): void {
  const { state, now } = run;
  assert(state.workflowTask === undefined, "a run has one workflow task at a time");
  if (options.keepBuffer !== true && run.flushBufferedEvents()) state.workflowTaskFailures = 0;
  if (state.pause !== undefined) return; // There is one again when the run is unpaused.
  const attempt = state.workflowTaskFailures + 1;
  const kind =
    options.speculative === true
      ? WORKFLOW_TASK_KIND.speculative
      : attempt > 1
        ? WORKFLOW_TASK_KIND.transient
        : WORKFLOW_TASK_KIND.normal;
  const sticky = options.inline === true ? state.sticky : usableSticky(run);
  const task: WorkflowTask = {
    ...EMPTY_TASK,
    kind,
    attempt,
    scheduledEventId: state.nextEventId,
    scheduledAt: now,
    originalScheduledAt: options.originalScheduledAt ?? now,
    timeoutMs: taskTimeoutMs(state.taskTimeoutMs, attempt),
    stamp: (state.workflowTaskStamp += 1),
    stickyName: sticky?.name ?? "",
    stickyExpiresAt: sticky === undefined ? 0 : now + sticky.scheduleToStartMs,
    scheduledWritten: kind === WORKFLOW_TASK_KIND.normal,
  };
  if (kind === WORKFLOW_TASK_KIND.normal) run.addEvent(scheduledEvent(run, task), now);
  if (kind !== WORKFLOW_TASK_KIND.speculative) run.view.touch();
  state.workflowTask = task;
  if (options.inline !== true) dispatchWorkflowTask(run);
}

/** A sticky queue that nobody has polled lately, or whose worker has died, is passed over without a write. */
function usableSticky(run: Run): { name: string; scheduleToStartMs: number } | undefined {
  const { sticky } = run.state;
  if (sticky === undefined) return undefined;
  const queue = { namespace: run.namespaceNumber, type: "workflow", name: sticky.name } as const;
  return isStickyUsable(run, queue) ? sticky : undefined;
}

export function isStickyUsable({ env, limits }: Run, queue: TaskQueueId): boolean {
  return env.matching.hasPoller(queue, limits.stickyNoPollerMs) && !env.matching.isAbandoned(queue);
}

function taskTimeoutMs(baseMs: number, attempt: number): number {
  if (attempt < BACKOFF_FROM_ATTEMPT) return baseMs;
  return baseMs + Math.min(BACKOFF_MAX_MS, BACKOFF_FIRST_MS * 2 ** (attempt - BACKOFF_FROM_ATTEMPT));
}

/**
 * Hands the scheduled task to matching; `putBack` when it was handed out before. It is given to a worker of another
 * process once it is durable, whenever matching has it; to one of this process early, so that what the worker answers is
 * in the same commit.
 */
export function dispatchWorkflowTask(run: Run, how: "add" | "putBack" = "add"): void {
  const task = run.state.workflowTask;
  if (task === undefined || task.startedEventId !== 0) return;
  const { slot, id } = run.view.identity;
  const name = task.stickyName === "" ? run.state.taskQueue : task.stickyName;
  const queue = { namespace: run.namespaceNumber, type: "workflow", name } as const;
  const queued = {
    slot,
    id,
    taskId: task.scheduledEventId,
    stamp: task.stamp,
    ...run.turn,
    scheduledAt: task.scheduledAt,
  };
  const { matching } = run.env;
  const handOver = (): void => matching[how](queue, queued);
  if (matching.isPolledHere(queue)) run.tx.afterDecision(handOver);
  else run.tx.afterCommit(handOver);
}

/** The task waits at another place in its queue than before. What waits at the old one is obsolete. */
export function moveWorkflowTask(run: Run): void {
  const { state } = run;
  const task = state.workflowTask;
  if (task === undefined || task.startedEventId !== 0) return;
  state.workflowTask = { ...task, stamp: (state.workflowTaskStamp += 1) };
  dispatchWorkflowTask(run);
}

/**
 * After a restart nobody polls yet: a worker that lives does so soon, and for one that does not the task need not wait as
 * long as its sticky queue would be waited for else. The shorter time is in memory only, and keeps the run there.
 */
export function shortenSticky(run: Run): void {
  const task = run.state.workflowTask;
  if (task === undefined || task.startedEventId !== 0 || task.stickyName === "") return;
  const stickyExpiresAt = Math.min(task.stickyExpiresAt, run.now + RECOVERED_STICKY_MS);
  run.state.workflowTask = { ...task, stickyExpiresAt };
}

export function isStickyShortened({ workflowTask: task, sticky }: RunState): boolean {
  if (task === undefined || sticky === undefined || task.stickyName === "") return false;
  return task.stickyExpiresAt < task.scheduledAt + sticky.scheduleToStartMs;
}

function scheduledEvent(run: Run, task: WorkflowTask): NewEvent {
  return {
    eventType: EventType.EVENT_TYPE_WORKFLOW_TASK_SCHEDULED,
    workflowTaskScheduledEventAttributes: {
      taskQueue: scheduledQueue(run),
      startToCloseTimeout: duration(task.timeoutMs),
      attempt: task.attempt,
    },
  };
}

function startedEvent(task: WorkflowTask): NewEvent {
  return {
    eventType: EventType.EVENT_TYPE_WORKFLOW_TASK_STARTED,
    workflowTaskStartedEventAttributes: {
      scheduledEventId: task.scheduledEventId,
      identity: task.identity,
      requestId: task.requestId,
      suggestContinueAsNew: task.suggestContinueAsNew,
      suggestContinueAsNewReasons: task.suggestReasons,
      historySizeBytes: task.historySizeAtStart,
      workerVersion: task.buildId === "" ? undefined : { buildId: task.buildId },
    },
  };
}

export interface StartTask {
  readonly identity: string;
  readonly requestId: string;
  readonly buildId: string;
  readonly namespace: Namespace;
}

/** A worker takes the scheduled task. Not a durable change. */
export function startWorkflowTask(run: Run, start: StartTask): WorkflowTask {
  const { state, now } = run;
  let task = state.workflowTask;
  assert(task !== undefined && task.startedEventId === 0, "a scheduled workflow task is started once");
  if (!task.scheduledWritten && task.scheduledEventId !== state.nextEventId) task = makeNormal(run, task);
  const reasons = suggestReasons(run);
  const started: WorkflowTask = {
    ...task,
    startedEventId: task.scheduledWritten ? state.nextEventId : task.scheduledEventId + 1,
    startedAt: now,
    identity: start.identity,
    requestId: start.requestId,
    buildId: task.scheduledWritten ? start.buildId : "",
    suggestContinueAsNew: reasons.length > 0,
    suggestReasons: reasons,
    historySizeAtStart: state.historySize,
  };
  if (task.stickyName === "" && state.sticky !== undefined) state.sticky = undefined; // The worker on the normal queue has no cache of this run.
  state.workflowTask = started;
  run.wakeWatchers(); // The start is an event to those who follow the history, although it is not written yet.
  return started;
}

/** Events were written since the task was scheduled: it gets a Scheduled event of its own after them. */
function makeNormal(run: Run, task: WorkflowTask): WorkflowTask {
  const { state } = run;
  if (task.kind === WORKFLOW_TASK_KIND.transient) state.workflowTaskFailures = 0;
  const normal = {
    ...task,
    kind: WORKFLOW_TASK_KIND.normal,
    attempt: state.workflowTaskFailures + 1,
    scheduledEventId: state.nextEventId,
    scheduledWritten: true,
  };
  run.addEvent(scheduledEvent(run, normal), task.scheduledAt);
  return normal;
}

/** A speculative task that is waiting becomes a normal one before an event is written behind it. */
export function convertSpeculative(run: Run): void {
  const task = run.state.workflowTask;
  if (task === undefined || task.kind !== WORKFLOW_TASK_KIND.speculative || task.startedEventId !== 0) return;
  run.state.workflowTask = undefined;
  run.state.workflowTask = makeNormal(run, task);
}

/**
 * A speculative task that a worker holds becomes a normal one before an event is buffered behind it: what is stored
 * then tells a server that starts anew that a task is pending, which the event waits for.
 */
export function writeSpeculative(run: Run): void {
  const task = run.state.workflowTask;
  if (task === undefined || task.kind !== WORKFLOW_TASK_KIND.speculative || task.startedEventId === 0) return;
  writeStarted(run, NOBODY);
  run.state.workflowTask = { ...task, kind: WORKFLOW_TASK_KIND.normal, scheduledWritten: true, startedWritten: true };
}

function suggestReasons(run: Run): number[] {
  const { limits } = run;
  const reasons: number[] = [];
  if (run.state.historySize >= limits.historyBytesSuggestContinueAsNew)
    reasons.push(SuggestContinueAsNewReason.SUGGEST_CONTINUE_AS_NEW_REASON_HISTORY_SIZE_TOO_LARGE);
  if (run.state.nextEventId - 1 >= limits.historyEventsSuggestContinueAsNew)
    reasons.push(SuggestContinueAsNewReason.SUGGEST_CONTINUE_AS_NEW_REASON_TOO_MANY_HISTORY_EVENTS);
  const updates = run.state.updateCount + unacceptedUpdates(peekVolatile(run.view.entity));
  if (updates >= limits.updatesPerRunMax * limits.updatesSuggestContinueAsNew)
    reasons.push(SuggestContinueAsNewReason.SUGGEST_CONTINUE_AS_NEW_REASON_TOO_MANY_UPDATES);
  return reasons;
}

/**
 * The events of the pending task that are not in the history yet, as its worker must see them at its end. Other readers
 * do not learn who works on a task that may leave no events.
 */
export function unwrittenTaskEvents(run: Run, reader: "worker" | "other" = "worker"): Uint8Array[] {
  const pending = run.state.workflowTask;
  const task =
    pending !== undefined && reader === "other" && !pending.scheduledWritten ? { ...pending, identity: "" } : pending;
  if (task === undefined) return [];
  // Other events took the ids of a waiting task: it gets new ones when it is started.
  if (!task.scheduledWritten && task.startedEventId === 0 && task.scheduledEventId !== run.state.nextEventId) return [];
  const events: Uint8Array[] = [];
  if (!task.scheduledWritten)
    events.push(encodeEvent(scheduledEvent(run, task), task.scheduledEventId, task.scheduledAt));
  if (task.startedEventId !== 0 && !task.startedWritten)
    events.push(encodeEvent(startedEvent(task), task.startedEventId, task.startedAt));
  return events;
}

/**
 * Writes what the history does not have of a started task, and ends it. The caller adds the event that says how.
 * `by`: who ends it, which then stands for who started a task without a Scheduled event; nobody for a time-out.
 */
export function writeStarted(run: Run, by: { identity: string; buildId?: string }): WorkflowTask {
  const { state } = run;
  const task = state.workflowTask;
  assert(task !== undefined && task.startedEventId !== 0, "only a started workflow task ends");
  state.workflowTask = undefined;
  let { scheduledEventId, startedEventId } = task;
  if (!task.scheduledWritten) scheduledEventId = run.addEvent(scheduledEvent(run, task), task.scheduledAt);
  if (!task.startedWritten)
    startedEventId = run.addEvent(
      startedEvent({ ...task, scheduledEventId, ...(task.scheduledWritten ? undefined : by) }),
      task.startedAt,
    );
  return { ...task, scheduledEventId, startedEventId };
}

export interface FailTask {
  readonly cause: number;
  readonly failure: Uint8Array | undefined;
  readonly identity: string;
  readonly binaryChecksum?: string;
  readonly baseRunId?: string;
  readonly newRunId?: string;
}

/** The worker, or the server on its behalf, gives the task up. Only the first attempt leaves events. */
export function failWorkflowTask(run: Run, fail: FailTask): void {
  const { state } = run;
  const task = state.workflowTask;
  assert(task !== undefined && task.startedEventId !== 0, "only a started workflow task fails");
  if (task.kind === WORKFLOW_TASK_KIND.transient) {
    state.workflowTask = undefined;
    run.view.touch();
  } else {
    noteProblem(run, { failedCause: fail.cause });
    const { scheduledEventId, startedEventId } = writeStarted(run, { identity: fail.identity });
    run.addEvent({
      eventType: EventType.EVENT_TYPE_WORKFLOW_TASK_FAILED,
      workflowTaskFailedEventAttributes: { scheduledEventId, startedEventId, ...fail },
    });
  }
  countFailure(run);
}

/** The buffer behind a started task is full: the task is taken from its worker, so that the events find their place. */
export function dropTaskForBuffer(run: Run): void {
  failWorkflowTask(run, {
    cause: WorkflowTaskFailedCause.WORKFLOW_TASK_FAILED_CAUSE_FORCE_CLOSE_COMMAND,
    failure: undefined,
    identity: SERVER_IDENTITY,
  });
  scheduleWorkflowTask(run, { keepBuffer: true });
  run.flushBufferedEvents();
}

/**
 * The worker that was to get the task had gone before: it waits again, in its place in the queue, and what was buffered
 * behind it comes before its start. Its updates and queries go out with whoever takes it next.
 */
export function takeBackWorkflowTask(run: Run): void {
  const { state } = run;
  const task = state.workflowTask;
  assert(task !== undefined && task.startedEventId !== 0, "only a started workflow task is taken back");
  // The history has its start already, or nobody is to start it.
  if (task.startedWritten || state.pause !== undefined) return dropTaskForBuffer(run);
  const { identity, requestId, buildId, startedEventId, startedAt } = EMPTY_TASK;
  state.workflowTask = { ...task, identity, requestId, buildId, startedEventId, startedAt };
  // What is stored may say that it is started.
  if (task.kind !== WORKFLOW_TASK_KIND.speculative) run.view.touch();
  run.flushBufferedEvents();
  dispatchWorkflowTask(run, "putBack");
}

/** A failure on the sticky queue only costs the stickiness: the next task has the whole history and may well succeed. */
function countFailure(run: Run): void {
  const { state } = run;
  if (state.sticky !== undefined) {
    state.sticky = undefined;
    return;
  }
  state.workflowTaskFailures++;
  countProblem(run);
}

/** The worker did not answer in time. */
export function timeOutStartedTask(run: Run): void {
  const { state } = run;
  const task = state.workflowTask;
  assert(task !== undefined && task.startedEventId !== 0, "only a started workflow task times out by start-to-close");
  if (task.kind === WORKFLOW_TASK_KIND.transient) {
    state.workflowTask = undefined;
    run.view.touch();
  } else {
    noteProblem(run, { timeoutType: TimeoutType.TIMEOUT_TYPE_START_TO_CLOSE });
    const { scheduledEventId, startedEventId } = writeStarted(run, NOBODY);
    addTimedOut(run, { scheduledEventId, startedEventId, timeoutType: TimeoutType.TIMEOUT_TYPE_START_TO_CLOSE });
  }
  countFailure(run);
}

/** Nobody took the task from the sticky queue in time: it goes to the normal one. */
export function timeOutStickyTask(run: Run): void {
  const { state } = run;
  const task = state.workflowTask;
  assert(
    task !== undefined && task.startedEventId === 0 && task.stickyName !== "",
    "only a waiting sticky task times out by schedule-to-start",
  );
  state.workflowTask = undefined;
  state.sticky = undefined;
  if (task.scheduledWritten)
    addTimedOut(run, {
      scheduledEventId: task.scheduledEventId,
      startedEventId: 0,
      timeoutType: TimeoutType.TIMEOUT_TYPE_SCHEDULE_TO_START,
    });
  scheduleWorkflowTask(run, { speculative: task.kind === WORKFLOW_TASK_KIND.speculative });
}

function addTimedOut(
  run: Run,
  attributes: { scheduledEventId: number; startedEventId: number; timeoutType: number },
): void {
  run.addEvent({
    eventType: EventType.EVENT_TYPE_WORKFLOW_TASK_TIMED_OUT,
    workflowTaskTimedOutEventAttributes: attributes as never,
  });
}
