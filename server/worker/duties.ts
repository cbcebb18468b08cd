/** What every duty of the background is given. */
import type { Clock, Log, Timers } from "../../base/index.ts";
import type { DynamicConfig } from "../dynamic-config/index.ts";
import type { NamespaceRegistry } from "../frontend/index.ts";
import { LaneUnavailableError } from "../history/index.ts";
import type { HistoryEnv } from "../history/index.ts";
import { CorruptionError, StoreUnavailableError } from "../store/errors.ts";
import type { EntityKey, Store } from "../store/store.ts";

export interface DutyTools {
  readonly history: HistoryEnv;
  readonly store: Store;
  readonly namespaces: NamespaceRegistry;
  readonly config: DynamicConfig;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly log: Log;
}

/** The store or a lane does not answer now: the duty waits and goes on. */
export function isPassing(error: unknown): boolean {
  return error instanceof LaneUnavailableError || error instanceof StoreUnavailableError;
}

/** Removes some runs at once; answers how many are still there. One that is damaged is told and left. */
export async function removeAll(
  { log }: DutyTools,
  keys: readonly EntityKey[],
  remove: (key: EntityKey) => Promise<boolean>,
): Promise<number> {
  let left = 0;
  await Promise.all(
    keys.map(async (key) => {
      try {
        if (!(await remove(key))) left++;
      } catch (error) {
        if (!(error instanceof CorruptionError)) throw error;
        log.error("a run that is damaged cannot be removed", { slot: key.slot, id: key.id, error: error.message });
        left++;
      }
    }),
  );
  return left;
}
