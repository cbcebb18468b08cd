import type { Worker } from "node:worker_threads";
import { startStoreThread } from "./store-thread.ts";

/** Starts its thread at the first call: a store that is never busy never has it. */
export class BackgroundCheckpoint {
  readonly #databaseFile: string;
  #worker: Worker | undefined;
  #resolve: (() => void) | undefined;

  constructor(databaseFile: string) {
    this.#databaseFile = databaseFile;
  }

  /** Resolves when the log has been written back, or could not be. Not to be called again before. */
  run(): Promise<void> {
    const worker = (this.#worker ??= this.#start());
    return new Promise((resolve) => {
      this.#resolve = resolve;
      worker.postMessage(undefined);
    });
  }

  /** Waits for a write-back in progress and closes the connection. */
  async stop(): Promise<void> {
    await this.#worker?.terminate();
  }

  #start(): Worker {
    const worker = startStoreThread("checkpoint", { workerData: this.#databaseFile });
    worker.on("message", () => this.#resolve?.());
    // Without its thread the store goes on: the writer itself writes a large log back.
    worker.on("error", () => this.#resolve?.());
    worker.on("exit", () => {
      this.#worker = undefined;
      this.#resolve?.();
    });
    worker.unref();
    return worker;
  }
}
