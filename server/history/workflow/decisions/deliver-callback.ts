import { HistoryEvent } from "../../../../api/gen/messages.js";
import type { CallbackAnswer, CallbackDelivery, HistoryEnv } from "../../env.ts";
import { readEvents, snapshotHistory } from "../../history-reader.ts";
import type { Entity } from "../../kernel/index.ts";
import { decideRunByKey } from "../decide-run.ts";
import { settleCallback } from "../machines/callback.ts";
import type { Run } from "../run.ts";

/** Makes one attempt and records what came of it. When a lane loses its memory meanwhile, its next scan finds it due. */
export async function deliverCallback(env: HistoryEnv, delivery: CallbackDelivery): Promise<void> {
  const { key, part } = delivery;
  const ended = await decideRunByKey(env, key, (run) => (run === undefined ? undefined : see(run)));
  if (ended === undefined) return;
  const answer = await attempt(env, delivery, ended).catch(({ message }: Error): CallbackAnswer => ({
    kind: "refused",
    message,
    isRetryable: true,
  }));
  await decideRunByKey(env, key, (run) => {
    if (run !== undefined) settleCallback(run, part, answer);
  });
}

async function attempt(
  env: HistoryEnv,
  { url, header }: CallbackDelivery,
  ended: ReturnType<typeof see>,
): Promise<CallbackAnswer> {
  const { closeEventId, snapshot, ...told } = ended;
  const read = { from: closeEventId, to: closeEventId + 1, eventsMax: 1, bytesMax: Number.MAX_SAFE_INTEGER };
  const { events } = await readEvents(env.store, snapshot, read);
  const closeEvent = HistoryEvent.decode(events[0] as Uint8Array);
  return env.callbacks.send({ ...told, url, header, closeEvent });
}

function see(run: Run) {
  const { closeEventId, startTime, closeTime, namespaceName, nextEventId } = run.state;
  return {
    closeEventId,
    ...{ startTime, closeTime, namespace: namespaceName, workflowId: run.workflowId, runId: run.runId },
    snapshot: snapshotHistory(run.view.entity as unknown as Entity, nextEventId, closeEventId),
  };
}
