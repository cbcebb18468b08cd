/** One life of the writer thread, seen from the engine. Answers come in the order of requests, so they need no numbers. */
import type { Worker } from "node:worker_threads";
import { StoreUnavailableError } from "../errors.ts";
import { toWire, valueOf } from "./writer-messages.ts";
import type { WriterAnswer, WriterRequest } from "./writer-messages.ts";

interface Waiting {
  readonly isCommit: boolean;
  readonly resolve: (answer: WriterAnswer) => void;
}

export class RunningThread {
  readonly #worker: Worker;
  /** Memory that this thread has seen. */
  readonly known = new Set<number>();
  /** Resolves when the thread is gone with all that it held, with the reason. */
  readonly ended: Promise<Error>;
  readonly #waiting: Waiting[] = [];
  #waitingFrom = 0;
  #stopped: Error | undefined;

  private constructor(worker: Worker) {
    this.#worker = worker;
    let thrown: Error | undefined;
    worker.on("message", (answers: readonly WriterAnswer[]) =>
      answers.forEach((answer) => this.#next().resolve(answer)),
    );
    worker.on("error", (error) => (thrown = error instanceof Error ? error : new Error(String(error))));
    // Behind `error` and behind the last answers: from here on nothing of the thread runs, and its connection is closed.
    this.ended = new Promise((resolve) => {
      worker.on("exit", (code) => {
        const cause = thrown ?? Object.assign(new Error(`it ended with code ${code}`), { stack: undefined });
        this.#stop(cause);
        resolve(cause);
      });
    });
  }

  /** The thread's first message says that its connection is open; rejects when it ends before. */
  static async start(worker: Worker): Promise<RunningThread> {
    const thread = new RunningThread(worker);
    valueOf(await new Promise((resolve) => thread.#waiting.push({ isCommit: false, resolve })));
    return thread;
  }

  ask(request: WriterRequest): Promise<WriterAnswer> {
    const isCommit = request.kind === "commit";
    if (this.#stopped !== undefined) {
      return Promise.resolve({ kind: isCommit ? "failed" : "thrown", error: toWire(this.#stopped) });
    }
    this.#worker.postMessage(request);
    return new Promise((resolve) => this.#waiting.push({ isCommit, resolve }));
  }

  async terminate(): Promise<void> {
    await this.#worker.terminate();
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
    this.#stopped = new StoreUnavailableError(`the store's writer thread stopped: ${cause.message}`, { cause });
    const error = toWire(this.#stopped);
    const pending = this.#waiting.splice(0).slice(this.#waitingFrom);
    for (const waiting of pending) waiting.resolve({ kind: waiting.isCommit ? "unknown" : "thrown", error });
  }
}
