import { invalidArgument } from "../../../api/errors.ts";
import type { Frontend } from "../frontend.ts";

/** Encoded payloads of a request: input, signal, query arguments. */
export function checkBlob(frontend: Frontend, blob: Uint8Array | undefined): void {
  if (blob !== undefined && blob.length > frontend.history.limits.blobBytesMax)
    throw invalidArgument("Blob data size exceeds limit.");
}

export function checkMemo(frontend: Frontend, memo: Uint8Array | undefined): void {
  if (memo !== undefined && memo.length > frontend.history.limits.memoBytesMax)
    throw invalidArgument("Memo size exceeds limit.");
}
