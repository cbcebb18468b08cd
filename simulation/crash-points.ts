import type { CommitRequest, CommitResult, Store } from "../server/store/store.ts";

/** Where, seen from a commit, the process died. */
export const CRASH_POINTS = ["before the commit", "after the commit, before its answer", "after the answer", "between commits"] as const;
export type CrashPoint = (typeof CRASH_POINTS)[number];

/** A store under which the process can die at a chosen point of its next commit. */
export interface CrashingStore {
  readonly store: Store;
  /** Dies at this point of the next commit. */
  arm(point: CrashPoint): void;
}

export function crashingStore(inner: Store, die: (point: CrashPoint) => void): CrashingStore {
  let armed: CrashPoint | undefined;
  const never = new Promise<CommitResult>(() => {});
  const commit = async (request: CommitRequest): Promise<CommitResult> => {
    const point = armed;
    armed = undefined;
    if (point === "before the commit") {
      die(point);
      return never;
    }
    const result = await inner.commit(request);
    if (point === "after the commit, before its answer") {
      die(point);
      return never;
    }
    if (point === "after the answer") queueMicrotask(() => queueMicrotask(() => die(point)));
    return result;
  };
  const store = new Proxy(inner, { get: (target, key) => (key === "commit" ? commit : bound(target, key)) });
  return { store, arm: (point) => (armed = point) };
}

function bound(target: Store, key: string | symbol): unknown {
  const value = Reflect.get(target, key) as unknown;
  return typeof value === "function" ? (value as (...args: unknown[]) => unknown).bind(target) : value;
}
