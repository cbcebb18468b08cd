import { Worker } from "node:worker_threads";
import type { WorkerOptions } from "node:worker_threads";

/**
 * The process's options (`--import`, `--input-type`…) are for the user's program: these threads get none of them. That
 * SQLite is experimental in Node 22 the main thread says, unless the user has told it not to.
 */
const OPTIONS = ["--disable-warning=ExperimentalWarning"];

export function startStoreThread(
  name: "writer" | "visibility" | "checkpoint",
  options: Omit<WorkerOptions, "execArgv">,
): Worker {
  const extension = import.meta.url.endsWith(".ts") ? "ts" : "js";
  return new Worker(new URL(`./${name}-thread.${extension}`, import.meta.url), { ...options, execArgv: OPTIONS });
}
