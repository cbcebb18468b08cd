/**
 * Questions about executions, answered beside the engine: no list and no count ever holds it up.
 *
 * A question goes to the quick thread first, which gives it up after a moment; then the patient thread takes it. So a
 * question that reads everything delays others of its kind, but none that an index answers. Threads start when they
 * are first needed. An aborted question ends where it is, within about a thousand rows.
 */
import type { Worker } from "node:worker_threads";
import { StoreUnavailableError } from "../errors.ts";
import type { CountVisibility, ListVisibility, VisibilityCount, VisibilityPage } from "../store.ts";
import { decodeCursor } from "../visibility-cursor.ts";
import { startStoreThread } from "./store-thread.ts";
import { fromWire } from "./visibility-messages.ts";
import type {
  VisibilityAnswer,
  VisibilityQuestion,
  VisibilityRequest,
  VisibilityThreadData,
} from "./visibility-messages.ts";

/** What a question that an index answers takes at most, on a machine with other work. */
const QUICK_MS = 100;

export class VisibilityThreads {
  readonly #quick: VisibilityThread;
  readonly #patient: VisibilityThread;

  constructor(data: VisibilityThreadData) {
    this.#quick = new VisibilityThread(data);
    this.#patient = new VisibilityThread(data);
  }

  async list(list: ListVisibility, signal: AbortSignal | undefined): Promise<VisibilityPage> {
    // Refused here, where the caller's mistake is known for one.
    if (list.after !== undefined) decodeCursor(list.after, list.sort);
    return (await this.#ask({ kind: "list", list }, signal)) as VisibilityPage;
  }

  async count(count: CountVisibility, signal: AbortSignal | undefined): Promise<VisibilityCount> {
    return (await this.#ask({ kind: "count", count }, signal)) as VisibilityCount;
  }

  async close(): Promise<void> {
    await Promise.all([this.#quick.close(), this.#patient.close()]);
  }

  async #ask(question: VisibilityQuestion, signal: AbortSignal | undefined): Promise<unknown> {
    signal?.throwIfAborted();
    const stop = new SharedArrayBuffer(4);
    const onAbort = (): void => void Atomics.store(new Int32Array(stop), 0, 1);
    signal?.addEventListener("abort", onAbort);
    try {
      let answer = await this.#quick.ask({ question, stop, budgetMs: QUICK_MS });
      if (answer.kind === "late") answer = await this.#patient.ask({ question, stop, budgetMs: undefined });
      if (answer.kind === "value") return answer.value;
      signal?.throwIfAborted();
      throw answer.kind === "thrown" ? fromWire(answer.error) : new StoreUnavailableError("the store is closed");
    } finally {
      signal?.removeEventListener("abort", onAbort);
    }
  }
}

interface Pending {
  readonly stop: SharedArrayBuffer;
  readonly resolve: (answer: VisibilityAnswer) => void;
  readonly reject: (error: Error) => void;
}

/** One thread, started at its first question, and again at the next one after it died. Answers come in order. */
class VisibilityThread {
  readonly #data: VisibilityThreadData;
  #worker: Worker | undefined;
  #pending: Pending[] = [];

  constructor(data: VisibilityThreadData) {
    this.#data = data;
  }

  ask(request: VisibilityRequest): Promise<VisibilityAnswer> {
    const worker = (this.#worker ??= this.#start());
    return new Promise((resolve, reject) => {
      this.#pending.push({ stop: request.stop, resolve, reject });
      worker.postMessage(request);
    });
  }

  async close(): Promise<void> {
    for (const { stop } of this.#pending) Atomics.store(new Int32Array(stop), 0, 1);
    const worker = this.#worker;
    await worker?.terminate();
  }

  #start(): Worker {
    const worker = startStoreThread("visibility", { workerData: this.#data });
    let cause = "it ended";
    worker.on("message", (answer: VisibilityAnswer) => this.#pending.shift()?.resolve(answer));
    worker.on("error", (error) => (cause = error instanceof Error ? error.message : String(error)));
    worker.on("exit", () => {
      this.#worker = undefined;
      const error = new StoreUnavailableError(`the store's visibility thread stopped: ${cause}`);
      for (const { reject } of this.#pending.splice(0)) reject(error);
    });
    worker.unref();
    return worker;
  }
}
