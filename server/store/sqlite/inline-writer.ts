import type { CommitResult, LaneOpen, LaneOpened } from "../store.ts";
import type { EncodedBatch } from "./batch-codec.ts";
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
  #waiting: Waiting[] = [];

  constructor(options: CheckpointOptions) {
    this.#writer = options.writer;
    this.#checkpoints = new Checkpoints(options);
  }

  async openLane(open: LaneOpen): Promise<LaneOpened> {
    this.#flush();
    return this.#writer.openLane(open);
  }

  commit(batch: EncodedBatch): Promise<CommitResult> {
    if (this.#waiting.length === 0) queueMicrotask(() => this.#flush());
    return new Promise((answer) => this.#waiting.push({ batch, answer }));
  }

  async lastBatch(lane: number, epoch: number): Promise<number> {
    this.#flush();
    return this.#writer.lastBatch(lane, epoch);
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
    waiting.forEach((one, index) => one.answer(results[index] as CommitResult));
    this.#checkpoints.committed();
  }
}
