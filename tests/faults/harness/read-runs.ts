import type { HistoryEvent, ListWorkflowExecutionsResponse, WorkflowExecutionInfo } from "../../../api/gen/messages.js";
import { durationMs } from "../../../api/duration.ts";
import { timestampMs } from "../../../api/timestamp.ts";
import { decodeHistory } from "../../../simulation/history-reads.ts";
import type { RunHistory } from "../../../simulation/invariants.ts";
import { billableActionsOf } from "../../../simulation/metering-rules.ts";
import { MeteringRow } from "../../../server/history/gen/messages.js";
import { openSqliteStore } from "../../../server/store/index.ts";
import type { Store } from "../../../server/store/index.ts";
import { pause } from "./connection.ts";
import type { Connection } from "./connection.ts";

const NAMESPACE = { namespace: "default" };
const READERS = 8;

/** Waits until no workflow runs; answers how many still do when the time is over. */
export async function allEnded(connection: Connection, withinMs: number): Promise<number> {
  const until = performance.now() + withinMs;
  for (;;) {
    const { count } = await connection.insist<{ count: number }>("countWorkflowExecutions", {
      ...NAMESPACE,
      query: "ExecutionStatus = 'Running'",
    });
    if (count === 0 || performance.now() > until) return count;
    await pause(100);
  }
}

/** All runs that the server lists, with their histories. */
export async function readRuns(connection: Connection): Promise<RunHistory[]> {
  const infos: WorkflowExecutionInfo[] = [];
  let nextPageToken = new Uint8Array(0);
  do {
    const page = await connection.insist<ListWorkflowExecutionsResponse>("listWorkflowExecutions", {
      ...NAMESPACE,
      pageSize: 500,
      nextPageToken,
    });
    infos.push(...page.executions);
    nextPageToken = Uint8Array.from(page.nextPageToken);
  } while (nextPageToken.length > 0);
  const runs: RunHistory[] = [];
  const queue = infos.values();
  const reader = async (): Promise<void> => {
    for (const info of queue) runs.push({ info, events: await readHistory(connection, info.execution as object) });
  };
  await Promise.all(Array.from({ length: READERS }, reader));
  return runs;
}

export async function readHistory(connection: Connection, execution: object): Promise<HistoryEvent[]> {
  const events: HistoryEvent[] = [];
  let nextPageToken = new Uint8Array(0);
  do {
    const page = await connection.insist<{ history: Uint8Array; nextPageToken: Uint8Array }>(
      "getWorkflowExecutionHistory",
      { ...NAMESPACE, execution, nextPageToken },
    );
    events.push(...decodeHistory(page.history));
    nextPageToken = Uint8Array.from(page.nextPageToken);
  } while (nextPageToken.length > 0);
  return events;
}

/** Billable actions are counted exactly once, whatever happened: the rows of the closed store against the histories. */
export async function checkMetering(folder: string, runs: readonly RunHistory[]): Promise<string[]> {
  return checkMeteringIn(await openSqliteStore({ folder, mode: "inline" }), runs);
}

/** Closes the store. */
export async function checkMeteringIn(store: Store, runs: readonly RunHistory[]): Promise<string[]> {
  const counts = new Map<string, number>();
  let at = { epoch: 0, batchNo: 0 };
  for (;;) {
    const rows = await store.readMetering({ lane: 0, afterEpoch: at.epoch, afterBatchNo: at.batchNo, limit: 1_000 });
    for (const row of rows)
      for (const { action, count } of MeteringRow.decode(row.blob).counts)
        counts.set(action, (counts.get(action) ?? 0) + count);
    const last = rows.at(-1);
    if (last === undefined) break;
    at = last;
  }
  await store.close();
  return billableActionsOf(runs)
    .filter(([action, count]) => (counts.get(action) ?? 0) !== count)
    .map(([action, count]) => `metering counts ${counts.get(action) ?? 0} of ${action}, the histories have ${count}`);
}

/** How much later than due a timer fired, at most. (That none fires early is a law of histories.) */
export function latestTimer(runs: readonly RunHistory[]): number {
  let latest = 0;
  for (const { events } of runs) {
    for (const event of events) {
      const started = events[(event.timerFiredEventAttributes?.startedEventId ?? 0) - 1];
      const attributes = started?.timerStartedEventAttributes;
      if (attributes === undefined) continue;
      const dueAt = timestampMs(started?.eventTime) + durationMs(attributes.startToFireTimeout);
      latest = Math.max(latest, timestampMs(event.eventTime) - dueAt);
    }
  }
  return latest;
}
