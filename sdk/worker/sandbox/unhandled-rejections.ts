/**
 * Promises of workflow code that are rejected while nobody listens. Node would end the process: it is the run that
 * fails. To Node's question whose promise it was, the async context knows the answer.
 */
import { AsyncLocalStorage } from "node:async_hooks";

export interface RejectionOwner {
  /** False when it is none of the run's: then it stays what it was without us. */
  takeRejection(reason: unknown, promise: Promise<unknown>): boolean;
}

const owners = new AsyncLocalStorage<RejectionOwner>();
let watchers = 0;

export function runOwned<T>(owner: RejectionOwner, work: () => T): T {
  return owners.run(owner, work);
}

export function currentOwner(): RejectionOwner | undefined {
  return owners.getStore();
}

export function watchRejections(): void {
  if (watchers++ === 0) process.on("unhandledRejection", onRejection);
}

export function unwatchRejections(): void {
  if (--watchers === 0) process.off("unhandledRejection", onRejection);
}

function onRejection(reason: unknown, promise: Promise<unknown>): void {
  if (owners.getStore()?.takeRejection(reason, promise) === true) return;
  // A listener keeps Node from doing what it does without one: raising the error.
  if (process.listenerCount("unhandledRejection") === 1) throw reason;
}
