/** The writer in a worker thread, seen from the engine. One message per batch; its bytes lie in shared memory. */
import { Worker } from "node:worker_threads";
import { assert } from "../../../base/index.ts";
import { BatchRefusedError, StoreUnavailableError } from "../errors.ts";
import type { CommitRequest, CommitResult, LaneOpen, LaneOpened } from "../store.ts";
import { encodeBatch } from "./batch-codec.ts";
import { BatchMemoryPool } from "./batch-memory.ts";
import type { Writer } from "./writer.ts";

export interface ThreadWriterOptions {
  readonly databaseFile: string;
  readonly cacheKiB: number;
  readonly walPagesMax: number;
}

/** Memory of the pool crosses once; afterwards its index names it. */
export interface SentBatch {
  readonly index: number | undefined;
  readonly buffer: SharedArrayBuffer | undefined;
  readonly length: number;
}

export type WriterRequest =
  | { readonly kind: "commit"; readonly batch: SentBatch }
  | { readonly kind: "openLane"; readonly open: LaneOpen }
  | { readonly kind: "lastBatch"; readonly lane: number; readonly epoch: number }
  | { readonly kind: "close" };

/** Errors cross as their class and text. */
export interface WireError {
  readonly name: string;
  readonly message: string;
}

export type WriterAnswer =
  | { readonly kind: "committed" }
  | { readonly kind: "fenced" }
  | { readonly kind: "failed" | "unknown" | "thrown"; readonly error: WireError }
  | { readonly kind: "value"; readonly value: unknown };

interface Waiting {
  readonly isCommit: boolean;
  readonly resolve: (answer: WriterAnswer) => void;
}

export async function startThreadWriter(options: ThreadWriterOptions): Promise<Writer> {
  const extension = import.meta.url.endsWith(".ts") ? "ts" : "js";
  const worker = new Worker(new URL(`./writer-thread.${extension}`, import.meta.url), { workerData: options });
  const writer = new ThreadWriter(worker);
  await writer.started();
  return writer;
}

/** Answers come in the order of requests, so they need no numbers. */
export class ThreadWriter implements Writer {
  readonly #worker: Worker;
  readonly #pool = new BatchMemoryPool();
  /** Memory that the thread has seen. */
  readonly #known = new Set<number>();
  readonly #waiting: Waiting[] = [];
  #waitingFrom = 0;
  #stopped: Error | undefined;

  constructor(worker: Worker) {
    this.#worker = worker;
    worker.on("message", (answers: readonly WriterAnswer[]) =>
      answers.forEach((answer) => this.#next().resolve(answer)),
    );
    worker.on("error", (error) => this.#stop(error));
    worker.on("exit", () => this.#stop(new Error("it has ended")));
  }

  /** The thread's first message says that its connection is open. */
  async started(): Promise<void> {
    const answer = await new Promise<WriterAnswer>((resolve) => this.#waiting.push({ isCommit: false, resolve }));
    valueOf(answer);
  }

  async openLane(open: LaneOpen): Promise<LaneOpened> {
    return valueOf(await this.#ask({ kind: "openLane", open })) as LaneOpened;
  }

  async commit(request: CommitRequest): Promise<CommitResult> {
    const { memory, length } = encodeBatch(request, this.#pool);
    const { index } = memory;
    const isKnown = index !== undefined && this.#known.has(index);
    const buffer = isKnown ? undefined : (memory.bytes.buffer as SharedArrayBuffer);
    if (index !== undefined) this.#known.add(index);
    const answer = await this.#ask({ kind: "commit", batch: { index, buffer, length } });
    this.#pool.give(memory);
    if (answer.kind === "committed" || answer.kind === "fenced") return { kind: answer.kind };
    assert(answer.kind === "failed" || answer.kind === "unknown", "a commit has an outcome");
    return { kind: answer.kind, error: fromWire(answer.error) };
  }

  async lastBatch(lane: number, epoch: number): Promise<number> {
    return valueOf(await this.#ask({ kind: "lastBatch", lane, epoch })) as number;
  }

  async close(): Promise<void> {
    if (this.#stopped !== undefined) return;
    await this.#ask({ kind: "close" });
    await this.#worker.terminate();
  }

  #ask(request: WriterRequest): Promise<WriterAnswer> {
    const isCommit = request.kind === "commit";
    if (this.#stopped !== undefined) {
      return Promise.resolve({ kind: isCommit ? "failed" : "thrown", error: toWire(this.#stopped) });
    }
    this.#worker.postMessage(request);
    return new Promise((resolve) => this.#waiting.push({ isCommit, resolve }));
  }

  #next(): Waiting {
    const waiting = this.#waiting[this.#waitingFrom] as Waiting;
    this.#waitingFrom += 1;
    if (this.#waitingFrom === this.#waiting.length) {
      this.#waiting.length = 0;
      this.#waitingFrom = 0;
    }
    return waiting;
  }

  /** What the thread had in hand may be written or not. */
  #stop(cause: Error): void {
    if (this.#stopped !== undefined) return;
    this.#stopped = new StoreUnavailableError(`the store's writer thread stopped: ${cause.message}`, { cause });
    const error = toWire(this.#stopped);
    const pending = this.#waiting.splice(0).slice(this.#waitingFrom);
    for (const waiting of pending) waiting.resolve({ kind: waiting.isCommit ? "unknown" : "thrown", error });
  }
}

function valueOf(answer: WriterAnswer): unknown {
  if (answer.kind === "thrown") throw fromWire(answer.error);
  assert(answer.kind === "value", "a request that is no commit is answered by a value");
  return answer.value;
}

export function toWire(error: Error): WireError {
  return { name: error.name, message: error.message };
}

function fromWire(error: WireError): Error {
  if (error.name === "BatchRefusedError") return new BatchRefusedError(error.message);
  if (error.name === "StoreUnavailableError") return new StoreUnavailableError(error.message);
  return Object.assign(new Error(error.message), { name: error.name });
}
