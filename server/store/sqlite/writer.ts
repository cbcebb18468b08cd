/** Where the writer runs: both ways have the same verbs, so the store does not know which one it has. */
import type { Timers, TimerHandle } from "../../../base/index.ts";
import type { CommitResult, LaneOpen, LaneOpened } from "../store.ts";
import type { EncodedBatch } from "./batch-codec.ts";
import type { BatchWriter } from "./batch-writer.ts";

export interface Writer {
  openLane(open: LaneOpen): Promise<LaneOpened>;
  commit(batch: EncodedBatch): Promise<CommitResult>;
  lastBatch(lane: number, epoch: number): Promise<number>;
  close(): Promise<void>;
}

/** A log of this many pages is written back even under load: 32 MiB of 8 KiB pages. */
export const WAL_PAGES_MAX = 4_000;

/** A log of any size is written back after so long without a commit. */
export const CHECKPOINT_IDLE_MS = 1_000;

/** Asking for the log's size costs a few microseconds, so not after every commit. */
const COMMITS_PER_LOOK = 16;

export interface CheckpointOptions {
  readonly writer: BatchWriter;
  readonly timers: Timers;
  readonly walPagesMax: number;
}

/** Writes the log back between commits: when it is large, and when nothing else is to do. */
export class Checkpoints {
  readonly #writer: BatchWriter;
  readonly #timers: Timers;
  readonly #walPagesMax: number;
  #idle: TimerHandle | undefined;
  #commitsSinceLook = 0;
  #commitsSinceTick = 0;

  constructor(options: CheckpointOptions) {
    this.#writer = options.writer;
    this.#timers = options.timers;
    this.#walPagesMax = options.walPagesMax;
  }

  /** Call after the answers to a commit are out. */
  committed(): void {
    this.#commitsSinceTick += 1;
    this.#idle ??= this.#timers.set(CHECKPOINT_IDLE_MS, () => this.#tick());
    this.#commitsSinceLook += 1;
    if (this.#commitsSinceLook < COMMITS_PER_LOOK) return;
    this.#commitsSinceLook = 0;
    if (this.#writer.walPages() >= this.#walPagesMax) this.#writer.checkpoint();
  }

  stop(): void {
    if (this.#idle !== undefined) this.#timers.clear(this.#idle);
    this.#idle = undefined;
  }

  #tick(): void {
    this.#idle = undefined;
    if (this.#commitsSinceTick === 0) this.#writer.checkpoint();
    else this.#idle = this.#timers.set(CHECKPOINT_IDLE_MS, () => this.#tick());
    this.#commitsSinceTick = 0;
  }
}
