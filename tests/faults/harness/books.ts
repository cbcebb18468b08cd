import type { PollWorkflowTaskQueueResponse } from "../../../api/gen/messages.js";
import { timestampMs } from "../../../api/timestamp.ts";
import { checkRuns } from "../../../simulation/invariants.ts";
import type { RunHistory } from "../../../simulation/invariants.ts";
import { Ledger } from "../../../simulation/ledger.ts";
import { fromPayloads } from "../../../simulation/values.ts";

/** Counts of what was acknowledged, for the account at the end. */
export interface Acknowledged {
  readonly starts: number;
  readonly signals: number;
  readonly updates: number;
  readonly cancels: number;
  readonly terminations: number;
  readonly activityCompletions: number;
  readonly workflowTasks: number;
  readonly workflowCompletions: number;
}

/** An acknowledged request to cancel, with the client's times around it. */
export interface CancelRequest {
  readonly workflowId: string;
  readonly sentAt: number;
  readonly acknowledgedAt: number;
}

/** What clients and workers of a real server were told: the simulation's ledger, and what only these suites do. */
export class Books {
  readonly ledger = new Ledger();
  /** Update id → the outcome that was told. */
  readonly updates = new Map<string, string>();
  readonly updatesSent = new Set<string>();
  readonly cancelRequests: CancelRequest[] = [];
  readonly #isClockSteady: boolean;
  /** Reasons of acknowledged terminations. */
  readonly terminated = new Set<string>();
  /** `workflow/run/started event id` of workflow tasks whose completion was acknowledged. */
  readonly tasks = new Set<string>();
  /** `workflow/run` of those that closed the run. */
  readonly completions = new Set<string>();

  /** Of requests that may come too late, the times say whether they did; under a clock that is stepped they say nothing. */
  constructor({ isClockSteady = true }: { readonly isClockSteady?: boolean | undefined } = {}) {
    this.#isClockSteady = isClockSteady;
  }

  taskCompleted(task: PollWorkflowTaskQueueResponse, isClosing: boolean): void {
    const run = `${task.workflowExecution?.workflowId}/${task.workflowExecution?.runId}`;
    this.tasks.add(`${run}/${task.startedEventId}`);
    if (isClosing) this.completions.add(run);
  }

  /** What was told until now. Heartbeats are not in it: whoever goes on with the copy has not heard them. */
  copy(): Books {
    const books = new Books({ isClockSteady: this.#isClockSteady });
    const { ledger } = this;
    for (const [workflowId, runId] of ledger.started) books.ledger.started.set(workflowId, runId);
    for (const [workflowId, ids] of ledger.signaled)
      for (const id of ids) books.ledger.signalAcknowledged(workflowId, id);
    for (const id of ledger.signalsSent) books.ledger.signalsSent.add(id);
    for (const [activity, at] of ledger.activities) books.ledger.activities.set(activity, at);
    for (const [id, outcome] of this.updates) books.updates.set(id, outcome);
    for (const id of this.updatesSent) books.updatesSent.add(id);
    books.cancelRequests.push(...this.cancelRequests);
    for (const reason of this.terminated) books.terminated.add(reason);
    for (const task of this.tasks) books.tasks.add(task);
    for (const run of this.completions) books.completions.add(run);
    return books;
  }

  get acknowledged(): Acknowledged {
    const { ledger } = this;
    return {
      starts: ledger.started.size,
      signals: [...ledger.signaled.values()].reduce((sum, ids) => sum + ids.size, 0),
      updates: this.updates.size,
      cancels: this.cancelRequests.length,
      terminations: this.terminated.size,
      activityCompletions: ledger.activities.size,
      workflowTasks: this.tasks.size,
      workflowCompletions: this.completions.size,
    };
  }

  /** Everything that was acknowledged and is missing or doubled, and every law that a history breaks. */
  check(runs: readonly RunHistory[]): string[] {
    const violations = [...this.ledger.violations];
    checkRuns(runs, this.ledger, violations);
    const seen: Seen = { updates: new Map(), tasks: new Set(), terminated: new Set(), closed: new Set() };
    for (const run of runs) read(run, seen, violations);
    for (const [id, outcome] of this.updates) {
      if (!seen.updates.has(id)) violations.push(`the acknowledged update ${id} is lost`);
      else if (seen.updates.get(id) !== outcome)
        violations.push(`update ${id} was told as ${outcome}, its history says ${seen.updates.get(id)}`);
    }
    for (const task of this.tasks)
      if (!seen.tasks.has(task)) violations.push(`the acknowledged workflow task ${task} is lost`);
    for (const run of this.completions)
      if (!seen.closed.has(run)) violations.push(`the acknowledged end of ${run} is lost`);
    if (this.#isClockSteady) checkCancelRequests(runs, this.cancelRequests, violations);
    for (const reason of this.terminated)
      if (!seen.terminated.has(reason)) violations.push(`the acknowledged termination ${reason} is lost`);
    return violations;
  }
}

interface Seen {
  readonly updates: Map<string, string>;
  readonly tasks: Set<string>;
  readonly terminated: Set<string>;
  readonly closed: Set<string>;
}

const RUNNING = 1;
const BY_THE_WORKER: ReadonlySet<number> = new Set([2, 3, 4, 6]); // Completed, failed, canceled, continued as new.

function read({ info, events }: RunHistory, seen: Seen, violations: string[]): void {
  const workflowId = info.execution?.workflowId ?? "";
  const run = `${workflowId}/${info.execution?.runId}`;
  if (info.status === RUNNING) violations.push(`${run} has not ended`);
  if (BY_THE_WORKER.has(info.status)) seen.closed.add(run);
  let cancelRequests = 0;
  const updates = new Set<string>();
  for (const event of events) {
    const completed = event.workflowTaskCompletedEventAttributes;
    if (completed !== undefined) seen.tasks.add(`${run}/${completed.startedEventId}`);
    if (event.workflowExecutionCancelRequestedEventAttributes !== undefined) cancelRequests++;
    const terminated = event.workflowExecutionTerminatedEventAttributes;
    if (terminated !== undefined) seen.terminated.add(terminated.reason);
    const update = event.workflowExecutionUpdateCompletedEventAttributes;
    if (update === undefined) continue;
    const id = update.meta?.updateId ?? "";
    // A repeated one may reach a later run of its workflow.
    if (updates.has(id)) violations.push(`${run}: update ${id} was recorded twice`);
    updates.add(id);
    seen.updates.set(id, String(fromPayloads(update.outcome?.success)));
  }
  if (cancelRequests > 1) violations.push(`${run}: its cancellation was recorded ${cancelRequests} times`);
}

/** A run that was open from before the request until after its answer has it. (Of a closed workflow there is nothing to cancel.) */
function checkCancelRequests(
  runs: readonly RunHistory[],
  requests: readonly CancelRequest[],
  violations: string[],
): void {
  const byId = Map.groupBy(runs, (run) => run.info.execution?.workflowId ?? "");
  for (const { workflowId, sentAt, acknowledgedAt } of requests) {
    for (const { info, events } of byId.get(workflowId) ?? []) {
      if (timestampMs(info.startTime) >= sentAt || timestampMs(info.closeTime) <= acknowledgedAt) continue;
      const isRecorded = events.some((event) => event.workflowExecutionCancelRequestedEventAttributes !== undefined);
      if (!isRecorded)
        violations.push(`the acknowledged cancel request of ${workflowId}/${info.execution?.runId} is lost`);
    }
  }
}
