/** Servers say so in these words, and nothing else tells this error from others with its code. */
const TOO_LARGE = /grpc: received message (after decompression )?larger than max/;

/** Whether a request was refused for its size: sending it again would not help. */
export function isTooLarge(error: unknown): boolean {
  const { message, details = message } = (error ?? {}) as { details?: string; message?: string };
  return TOO_LARGE.test(details ?? "");
}

/** The type of the failure that tells of it, of tasks and of activities. */
export const MESSAGE_TOO_LARGE = "GRPC_MESSAGE_TOO_LARGE";
