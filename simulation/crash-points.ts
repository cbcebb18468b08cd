import { OutboxPart, StoredState } from "../server/history/gen/messages.js";
import { packKey } from "../server/store/entity-key.ts";
import type { MemoryDisk } from "../server/store/memory/memory-disk.ts";
import type { CommitRequest, CommitResult, Store } from "../server/store/store.ts";

/** Where the process died, seen from its store. */
export const CRASH_POINTS = [
  "before a commit",
  "after a commit, before its answer",
  "after the answer, before anyone hears of it",
  "between two commits",
  "between a message and its receipt",
  "during boot",
  "during a namespace's registration",
  "when another process took the store",
] as const;
export type CrashPoint = (typeof CRASH_POINTS)[number];

/** Points that some call of the store is waited for; the others can be brought about at any time. */
export type StorePoint = Exclude<CrashPoint, "between two commits" | "when another process took the store">;

/** A store under which the process can die at a chosen point. */
export interface CrashingStore {
  readonly store: Store;
  /** Dies at the next occasion; for "during boot", with the given call from now on. */
  arm(point: StorePoint, calls?: number): void;
}

const OUTBOX_PREFIX = "o:";

export function crashingStore(inner: Store, disk: MemoryDisk, die: (point: CrashPoint) => void): CrashingStore {
  let armed: StorePoint | undefined;
  let callsLeft = 0;
  const never = new Promise<never>(() => {});
  const dieAt = (point: CrashPoint): Promise<never> => {
    armed = undefined;
    die(point);
    return never;
  };
  const commit = async (request: CommitRequest): Promise<CommitResult> => {
    const point = armed;
    if (point === undefined) return inner.commit(request);
    if (point === "before a commit") return dieAt(point);
    if (point === "between a message and its receipt" && endsMessage(request, disk)) return dieAt(point);
    if (point === "during a namespace's registration" && request.batch.meta.length > 0) {
      if (request.batchNo % 2 === 0) await inner.commit(request);
      return dieAt(point);
    }
    const result = await inner.commit(request);
    if (point === "after a commit, before its answer") return dieAt(point);
    if (point === "after the answer, before anyone hears of it") {
      armed = undefined;
      queueMicrotask(() => queueMicrotask(() => die(point)));
    }
    return result;
  };
  const store = new Proxy(inner, {
    get(target, key) {
      const verb = key === "commit" ? commit : (Reflect.get(target, key) as unknown);
      if (typeof verb !== "function") return verb;
      return (...args: unknown[]) => {
        if (armed === "during boot" && callsLeft-- <= 0) return dieAt("during boot");
        return (verb as (...args: unknown[]) => unknown).apply(target, args);
      };
    },
  });
  return {
    store,
    arm(point, calls = 0) {
      armed = point;
      callsLeft = calls;
    },
  };
}

/** The batch takes a message out of its sender's state: its receiver has done what it says. */
function endsMessage({ batch }: CommitRequest, disk: MemoryDisk): boolean {
  if (batch.parts.some(({ part, blob }) => blob === undefined && part.startsWith(OUTBOX_PREFIX))) return true;
  return batch.updates.some((update) => {
    const before = disk.entities.get(packKey(update))?.state;
    if (before === undefined) return false;
    const after = new Set(outboxOf(update.state));
    return outboxOf(before).some((key) => !after.has(key));
  });
}

function outboxOf(state: Uint8Array): string[] {
  const { parts } = StoredState.decode(state);
  return parts.flatMap(({ part, blob }) =>
    part.startsWith(OUTBOX_PREFIX) && OutboxPart.decode(blob).businessId !== "" ? [part] : [],
  );
}
