/**
 * The writer in a worker thread, seen from the engine.
 *
 * A thread that dies is replaced. What it had in hand is `unknown`, and the stored batch number, which the next thread
 * reads, settles it; a commit that comes while there is none has `failed`; other requests wait for the next thread.
 */
import type { Worker } from "node:worker_threads";
import { assert } from "../../../base/index.ts";
import type { Log, TimerHandle, Timers } from "../../../base/index.ts";
import { StoreUnavailableError } from "../errors.ts";
import type { CommitRequest, CommitResult, LaneOpen, LaneOpened } from "../store.ts";
import { encodeBatch } from "./batch-codec.ts";
import { BatchMemoryPool } from "./batch-memory.ts";
import { RunningThread } from "./running-thread.ts";
import { startStoreThread } from "./store-thread.ts";
import { fromWire, valueOf } from "./writer-messages.ts";
import type { WriterThreadData } from "./writer-messages.ts";
import type { Writer } from "./writer.ts";

export interface ThreadWriterOptions {
  /** Makes the thread; told whether one died before it. */
  readonly spawn: (isSuccessor: boolean) => Worker;
  readonly timers: Timers;
  readonly log: Log;
}

/** The pause before the next thread, doubled with each one that does not last. */
const PAUSE_MS_FIRST = 50;
const PAUSE_MS_MAX = 5_000;
/** A thread that has lived so long has lasted. */
const LASTED_MS = 10_000;

/** What a batch leaves behind is garbage at its end: more room for it only means more memory (48 MiB unless said). */
const WRITER_YOUNG_MIB = 3;

export function spawnWriterThread(data: WriterThreadData): Worker {
  return startStoreThread("writer", {
    workerData: data,
    resourceLimits: { maxYoungGenerationSizeMb: WRITER_YOUNG_MIB },
  });
}

/** Rejects when the first thread cannot open its database. */
export async function startThreadWriter(options: ThreadWriterOptions): Promise<Writer> {
  return new ThreadWriter(options, await RunningThread.start(options.spawn(false)));
}

interface Waiting {
  readonly resolve: (thread: RunningThread) => void;
  readonly reject: (error: Error) => void;
}

class ThreadWriter implements Writer {
  readonly #options: ThreadWriterOptions;
  readonly #pool = new BatchMemoryPool();
  #thread: RunningThread | undefined;
  /** Requests that came while there was no thread. */
  #waiting: Waiting[] = [];
  /** Threads that did not last, in a row. */
  #deaths = 0;
  #timer: TimerHandle | undefined;
  #starting: Promise<void> = Promise.resolve();
  #startFault: string | undefined;
  #isClosed = false;

  constructor(options: ThreadWriterOptions, thread: RunningThread) {
    this.#options = options;
    this.#use(thread);
  }

  async openLane(open: LaneOpen): Promise<LaneOpened> {
    const thread = this.#thread ?? (await this.#nextThread());
    return valueOf(await thread.ask({ kind: "openLane", open })) as LaneOpened;
  }

  async commit(request: CommitRequest): Promise<CommitResult> {
    const thread = this.#thread;
    if (thread === undefined) {
      return { kind: "failed", error: new StoreUnavailableError("the store's writer thread is being started again") };
    }
    const { memory, length } = encodeBatch(request, this.#pool);
    const { index } = memory;
    const isKnown = index !== undefined && thread.known.has(index);
    const buffer = isKnown ? undefined : (memory.bytes.buffer as SharedArrayBuffer);
    if (index !== undefined) thread.known.add(index);
    const answer = await thread.ask({ kind: "commit", batch: { index, buffer, length } });
    this.#pool.give(memory);
    if (answer.kind === "committed" || answer.kind === "fenced") return { kind: answer.kind };
    assert(answer.kind === "failed" || answer.kind === "unknown", "a commit has an outcome");
    return { kind: answer.kind, error: fromWire(answer.error) };
  }

  async lastBatch(lane: number, epoch: number): Promise<number> {
    const thread = this.#thread ?? (await this.#nextThread());
    return valueOf(await thread.ask({ kind: "lastBatch", lane, epoch })) as number;
  }

  async giveBackSpace(): Promise<boolean> {
    const thread = this.#thread ?? (await this.#nextThread());
    return valueOf(await thread.ask({ kind: "giveBackSpace" })) as boolean;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#setTimer(undefined);
    for (const { reject } of this.#waiting.splice(0)) reject(new StoreUnavailableError("the store is closed"));
    await this.#starting;
    this.#setTimer(undefined);
    await this.#thread?.ask({ kind: "close" });
    await this.#thread?.terminate();
  }

  #nextThread(): Promise<RunningThread> {
    if (this.#isClosed) return Promise.reject(new StoreUnavailableError("the store is closed"));
    return new Promise((resolve, reject) => this.#waiting.push({ resolve, reject }));
  }

  #use(thread: RunningThread): void {
    this.#thread = thread;
    if (this.#deaths > 0) this.#setTimer(LASTED_MS, () => (this.#deaths = 0));
    void thread.ended.then((cause) => this.#died(cause));
    for (const { resolve } of this.#waiting.splice(0)) resolve(thread);
  }

  #died(cause: Error): void {
    this.#thread = undefined;
    if (this.#isClosed) return;
    this.#options.log.error("the store's writer thread died, another one is started", {
      error: cause.stack ?? cause.message,
    });
    this.#startLater();
  }

  #startLater(): void {
    const pauseMs = Math.min(PAUSE_MS_MAX, PAUSE_MS_FIRST * 2 ** this.#deaths);
    this.#deaths += 1;
    this.#setTimer(pauseMs, () => (this.#starting = this.#startAgain()));
  }

  async #startAgain(): Promise<void> {
    const { spawn, log } = this.#options;
    try {
      const thread = await RunningThread.start(spawn(true));
      this.#startFault = undefined;
      this.#use(thread);
      log.warn("the store's writer thread runs again", { deaths: this.#deaths });
    } catch (error) {
      const { message } = error as Error;
      // The same reason again is no news.
      if (message !== this.#startFault) log.error("the store's writer thread cannot be started", { error: message });
      this.#startFault = message;
      if (!this.#isClosed) this.#startLater();
    }
  }

  /** There is one thing to wait for at a time: that the thread lasts, or the next one's turn. */
  #setTimer(delayMs: undefined): void;
  #setTimer(delayMs: number, then: () => void): void;
  #setTimer(delayMs: number | undefined, then: () => void = () => {}): void {
    const { timers } = this.#options;
    if (this.#timer !== undefined) timers.clear(this.#timer);
    this.#timer = delayMs === undefined ? undefined : timers.set(delayMs, then);
  }
}
