import { Receipt } from "../gen/messages.js";

/** Outcomes of `Receipt` in state.proto. */
export const RECEIPT = { done: 0, notFound: 1, alreadyStarted: 2, signalLimit: 3, namespaceNotFound: 4 } as const;

export function encodeReceipt(outcome: number, runId = ""): Uint8Array {
  return Receipt.encode({ outcome, runId });
}
