import type { EntityKey } from "../../../store/store.ts";
import type { HistoryEnv } from "../../env.ts";
import { decideRunByKey } from "../decide-run.ts";
import { SERVER_IDENTITY } from "../machines/server-identity.ts";
import { terminateRun } from "../machines/terminate.ts";
import { deleteIfTold } from "./delete-workflow.ts";

/**
 * Removes a run whose retention is over; true when it is gone. That it closed before is asked of the run itself: lists may
 * be older than it.
 */
export function expireRun(env: HistoryEnv, key: EntityKey, closedBefore: number): Promise<boolean> {
  return decideRunByKey(env, key, (run) => {
    if (run === undefined) return true;
    if (run.isRunning || run.state.closeTime >= closedBefore) return false;
    run.view.delete();
    return true;
  });
}

/** Removes a run whatever it does, because its namespace is deleted; false while others still have to hear of its end. */
export function discardRun(env: HistoryEnv, key: EntityKey): Promise<boolean> {
  return decideRunByKey(env, key, (run) => {
    if (run === undefined) return true;
    if (run.isRunning) terminateRun(run, { reason: "namespace deleted", identity: SERVER_IDENTITY });
    run.state.deleteAfterClose = true;
    run.view.touch();
    deleteIfTold(run);
    return run.view.isDeleted;
  });
}
