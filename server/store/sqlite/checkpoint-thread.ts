/** A thread with a connection of its own that writes the log back when asked; see checkpoints.ts. */
import { parentPort, workerData } from "node:worker_threads";
import { assert } from "../../../base/index.ts";
import { openConnection } from "./open-connection.ts";

/** Pages are copied by the VFS, not through this cache. */
const CACHE_KIB = 256;

assert(parentPort !== null, "this module is a worker thread's");
const port = parentPort;
const checkpoint = openConnection(workerData as string, CACHE_KIB).prepare("PRAGMA wal_checkpoint(PASSIVE)");
port.on("message", () => {
  try {
    checkpoint.get();
  } catch {
    // A write-back that fails (disk full) leaves the log as it was, and the next one tries again.
  }
  port.postMessage(undefined);
});
