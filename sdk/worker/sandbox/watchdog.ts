/**
 * Stops endless work on the main thread at almost no cost for work that ends: a few stores into memory that a permanent
 * thread looks at.
 *
 * 1. Stopping takes everything that is on the stack, down to the event loop. So guarded work runs in callbacks of its
 *    own, with nothing of others below it; what becomes of it is decided afterwards, in `onStopped`.
 * 2. The thread decides by changing the number of that work to STOPPING. Work that ends in that moment waits to be
 *    stopped: it never hits the code after it.
 * 3. One piece of work at a time, in the main thread only: elsewhere there is no watchdog.
 */
import { isMainThread, MessageChannel, Worker } from "node:worker_threads";
import { IDLE, LIMIT, PLACES, STATE } from "./watchdog-protocol.ts";

const shared = new Int32Array(new SharedArrayBuffer(PLACES * Int32Array.BYTES_PER_ELEMENT));

let thread: Worker | undefined;
let isReady = false;
let onStopped: (() => void) | undefined;

/** Starts the thread, at the first call. */
export function startWatchdog(): void {
  if (thread !== undefined || !isMainThread) return;
  const file = import.meta.url.endsWith(".ts") ? "./watchdog-thread.ts" : "./watchdog-thread.js";
  try {
    thread = new Worker(new URL(file, import.meta.url), {
      workerData: shared,
      name: "workflow watchdog",
      execArgv: [], // Options of the process, `--import` and `--input-type` among them, are for the user's program.
    });
  } catch {
    return; // The process may not have threads: deadlines are kept in the other way.
  }
  thread.on("message", (message) => {
    if (message === "ready") isReady = true;
    else stopped();
  });
  thread.on("error", () => {
    isReady = false; // Deadlines are kept in the other way again.
  });
  thread.unref(); // After the listeners: one for messages holds the process again.
}

export function isWatchdogReady(): boolean {
  return isReady;
}

/** Calls `work` on a stack of its own. */
export function isolated(work: () => void): void {
  waiting.push(work);
  channel.port1.ref();
  channel.port2.postMessage(undefined);
}

const channel = new MessageChannel();
const waiting: (() => void)[] = [];
channel.port1.on("message", () => {
  const work = waiting.shift();
  if (waiting.length === 0) channel.port1.unref();
  work?.();
});
channel.port1.unref();

/** Only within `isolated`. When `work` is stopped nothing after this call runs; `whenStopped` is called instead. */
export function guard<T>(limitMs: number, work: () => T, whenStopped: () => void): T {
  onStopped = whenStopped;
  const number = nextNumber();
  Atomics.store(shared, LIMIT, limitMs);
  Atomics.store(shared, STATE, number);
  Atomics.notify(shared, STATE);
  const result = work();
  while (Atomics.compareExchange(shared, STATE, number, IDLE) !== number);
  return result;
}

const NUMBER_MAX = 0x7fff_ffff;

let lastNumber = 0;
function nextNumber(): number {
  lastNumber = lastNumber === NUMBER_MAX ? 1 : lastNumber + 1;
  return lastNumber;
}

function stopped(): void {
  Atomics.store(shared, STATE, IDLE);
  const call = onStopped;
  onStopped = undefined;
  call?.();
}
