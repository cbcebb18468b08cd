export { UnhandledRejectionError } from "../workflow/errors.ts";

/** The worker did not come to its end within `shutdownForceTime`. */
export class GracefulShutdownPeriodExpiredError extends Error {
  override readonly name = "GracefulShutdownPeriodExpiredError";
}

/** The two errors of a `CombinedWorkerRunError`. */
export interface CombinedWorkerRunErrorCause {
  /** What the worker failed with. */
  workerError: unknown;
  /** What the promise beside it was rejected with. */
  innerError: unknown;
}

/** Both the worker and what ran beside it failed. */
export class CombinedWorkerRunError extends Error {
  override readonly name = "CombinedWorkerRunError";
  override readonly cause: CombinedWorkerRunErrorCause;

  constructor(message: string, { cause }: { cause: CombinedWorkerRunErrorCause }) {
    super(message);
    this.cause = cause;
  }
}

/** The promise of `runUntil` was not settled in time after the worker had stopped. */
export class PromiseCompletionTimeoutError extends Error {
  override readonly name = "PromiseCompletionTimeoutError";
}

/** The server cannot be reached, or refused the connection. */
export class TransportError extends Error {
  override readonly name = "TransportError";
}

/** The worker was told to stop while something waited for it. */
export class ShutdownError extends Error {
  override readonly name = "ShutdownError";
}

/** Something failed that cannot fail. */
export class UnexpectedError extends Error {
  override readonly name = "UnexpectedError";
  override cause: unknown;

  constructor(message: string, cause?: unknown) {
    super(message);
    this.cause = cause;
  }
}
