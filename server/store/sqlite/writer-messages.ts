/** What the engine and the writer thread say to each other: one message per batch, whose bytes lie in shared memory. */
import { assert } from "../../../base/index.ts";
import { BatchRefusedError, StoreUnavailableError } from "../errors.ts";
import type { LaneOpen } from "../store.ts";

/** What a thread is started with. */
export interface WriterThreadData {
  readonly databaseFile: string;
  readonly cacheKiB: number;
  readonly walPagesMax: number;
  /** Whether a thread before this one died: what it was doing then is settled before anything else. */
  readonly isSuccessor: boolean;
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
  | { readonly kind: "giveBackSpace" }
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

export function valueOf(answer: WriterAnswer): unknown {
  if (answer.kind === "thrown") throw fromWire(answer.error);
  assert(answer.kind === "value", "a request that is no commit is answered by a value");
  return answer.value;
}

export function toWire(error: Error): WireError {
  return { name: error.name, message: error.message };
}

export function fromWire(error: WireError): Error {
  if (error.name === "BatchRefusedError") return new BatchRefusedError(error.message);
  if (error.name === "StoreUnavailableError") return new StoreUnavailableError(error.message);
  return Object.assign(new Error(error.message), { name: error.name });
}
