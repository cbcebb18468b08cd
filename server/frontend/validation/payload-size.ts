import { invalidArgument } from "../../../api/errors.ts";
import type { Namespace } from "../../history/index.ts";
import type { Frontend } from "../frontend.ts";

/** Encoded payloads of a request: input, signal, query arguments. */
export function checkBlob(frontend: Frontend, { name }: Namespace, blob: Uint8Array | undefined): void {
  if (blob !== undefined && blob.length > frontend.history.limitsOf(name).blobBytesMax)
    throw invalidArgument("Blob data size exceeds limit.");
}

export function checkMemo(frontend: Frontend, { name }: Namespace, memo: Uint8Array | undefined): void {
  if (memo !== undefined && memo.length > frontend.history.limitsOf(name).memoBytesMax)
    throw invalidArgument("Memo size exceeds limit.");
}
