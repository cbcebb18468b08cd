/** Messages between runs: the one place that knows what each means to its receiver and to its sender. */
import { Receipt } from "../gen/messages.js";
import type { RunState } from "../gen/messages.js";
import type { Address, EntityTx } from "../kernel/index.ts";
import type { Run, RunDecision } from "./run.ts";

/** Outcomes of `Receipt` in state.proto. */
export const RECEIPT = { done: 0, notFound: 1, alreadyStarted: 2, signalLimit: 3, namespaceNotFound: 4 } as const;

export function receiveMessage(_decision: RunDecision, _target: EntityTx<RunState> | undefined, _address: Address, _message: Uint8Array): Uint8Array {
  return Receipt.encode({ outcome: RECEIPT.done });
}

export function receiveReceipt(_run: Run, _message: Uint8Array, _receipt: Uint8Array): void {}
