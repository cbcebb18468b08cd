/**
 * The runs that a worker keeps. When there are too many, or they weigh too much, the one that was used least recently
 * goes; its next task brings the whole history again.
 *
 * 1. A run that has a task at hand is not evicted: it is out of the cache until it is put back. Nor is one with local
 *    activities under way, which has asked for its next task already.
 * 2. What a run weighs is an estimate: a floor, and the bytes of the history that made its state.
 */
import type { CachedRun } from "./cached-run.ts";

export interface RunCacheLimits {
  readonly runsMax: number;
  readonly bytesMax: number;
  /** Hears of runs that go before their end. */
  readonly onEvict?: (runId: string) => void;
}

/** A context of code with its closures, machines and promises. */
const RUN_BYTES = 8 * 1024;

export class RunCache {
  readonly #limits: RunCacheLimits;
  /** The least recently used first. */
  readonly #runs = new Map<string, CachedRun>();
  readonly #queues = new Map<string, Promise<unknown>>();
  #bytes = 0;

  constructor(limits: RunCacheLimits) {
    this.#limits = limits;
  }

  get size(): number {
    return this.#runs.size;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** One at a time for one run: a query may come while a task is being worked on. */
  async alone<T>(runId: string, work: () => Promise<T>): Promise<T> {
    const before = this.#queues.get(runId);
    const done = before === undefined ? work() : before.then(work, work);
    this.#queues.set(runId, done);
    try {
      return await done;
    } finally {
      if (this.#queues.get(runId) === done) this.#queues.delete(runId);
    }
  }

  /** Takes a run out, to work on it. */
  take(runId: string): CachedRun | undefined {
    const cached = this.#runs.get(runId);
    if (cached === undefined) return undefined;
    this.#runs.delete(runId);
    this.#bytes -= weight(cached);
    return cached;
  }

  put(runId: string, cached: CachedRun): void {
    this.#runs.set(runId, cached);
    this.#bytes += weight(cached);
    for (const [oldest, { isBusy }] of this.#runs) {
      if (this.#runs.size <= this.#limits.runsMax && this.#bytes <= this.#limits.bytesMax) break;
      if (!isBusy) this.evict(oldest);
    }
  }

  /** See `RunMachine.rewind`: when the answer to a task has a `resetHistoryEventId`. */
  rewind(runId: string, lastStartedEventId: number): void {
    this.#runs.get(runId)?.machine.rewind(lastStartedEventId);
  }

  evict(runId: string): void {
    const cached = this.take(runId);
    if (cached === undefined) return;
    cached.dispose();
    this.#limits.onEvict?.(runId);
  }

  clear(): void {
    for (const runId of this.#runs.keys()) this.evict(runId);
  }
}

function weight({ machine }: CachedRun): number {
  return RUN_BYTES + machine.historyBytes;
}
