import type { Run } from "../run.ts";
import { TerminatingCommandError } from "./command.ts";

/** A payload too large to keep ends the run: `command` names the field in the reason. */
export function limitBlobs(
  run: Run,
  of: { command: string; failedCause: number; bytesMax?: number },
  blobs: readonly (Uint8Array | undefined)[],
): void {
  let bytes = 0;
  for (const blob of blobs) bytes += blob?.length ?? 0;
  if (bytes > (of.bytesMax ?? run.limits.blobBytesMax))
    throw new TerminatingCommandError(of.failedCause, `${of.command} exceeds size limit.`);
}
