import type { CommitRequest, CommitResult, LaneOpen, LaneOpened } from "../store.ts";
import { encodeBatch } from "./batch-codec.ts";
import { BatchMemoryPool } from "./batch-memory.ts";
import type { EncodedBatch } from "./batch-memory.ts";
import type { BatchWriter } from "./batch-writer.ts";
import { Checkpoints } from "./checkpoints.ts";
import type { CheckpointOptions } from "./checkpoints.ts";
import type { Writer } from "./writer.ts";

interface Waiting {
  readonly batch: EncodedBatch;
  readonly answer: (result: CommitResult) => void;
}

/** Writes in the engine's thread: for one core, and for tests. Batches of one turn share a transaction. */
export class InlineWriter implements Writer {
  readonly #writer: BatchWriter;
  readonly #checkpoints: Checkpoints;
  readonly #pool = new BatchMemoryPool();
  #waiting: Waiting[] = [];

  constructor(options: CheckpointOptions) {
    this.#writer = options.writer;
    this.#checkpoints = new Checkpoints(options);
  }

  async openLane(open: LaneOpen): Promise<LaneOpened> {
    this.#flush();
    return this.#writer.openLane(open);
  }

  commit(request: CommitRequest): Promise<CommitResult> {
    const batch = encodeBatch(request, this.#pool);
    if (this.#waiting.length === 0) queueMicrotask(() => this.#flush());
    return new Promise((answer) => this.#waiting.push({ batch, answer }));
  }

  async lastBatch(lane: number, epoch: number): Promise<number> {
    this.#flush();
    return this.#writer.lastBatch(lane, epoch);
  }

  async giveBackSpace(): Promise<boolean> {
    this.#flush();
    return this.#writer.giveBackSpace();
  }

  async close(): Promise<void> {
    this.#flush();
    this.#checkpoints.stop();
    this.#writer.close();
  }

  #flush(): void {
    if (this.#waiting.length === 0) return;
    const waiting = this.#waiting;
    this.#waiting = [];
    const results = this.#writer.commit(waiting.map((one) => one.batch));
    waiting.forEach((one, index) => {
      this.#pool.give(one.batch.memory);
      one.answer(results[index] as CommitResult);
    });
    this.#checkpoints.committed();
  }
}
