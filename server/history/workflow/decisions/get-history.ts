import type { Input } from "../../../../api/codec.ts";
import { HistoryEventFilterType } from "../../../../api/gen/enums.js";
import type {
  GetWorkflowExecutionHistoryRequest,
  GetWorkflowExecutionHistoryResponse,
} from "../../../../api/gen/messages.js";
import type { HistoryEnv, Namespace } from "../../env.ts";
import { readEvents, snapshotHistory } from "../../history-reader.ts";
import type { HistorySnapshot } from "../../history-reader.ts";
import type { Entity } from "../../kernel/index.ts";
import { decideRun } from "../decide-run.ts";
import { joinEvents } from "../event-log.ts";
import { decodeHistoryPosition, encodeHistoryPosition } from "../history-page-token.ts";
import type { HistoryPosition } from "../history-page-token.ts";
import { unwrittenTaskEvents } from "../machines/workflow-task.ts";
import { asContinuedAsNew } from "../successor-view.ts";
import { waitForRun } from "../wait-for-run.ts";
import type { WaitCall } from "../wait-for-run.ts";
import type { Run } from "../run.ts";

export interface GetHistory {
  readonly request: GetWorkflowExecutionHistoryRequest;
  /** Workers see the events of a task that is not written yet; command line and web UI do not. */
  readonly showUnwritten: boolean;
  /** The client knows that a closed run may be followed by a retry or a cron run. */
  readonly followsNextRun: boolean;
  readonly call: WaitCall;
}

interface Seen {
  readonly runId: string;
  readonly isRunning: boolean;
  readonly closeEventId: number;
  /** Id after the last event that every reader sees. */
  readonly nextEventId: number;
  readonly snapshot: HistorySnapshot;
  readonly unwritten: readonly Uint8Array[];
  /** The events in `unwritten` begin with the task's Scheduled: it may yet come to nothing. */
  readonly isTransient: boolean;
}

export async function getHistory(
  env: HistoryEnv,
  namespace: Namespace,
  get: GetHistory,
): Promise<Input<GetWorkflowExecutionHistoryResponse>> {
  const { request } = get;
  const name = { workflowId: request.execution?.workflowId ?? "", runId: request.execution?.runId ?? "" };
  const position = decodeHistoryPosition(request);
  const isCloseOnly = request.historyEventFilterType === HistoryEventFilterType.HISTORY_EVENT_FILTER_TYPE_CLOSE_EVENT;
  const runName = { workflowId: name.workflowId, runId: position?.runId ?? name.runId };
  const look = (): Promise<Seen> => decideRun(env, namespace, runName, see);
  const isNews = (seen: Seen): boolean => !seen.isRunning || (!isCloseOnly && seen.nextEventId > (position?.next ?? 1));
  let seen = await look();
  if (request.waitNewEvent && !isNews(seen)) {
    seen = await waitForRun(env, namespace, {
      name: { ...runName, runId: seen.runId },
      call: get.call,
      look: see,
      isNews,
    });
  }
  return isCloseOnly ? closeReply(env, get, seen) : allReply(env, get, { seen, position });
}

function see(run: Run): Seen {
  const { state } = run;
  const unwritten = unwrittenTaskEvents(run, "other");
  const isTransient = state.workflowTask?.scheduledWritten === false;
  return {
    runId: run.runId,
    nextEventId: state.nextEventId + (isTransient ? 0 : unwritten.length),
    isRunning: run.isRunning,
    closeEventId: state.closeEventId,
    snapshot: snapshotHistory(run.view.entity as unknown as Entity, state.nextEventId),
    unwritten,
    isTransient,
  };
}

/** Only the last event; while the run is open, an empty page and, for one who waits, a token to wait on. */
async function closeReply(
  env: HistoryEnv,
  { request, followsNextRun }: GetHistory,
  seen: Seen,
): Promise<Input<GetWorkflowExecutionHistoryResponse>> {
  const { nextEventId } = seen.snapshot;
  if (seen.isRunning && request.waitNewEvent) {
    return {
      history: joinEvents([]),
      nextPageToken: encodeHistoryPosition({ runId: seen.runId, next: nextEventId, to: nextEventId, wasRunning: true }),
    };
  }
  if (seen.isRunning) return { history: joinEvents([]) };
  const last = nextEventId - 1;
  const page = await readEvents(env.store, seen.snapshot, {
    from: last,
    to: nextEventId,
    eventsMax: 1,
    bytesMax: env.limits.historyPageBytesMax,
  });
  return { history: joinEvents(followsNextRun ? page.events : page.events.map(asContinuedAsNew)) };
}

async function allReply(
  env: HistoryEnv,
  get: GetHistory,
  at: { seen: Seen; position: HistoryPosition | undefined },
): Promise<Input<GetWorkflowExecutionHistoryResponse>> {
  const { seen, position } = at;
  const { request } = get;
  const { historyPageEventsMax, historyPageBytesMax: bytesMax } = env.limits;
  const eventsMax =
    request.maximumPageSize > 0 ? Math.min(request.maximumPageSize, historyPageEventsMax) : historyPageEventsMax;
  const from = position?.next ?? 1;
  const written = seen.snapshot.nextEventId;
  const page = await readEvents(env.store, seen.snapshot, {
    from: Math.min(from, written),
    to: written,
    eventsMax,
    bytesMax,
  });
  const isLast = page.next >= written;
  const isOpenEnded = request.waitNewEvent && seen.isRunning;
  // The start of an ordinary task is an event to every reader, and will be written as such; a transient task may leave none.
  const showsUnwritten = isLast && (seen.isTransient ? get.showUnwritten : from < seen.nextEventId);
  const events = showsUnwritten ? [...page.events, ...seen.unwritten] : page.events;
  const next = isLast ? Math.max(from, seen.nextEventId) : page.next;
  const nextPageToken =
    isLast && !isOpenEnded
      ? undefined
      : encodeHistoryPosition({ runId: seen.runId, next, to: seen.nextEventId, wasRunning: seen.isRunning });
  return { history: joinEvents(events), nextPageToken };
}
