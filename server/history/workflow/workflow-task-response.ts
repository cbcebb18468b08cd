import { optionalTimestamp } from "../../../api/timestamp.ts";
import type { Input } from "../../../api/codec.ts";
import type { PollWorkflowTaskQueueResponse } from "../../../api/gen/messages.js";
import { HistoryPageToken } from "../gen/messages.js";
import { readEvents, snapshotHistory } from "../history-reader.ts";
import type { HistorySnapshot } from "../history-reader.ts";
import type { HistoryEnv } from "../env.ts";
import type { Answers, Entity } from "../kernel/index.ts";
import { joinEvents } from "./event-log.ts";
import { normalQueue, unwrittenTaskEvents } from "./machines/workflow-task.ts";
import type { Run } from "./run.ts";
import { encodeTaskToken, TOKEN_KIND } from "./task-token.ts";

/** A started workflow task as its decision saw it; the history is read after. */
export interface StartedTask {
  readonly response: Input<PollWorkflowTaskQueueResponse>;
  readonly snapshot: HistorySnapshot;
  readonly from: number;
  readonly unwritten: readonly Uint8Array[];
}

/** Everything of the reply but its history. Call after `run.finish()`. */
export function startedTask(run: Run, isSticky: boolean, answers: Answers = "durable"): StartedTask {
  const { state } = run;
  const task = state.workflowTask;
  if (task === undefined) throw new Error("a started workflow task has a state");
  const { scheduledEventId, startedEventId, attempt, stamp, startedAt, requestId } = task;
  const from = isSticky ? state.previousStartedEventId + 1 : 1;
  return {
    response: {
      taskToken: encodeTaskToken(run, {
        kind: TOKEN_KIND.workflow,
        scheduledEventId,
        startedEventId,
        attempt,
        stamp,
        startedAt,
        ...(answers === "early" && { requestId }),
      }),
      workflowExecution: { workflowId: run.workflowId, runId: run.runId },
      workflowType: { name: state.workflowType },
      previousStartedEventId: state.previousStartedEventId,
      startedEventId,
      attempt,
      workflowExecutionTaskQueue: normalQueue(run),
      scheduledTime: optionalTimestamp(task.scheduledAt),
      startedTime: optionalTimestamp(startedAt),
    },
    snapshot: snapshotHistory(run.view.entity as unknown as Entity, state.nextEventId, from),
    from,
    unwritten: unwrittenTaskEvents(run),
  };
}

/** Everything of a direct query's task but its query and its history. */
export function queryTask(run: Run, query: { queryId: string; isSticky: boolean }): StartedTask {
  const { state } = run;
  const from = query.isSticky ? state.nextEventId : 1;
  return {
    response: {
      taskToken: encodeTaskToken(run, { kind: TOKEN_KIND.query, queryId: query.queryId }),
      workflowExecution: { workflowId: run.workflowId, runId: run.runId },
      workflowType: { name: state.workflowType },
      previousStartedEventId: state.previousStartedEventId,
      attempt: 1,
      workflowExecutionTaskQueue: normalQueue(run),
    },
    snapshot: snapshotHistory(run.view.entity as unknown as Entity, state.nextEventId, from),
    from,
    unwritten: [],
  };
}

/** Reads the first page of the history and completes the reply. */
export async function withHistory(
  env: HistoryEnv,
  started: StartedTask,
): Promise<Input<PollWorkflowTaskQueueResponse>> {
  const { snapshot, from, unwritten, response } = started;
  const { historyPageEventsMax: eventsMax, historyPageBytesMax: bytesMax } = env.limits;
  const page = await readEvents(env.store, snapshot, { from, to: snapshot.nextEventId, eventsMax, bytesMax });
  if (page.next === snapshot.nextEventId) return { ...response, history: joinEvents([...page.events, ...unwritten]) };
  const token = {
    runId: response.workflowExecution?.runId ?? "",
    ...snapshot.key,
    firstEventId: page.next,
    nextEventId: snapshot.nextEventId,
    wasRunning: true,
  };
  return { ...response, history: joinEvents(page.events), nextPageToken: HistoryPageToken.encode(token) };
}
