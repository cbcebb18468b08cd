import type { Input } from "../../../../api/codec.ts";
import type {
  GetWorkflowExecutionHistoryReverseRequest,
  GetWorkflowExecutionHistoryReverseResponse,
} from "../../../../api/gen/messages.js";
import type { HistoryEnv, Namespace } from "../../env.ts";
import { readEvents, snapshotHistory } from "../../history-reader.ts";
import type { HistorySnapshot } from "../../history-reader.ts";
import type { Entity } from "../../kernel/index.ts";
import { decideRun } from "../decide-run.ts";
import { joinEvents } from "../event-log.ts";
import { decodeHistoryPosition, encodeHistoryPosition } from "../history-page-token.ts";

/** The history from its end to its beginning, as it was when the first page was read. */
export async function getHistoryReverse(
  env: HistoryEnv,
  namespace: Namespace,
  request: GetWorkflowExecutionHistoryReverseRequest,
): Promise<Input<GetWorkflowExecutionHistoryReverseResponse>> {
  const position = decodeHistoryPosition(request);
  const { workflowId = "", runId = "" } = request.execution ?? {};
  const seen = await decideRun(env, namespace, { workflowId, runId: position?.runId ?? runId }, (run) => ({
    runId: run.runId,
    isRunning: run.isRunning,
    snapshot: snapshotHistory(run.view.entity as unknown as Entity, run.state.nextEventId),
  }));
  const { historyPageEventsMax } = env.limitsOf(namespace.name);
  const eventsMax =
    request.maximumPageSize > 0 ? Math.min(request.maximumPageSize, historyPageEventsMax) : historyPageEventsMax;
  const to = Math.min(position?.next ?? seen.snapshot.nextEventId, seen.snapshot.nextEventId);
  const events = await lastEvents(env, seen.snapshot, { to, eventsMax });
  const next = to - events.length;
  const nextPageToken =
    next <= 1
      ? undefined
      : encodeHistoryPosition({ runId: seen.runId, next, to: seen.snapshot.nextEventId, wasRunning: seen.isRunning });
  return { history: joinEvents(events.toReversed()), nextPageToken };
}

/** The events before `to`: fewer of them when so many are too large for one page. */
async function lastEvents(
  env: HistoryEnv,
  snapshot: HistorySnapshot,
  last: { to: number; eventsMax: number },
): Promise<readonly Uint8Array[]> {
  const { to } = last;
  for (let count = Math.min(last.eventsMax, to - 1); count > 0; count = Math.floor(count / 2)) {
    const page = await readEvents(env.store, snapshot, {
      from: to - count,
      to,
      eventsMax: count,
      bytesMax: env.limits.historyPageBytesMax,
    });
    if (page.next >= to) return page.events;
  }
  return [];
}
