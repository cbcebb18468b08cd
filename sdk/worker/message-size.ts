/** Servers say so in these words, and nothing else tells this error from others with its code. */
const TOO_LARGE = /grpc: received message (after decompression )?larger than max/;

/** Whether a request was refused for its size: sending it again would not help. */
export function isTooLarge(error: unknown): boolean {
  return TOO_LARGE.test((error as { message?: string } | undefined)?.message ?? "");
}
