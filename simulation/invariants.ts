/** What must hold when a simulated world has come to rest, whatever happened in it. */
import { createHash } from "node:crypto";
import { EventType } from "../api/gen/enums.js";
import type { HistoryEvent, ListWorkflowExecutionsResponse, WorkflowExecutionInfo } from "../api/gen/messages.js";
import { MeteringRow } from "../server/history/gen/messages.js";
import type { Ledger } from "./ledger.ts";
import { openMemoryStore } from "../server/store/index.ts";
import { decodeHistory } from "./worker.ts";
import type { World } from "./world.ts";
import { checkHistory } from "./history-rules.ts";

export interface RunHistory {
  readonly info: WorkflowExecutionInfo;
  readonly events: readonly HistoryEvent[];
}

export async function checkInvariants(world: World, ledger: Ledger): Promise<{ violations: string[]; digest: string }> {
  const violations: string[] = [];
  const runs = await readAll(world);
  checkRuns(runs, ledger, violations);
  await checkMetering(world, runs, violations);
  return { violations, digest: digestOf(runs) };
}

/** What must hold of all closed runs together, wherever they ran. */
export function checkRuns(runs: readonly RunHistory[], ledger: Ledger, violations: string[]): void {
  for (const { info, events } of runs) {
    const where = `${info.execution?.workflowId}/${info.execution?.runId}`;
    for (const fault of checkHistory(info, events)) violations.push(`${where}: ${fault}`);
  }
  checkStarts(runs, ledger, violations);
  checkSignals(runs, ledger, violations);
  checkActivities(runs, ledger, violations);
  checkFamilies(runs, violations);
}

async function readAll(world: World): Promise<RunHistory[]> {
  const runs: RunHistory[] = [];
  let nextPageToken = new Uint8Array(0);
  do {
    const page = await world.call<ListWorkflowExecutionsResponse>("listWorkflowExecutions", { namespace: "default", pageSize: 200, nextPageToken });
    for (const info of page.executions) runs.push({ info, events: await readHistory(world, info) });
    nextPageToken = Uint8Array.from(page.nextPageToken);
  } while (nextPageToken.length > 0);
  return runs.sort((a, b) => ((a.info.execution?.runId ?? "") < (b.info.execution?.runId ?? "") ? -1 : 1));
}

async function readHistory(world: World, info: WorkflowExecutionInfo): Promise<HistoryEvent[]> {
  const events: HistoryEvent[] = [];
  let nextPageToken = new Uint8Array(0);
  do {
    const page = await world.call<{ history: Uint8Array; nextPageToken: Uint8Array }>("getWorkflowExecutionHistory", { namespace: "default", execution: info.execution, nextPageToken });
    events.push(...decodeHistory(page.history));
    nextPageToken = Uint8Array.from(page.nextPageToken);
  } while (nextPageToken.length > 0);
  return events;
}

/** An acknowledged start made one run, and only one run of its id began a chain. */
function checkStarts(runs: readonly RunHistory[], ledger: Ledger, violations: string[]): void {
  const byId = Map.groupBy(runs, (run) => run.info.execution?.workflowId ?? "");
  for (const [workflowId, runId] of ledger.started) {
    const of = byId.get(workflowId) ?? [];
    if (!of.some((run) => run.info.execution?.runId === runId)) violations.push(`${workflowId}: the acknowledged run ${runId} does not exist`);
    const firsts = of.filter((run) => run.events[0]?.workflowExecutionStartedEventAttributes?.continuedExecutionRunId === "");
    if (firsts.length !== 1) violations.push(`${workflowId}: ${firsts.length} runs began a chain, one start was asked for`);
  }
}

/** An acknowledged signal is recorded; no run records one twice. (A repeated one may reach a later run of its workflow.) */
function checkSignals(runs: readonly RunHistory[], ledger: Ledger, violations: string[]): void {
  const seen = new Set<string>();
  for (const { events, info } of runs) {
    const here = new Set<string>();
    for (const event of events) {
      const requestId = event.workflowExecutionSignaledEventAttributes?.requestId ?? "";
      if (!ledger.signalsSent.has(requestId)) continue;
      if (here.has(requestId)) violations.push(`${info.execution?.workflowId}: signal ${requestId} was recorded twice`);
      here.add(requestId);
      seen.add(requestId);
    }
  }
  for (const [workflowId, requestIds] of ledger.signaled) {
    for (const requestId of requestIds) if (!seen.has(requestId)) violations.push(`${workflowId}: the acknowledged signal ${requestId} is lost`);
  }
}

/** An acknowledged completion is in the history, unless the run closed first. */
function checkActivities(runs: readonly RunHistory[], ledger: Ledger, violations: string[]): void {
  const completed = new Set<string>();
  for (const { info, events } of runs) {
    const ids = new Map<number, string>();
    for (const event of events) {
      if (event.activityTaskScheduledEventAttributes !== undefined) ids.set(event.eventId, event.activityTaskScheduledEventAttributes.activityId);
      if (event.activityTaskCompletedEventAttributes === undefined) continue;
      completed.add(`${info.execution?.workflowId}/${info.execution?.runId}/${ids.get(event.activityTaskCompletedEventAttributes.scheduledEventId)}`);
    }
  }
  // A run that closes while a task is started drops what is buffered behind it: cancel and terminate may do so.
  const closedEarly = new Set(runs.filter(({ info }) => info.status === 4 || info.status === 5).map(({ info }) => info.execution?.runId));
  for (const activity of ledger.activities) {
    if (!completed.has(activity) && !closedEarly.has(activity.split("/").at(-2))) violations.push(`the acknowledged completion of activity ${activity} is lost`);
  }
}

/** A started child knows its parent, and its end was told to a parent that was there to hear it. */
function checkFamilies(runs: readonly RunHistory[], violations: string[]): void {
  const byRun = new Map(runs.map((run) => [run.info.execution?.runId ?? "", run]));
  for (const { info, events } of runs) {
    const told = new Set<number>();
    for (const event of events) {
      const closed = event.childWorkflowExecutionCompletedEventAttributes ?? event.childWorkflowExecutionFailedEventAttributes ?? event.childWorkflowExecutionCanceledEventAttributes ?? event.childWorkflowExecutionTerminatedEventAttributes;
      if (closed === undefined) continue;
      if (told.has(closed.initiatedEventId)) violations.push(`${info.execution?.workflowId}: the end of child ${closed.initiatedEventId} was recorded twice`);
      told.add(closed.initiatedEventId);
    }
    for (const event of events) {
      const started = event.childWorkflowExecutionStartedEventAttributes;
      if (started !== undefined && !byRun.has(started.workflowExecution?.runId ?? "")) violations.push(`${info.execution?.workflowId}: its child ${started.workflowExecution?.workflowId} does not exist`);
    }
  }
}

/** Billable actions are counted exactly once, whatever crashed. */
async function checkMetering(world: World, runs: readonly RunHistory[], violations: string[]): Promise<void> {
  const store = openMemoryStore({ disk: world.disk });
  const counts = new Map<string, number>();
  for (let lane = 0; lane < world.plan.lanes; lane++) {
    let at = { epoch: 0, batchNo: 0 };
    for (;;) {
      const rows = await store.readMetering({ lane, afterEpoch: at.epoch, afterBatchNo: at.batchNo, limit: 1_000 });
      for (const row of rows) for (const { action, count } of MeteringRow.decode(row.blob).counts) counts.set(action, (counts.get(action) ?? 0) + count);
      if (rows.length < 1_000) break;
      at = rows.at(-1) as { epoch: number; batchNo: number };
    }
  }
  const expected = billableActionsOf(runs);
  for (const [action, count] of expected) if ((counts.get(action) ?? 0) !== count) violations.push(`metering counts ${counts.get(action) ?? 0} of ${action}, the histories have ${count}`);
}

/** Actions that the histories alone tell the number of. */
export function billableActionsOf(runs: readonly RunHistory[]): readonly (readonly [string, number])[] {
  const all = runs.flatMap((run) => run.events);
  return [
    ["start_timer", all.filter((event) => event.eventType === EventType.EVENT_TYPE_TIMER_STARTED).length],
    ["schedule_activity", all.filter((event) => event.eventType === EventType.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED).length],
    ["start_child_workflow", 2 * all.filter((event) => event.eventType === EventType.EVENT_TYPE_START_CHILD_WORKFLOW_EXECUTION_INITIATED).length],
    ["continue_as_new", all.filter((event) => event.eventType === EventType.EVENT_TYPE_WORKFLOW_EXECUTION_CONTINUED_AS_NEW).length],
    ["signal_external_workflow", all.filter((event) => event.eventType === EventType.EVENT_TYPE_SIGNAL_EXTERNAL_WORKFLOW_EXECUTION_INITIATED).length],
  ];
}

function digestOf(runs: readonly RunHistory[]): string {
  const hash = createHash("sha256");
  for (const { info, events } of runs) {
    hash.update(`${info.execution?.runId} ${info.status}\n`);
    for (const event of events) hash.update(`${event.eventId} ${event.eventType} ${event.eventTime?.seconds}.${event.eventTime?.nanos}\n`);
  }
  return hash.digest("hex").slice(0, 16);
}
