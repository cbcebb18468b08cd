/**
 * Writes the log back into the database, off the commit path: when the log is large, and when there is nothing else to do.
 *
 * Under load a whole write-back would hold commits up for tens of milliseconds (copying, and above all the sync of the
 * database file). Where there is a background (thread-writer's third thread) it does the bulk on a connection of its
 * own while commits go on; what they appended meanwhile, a few hundred pages, the writer copies itself, and with
 * nothing left in the log SQLite begins it anew. Without a background the writer does it all between two commits.
 */
import type { TimerHandle, Timers } from "../../../base/index.ts";
import type { BatchWriter } from "./batch-writer.ts";

/** A log of this many pages is written back even under load: 16 MiB of 8 KiB pages. */
export const WAL_PAGES_MAX = 2_000;

/** A background that does not keep up may let the log grow to so many times its bound; then commits wait for it. */
const WAL_GROWTH_MAX = 8;

/** A log of any size is written back after so long without a commit. */
const IDLE_MS = 1_000;

/** Asking for the log's size costs a few microseconds, so not after every commit. */
const COMMITS_PER_LOOK = 16;

export interface CheckpointOptions {
  readonly writer: BatchWriter;
  readonly timers: Timers;
  readonly walPagesMax: number;
  /** Writes back what the log holds when called, on another thread. */
  readonly background?: (() => Promise<void>) | undefined;
}

export class Checkpoints {
  readonly #options: CheckpointOptions;
  #idle: TimerHandle | undefined;
  #isRunning = false;
  #isStopped = false;
  #commitsSinceLook = 0;
  #commitsSinceTick = 0;

  constructor(options: CheckpointOptions) {
    this.#options = options;
  }

  /** Call after the answers to a commit are out. */
  committed(): void {
    this.#commitsSinceTick += 1;
    this.#idle ??= this.#options.timers.set(IDLE_MS, () => this.#tick());
    this.#commitsSinceLook += 1;
    if (this.#commitsSinceLook < COMMITS_PER_LOOK) return;
    this.#commitsSinceLook = 0;
    const { writer, walPagesMax, background } = this.#options;
    const pages = writer.walPages();
    if (pages < walPagesMax) return;
    if (background === undefined || pages >= walPagesMax * WAL_GROWTH_MAX) writer.checkpoint();
    else if (!this.#isRunning) void this.#runInBackground(background);
  }

  stop(): void {
    this.#isStopped = true;
    if (this.#idle !== undefined) this.#options.timers.clear(this.#idle);
    this.#idle = undefined;
  }

  async #runInBackground(background: () => Promise<void>): Promise<void> {
    this.#isRunning = true;
    await background();
    this.#isRunning = false;
    if (!this.#isStopped) this.#options.writer.checkpoint();
  }

  #tick(): void {
    this.#idle = undefined;
    const isDone = this.#commitsSinceTick === 0 && this.#options.writer.checkpoint();
    if (!isDone) this.#idle = this.#options.timers.set(IDLE_MS, () => this.#tick());
    this.#commitsSinceTick = 0;
  }
}
