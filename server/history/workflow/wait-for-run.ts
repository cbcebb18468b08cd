import type { HistoryEnv, Namespace } from "../env.ts";
import { decideRun } from "./decide-run.ts";
import type { RunName } from "./decide-run.ts";
import type { Run } from "./run.ts";

/** The caller of a long poll. */
export interface WaitCall {
  /** When the caller stops waiting, ms since the epoch. */
  readonly deadline: number | undefined;
  readonly cancelled: boolean;
  onCancel(listener: () => void): void;
}

/** A long poll answers this long before its caller gives up. */
const ANSWER_BEFORE_DEADLINE_MS = 1_000;

export function longPollExpiry(env: HistoryEnv, namespace: Namespace, call: WaitCall): number {
  const limit = env.clock.now() + env.limitsOf(namespace.name).longPollMs;
  return call.deadline === undefined ? limit : Math.min(limit, call.deadline - ANSWER_BEFORE_DEADLINE_MS);
}

export interface WaitForRun<T> {
  readonly name: RunName;
  readonly call: WaitCall;
  look(run: Run): T;
  isNews(seen: T): boolean;
}

/** Looks at a run after each of its commits until there is news, the poll expires or its caller is gone; answers what it saw last. */
export function waitForRun<T>(env: HistoryEnv, namespace: Namespace, wait: WaitForRun<T>): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    let isDone = false;
    let unwatch = (): void => {};
    const timer = env.timers.set(Math.max(0, longPollExpiry(env, namespace, wait.call) - env.clock.now()), () =>
      lookAgain(true),
    );
    const finish = (settle: () => void): void => {
      if (isDone) return;
      isDone = true;
      env.timers.clear(timer);
      unwatch();
      settle();
    };
    const lookAgain = (isLast: boolean): void => {
      if (isDone) return;
      decideRun(env, namespace, wait.name, (run) => {
        const seen = wait.look(run);
        if (isLast || wait.isNews(seen)) return { seen };
        if (!isDone)
          unwatch = watch(
            run,
            () => lookAgain(false),
            (error) => finish(() => reject(error)),
            unwatch,
          );
        return undefined;
      }).then(
        (found) => {
          if (found !== undefined) finish(() => resolve(found.seen));
        },
        (error: Error) => finish(() => reject(error)),
      );
    };
    wait.call.onCancel(() => lookAgain(true));
    lookAgain(false);
  });
}

/** Registers both callbacks once per run; answers how to take them back. */
function watch(run: Run, wake: () => void, drop: (error: Error) => void, unwatchBefore: () => void): () => void {
  unwatchBefore();
  const { volatile } = run;
  volatile.watchers.add(wake);
  volatile.drops.add(drop);
  return () => {
    volatile.watchers.delete(wake);
    volatile.drops.delete(drop);
  };
}
