/** What must hold when a simulated world has come to rest, whatever happened in it. */
import { createHash } from "node:crypto";
import type {
  DescribeWorkflowExecutionResponse,
  ListWorkflowExecutionsResponse,
  WorkflowExecutionInfo,
} from "../api/gen/messages.js";
import { WorkflowExecutionStatus } from "../api/gen/enums.js";
import type { HistoryEvent } from "../api/gen/messages.js";
import { timestampMs } from "../api/timestamp.ts";
import { checkHistory } from "./history-rules.ts";
import { readHistory } from "./history-reads.ts";
import type { Ledger } from "./ledger.ts";
import { FLEETING, FLEETING_RETENTION_MS } from "./operations/fleeting.ts";
import { checkFamilies, checkFamilyTimes } from "./family-rules.ts";
import { checkMetering } from "./metering-rules.ts";
import { checkPunctuality, LATE_MS_MAX } from "./punctuality-rules.ts";
import { checkStored } from "./stored-rules.ts";
import { checkTold } from "./told-rules.ts";
import { checkUpdates } from "./update-rules.ts";
import { STICKY_TIMEOUT_MS } from "./worker.ts";
import type { World } from "./world.ts";

export interface RunHistory {
  readonly info: WorkflowExecutionInfo;
  readonly events: readonly HistoryEvent[];
}

/** Runs of which everything that a description says is compared. */
const DESCRIBED_EVERY = 10;

export async function checkInvariants(world: World, ledger: Ledger): Promise<{ violations: string[]; digest: string }> {
  const violations: string[] = [];
  const runs = await readAll(world);
  checkRuns(runs, ledger, violations, 2 * world.plan.clockOffMsMax);
  checkTimes(world, runs, ledger, violations);
  checkCancels(world, runs, ledger, violations);
  await checkDescriptions(world, runs, violations);
  await checkRegistry(world, ledger, violations);
  await checkStored(world, violations);
  await checkMetering(world, runs, violations); // Last: it takes the disk away from the server.
  return { violations, digest: digestOf(runs) };
}

/** What must hold of all closed runs together, wherever they ran. */
export function checkRuns(runs: readonly RunHistory[], ledger: Ledger, violations: string[], doubtMs = 0): void {
  for (const { info, events } of runs) {
    const where = `${info.execution?.workflowId}/${info.execution?.runId}`;
    for (const fault of checkHistory(info, events, doubtMs)) violations.push(`${where}: ${fault}`);
  }
  checkStarts(runs, ledger, violations);
  checkSignals(runs, ledger, violations);
  checkActivities(runs, ledger, violations);
  checkFamilies(runs, violations);
  checkTold(runs, violations);
  checkUpdates(runs, ledger, violations);
}

async function readAll(world: World): Promise<RunHistory[]> {
  const runs: RunHistory[] = [];
  let nextPageToken = new Uint8Array(0);
  do {
    const page = await world.call<ListWorkflowExecutionsResponse>("listWorkflowExecutions", {
      namespace: "default",
      pageSize: 200,
      nextPageToken,
    });
    for (const info of page.executions) runs.push({ info, events: await readHistory(world, info.execution) });
    nextPageToken = Uint8Array.from(page.nextPageToken);
  } while (nextPageToken.length > 0);
  return runs.sort((a, b) => ((a.info.execution?.runId ?? "") < (b.info.execution?.runId ?? "") ? -1 : 1));
}

/** Nothing comes too late, either. */
function checkTimes(world: World, runs: readonly RunHistory[], ledger: Ledger, violations: string[]): void {
  const doubtMs = 2 * world.plan.clockOffMsMax;
  checkFamilyTimes(runs, violations, LATE_MS_MAX + doubtMs);
  const steadiness = { since: world.steadySince + doubtMs, storeMs: 2 * world.plan.storeSlowMsMax };
  world.handed.checkAttempts(steadiness, violations);
  for (const { info, events } of runs) {
    const workflowId = info.execution?.workflowId ?? "";
    const faults: string[] = [];
    const mayBeginEarly = ledger.updated.has(workflowId);
    checkPunctuality(events, faults, {
      doubtMs,
      stickyMs: STICKY_TIMEOUT_MS,
      mayBeginEarly,
      idleMs: (poll, from, to) => world.idlePolls[poll]?.msBetween(from, to) ?? 0,
    });
    world.handed.check({ events, runId: info.execution?.runId }, steadiness, faults);
    for (const fault of faults) violations.push(`${workflowId}/${info.execution?.runId}: ${fault}`);
  }
}

/** An acknowledged start made one run, and only one run of its id began a chain. */
function checkStarts(runs: readonly RunHistory[], ledger: Ledger, violations: string[]): void {
  const byId = Map.groupBy(runs, (run) => run.info.execution?.workflowId ?? "");
  for (const [workflowId, runId] of ledger.started) {
    const of = byId.get(workflowId) ?? [];
    if (runId !== "" && !of.some((run) => run.info.execution?.runId === runId))
      violations.push(`${workflowId}: the acknowledged run ${runId} does not exist`);
    const firsts = of.filter(
      (run) => run.events[0]?.workflowExecutionStartedEventAttributes?.continuedExecutionRunId === "",
    );
    if (firsts.length !== 1)
      violations.push(`${workflowId}: ${firsts.length} runs began a chain, one start was asked for`);
  }
  const all = new Set(runs.map(({ info }) => `${info.execution?.workflowId}/${info.execution?.runId}`));
  for (const run of ledger.runs) if (!all.has(run)) violations.push(`the acknowledged run ${run} does not exist`);
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
      seen.add(`${info.execution?.workflowId}/${requestId}`);
    }
  }
  for (const [workflowId, requestIds] of ledger.signaled) {
    for (const requestId of requestIds)
      if (!seen.has(`${workflowId}/${requestId}`))
        violations.push(`${workflowId}: the acknowledged signal ${requestId} is lost`);
  }
}

/** An acknowledged cancellation is recorded once per run, unless the chain had closed; an acknowledged termination has ended a run. */
function checkCancels(world: World, runs: readonly RunHistory[], ledger: Ledger, violations: string[]): void {
  const cancelled = new Set<string>();
  const terminated = new Set<string>();
  const closedAt = new Map<string, number>();
  for (const { info, events } of runs) {
    const workflowId = info.execution?.workflowId ?? "";
    const requests = events.filter(
      (event) => event.workflowExecutionCancelRequestedEventAttributes !== undefined,
    ).length;
    if (requests > 0) cancelled.add(workflowId);
    if (requests > 1) violations.push(`${workflowId}: ${requests} requests to cancel were recorded`);
    if (info.status === WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_TERMINATED) terminated.add(workflowId);
    closedAt.set(workflowId, Math.max(closedAt.get(workflowId) ?? 0, timestampMs(info.closeTime)));
  }
  const doubtMs = 2 * world.plan.clockOffMsMax;
  for (const [workflowId, at] of ledger.cancelled) {
    if (!cancelled.has(workflowId) && (closedAt.get(workflowId) ?? 0) > at + doubtMs)
      violations.push(`${workflowId}: the acknowledged cancellation is lost`);
  }
  for (const workflowId of ledger.terminated)
    if (!terminated.has(workflowId)) violations.push(`${workflowId}: the acknowledged termination is lost`);
}

/** An acknowledged completion is in the history, unless the run closed first. */
function checkActivities(runs: readonly RunHistory[], ledger: Ledger, violations: string[]): void {
  const completed = new Set<string>();
  for (const { info, events } of runs) {
    const ids = new Map<number, string>();
    for (const event of events) {
      if (event.activityTaskScheduledEventAttributes !== undefined)
        ids.set(event.eventId, event.activityTaskScheduledEventAttributes.activityId);
      if (event.activityTaskCompletedEventAttributes === undefined) continue;
      completed.add(
        `${info.execution?.workflowId}/${info.execution?.runId}/${ids.get(event.activityTaskCompletedEventAttributes.scheduledEventId)}`,
      );
    }
  }
  // A run that closes while a task is started drops what is buffered behind it: cancel, terminate and time-out may do so.
  const dropping: readonly number[] = [4, 5, 7];
  const closedEarly = new Set(
    runs.filter(({ info }) => dropping.includes(info.status)).map(({ info }) => info.execution?.runId),
  );
  for (const activity of ledger.activities.keys()) {
    if (!completed.has(activity) && !closedEarly.has(activity.split("/").at(-2)))
      violations.push(`the acknowledged completion of activity ${activity} is lost`);
  }
}

/** A description says what the list and the history say, and of a closed run that nothing is pending. */
async function checkDescriptions(world: World, runs: readonly RunHistory[], violations: string[]): Promise<void> {
  for (let at = 0; at < runs.length; at += DESCRIBED_EVERY) {
    const { info, events } = runs[at] as RunHistory;
    const described = await world.call<DescribeWorkflowExecutionResponse>("describeWorkflowExecution", {
      namespace: "default",
      execution: info.execution,
    });
    const says = described.workflowExecutionInfo;
    if (says?.status !== info.status || says.historyLength !== events.length)
      violations.push(
        `${info.execution?.workflowId}: described with status ${says?.status} and ${says?.historyLength} events, listed with ${info.status} and ${events.length}`,
      );
    const pending =
      described.pendingActivities.length +
      described.pendingChildren.length +
      (described.pendingWorkflowTask === undefined ? 0 : 1);
    if (pending > 0) violations.push(`${info.execution?.workflowId}: closed, and ${pending} things are pending`);
  }
}

/** Namespaces that were registered are there; workflows whose deletion was acknowledged are not. */
async function checkRegistry(world: World, ledger: Ledger, violations: string[]): Promise<void> {
  for (const namespace of ledger.namespaces) {
    const found = await world.call("describeNamespace", { namespace }).then(
      () => true,
      () => false,
    );
    if (!found) violations.push(`the acknowledged namespace ${namespace} is lost`);
  }
  await checkRetention(world, ledger, violations);
  if (ledger.deleted.size === 0) return;
  const page = await world.call<ListWorkflowExecutionsResponse>("listWorkflowExecutions", {
    namespace: "second",
    pageSize: 1_000,
  });
  for (const { execution } of page.executions)
    if (ledger.deleted.has(execution?.runId ?? ""))
      violations.push(`${execution?.workflowId} is listed after its deletion was acknowledged`);
}

/** What a namespace keeps no longer is gone in the end. */
async function checkRetention(world: World, ledger: Ledger, violations: string[]): Promise<void> {
  if (ledger.fleeting.size === 0) return;
  await world.time.sleep(FLEETING_RETENTION_MS + RETENTION_ROUND_MS + 2 * world.plan.clockOffMsMax);
  const page = await world.call<ListWorkflowExecutionsResponse>("listWorkflowExecutions", {
    namespace: FLEETING,
    query: "ExecutionStatus != 'Running'",
    pageSize: 1_000,
  });
  for (const { execution } of page.executions)
    violations.push(`${execution?.workflowId} is still there, though its retention is over`);
}

/** From the end of a retention until what is over is gone. */
const RETENTION_ROUND_MS = 60_000;

function digestOf(runs: readonly RunHistory[]): string {
  const hash = createHash("sha256");
  for (const { info, events } of runs) {
    hash.update(`${info.execution?.runId} ${info.status}\n`);
    for (const event of events)
      hash.update(`${event.eventId} ${event.eventType} ${event.eventTime?.seconds}.${event.eventTime?.nanos}\n`);
  }
  return hash.digest("hex").slice(0, 16);
}
