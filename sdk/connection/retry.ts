import { systemClock, systemRandom, systemTimers } from "../../base/index.ts";
import type { Clock, Random, Timers } from "../../base/index.ts";
import { isLastingProblem } from "./connect-problem.ts";
import { isTooLarge } from "./message-size.ts";
import { RpcError } from "./rpc-error.ts";
import {
  ABORTED,
  DATA_LOSS,
  DEADLINE_EXCEEDED,
  OUT_OF_RANGE,
  RESOURCE_EXHAUSTED,
  UNAVAILABLE,
  UNKNOWN,
} from "./status-codes.ts";

/** What is looked at of a failed call. */
export interface StatusObject {
  readonly code: number;
  readonly details?: string;
}

/** Decides about each failed attempt of a call. */
export interface GrpcRetryOptions {
  /** Milliseconds until the next attempt; `attempt` counts from 1. */
  delayFunction: (attempt: number, status: StatusObject) => number;
  /** Whether there is a next attempt. */
  retryableDecider: (attempt: number, status: StatusObject) => boolean;
}

/** The backoff: `initial(status) × factor ^ attempt`, at most `max(status)`, each time more or less by the jitter. */
export interface BackoffOptions {
  /** Default 1.7. */
  factor: number;
  /** Default 10. */
  maxAttempts: number;
  /** A share of the delay; default 0.2. */
  maxJitter: number;
  /** Default 1 second for RESOURCE_EXHAUSTED, else 100 ms. */
  initialIntervalMs(status: StatusObject): number;
  /** Default 5 seconds. */
  maxIntervalMs(status: StatusObject): number;
}

const RETRYABLE = new Set([UNKNOWN, RESOURCE_EXHAUSTED, ABORTED, OUT_OF_RANGE, UNAVAILABLE, DATA_LOSS]);

/** Whether a failed call may succeed when it is made again. */
export function isRetryableError(status: StatusObject): boolean {
  if (status.code === RESOURCE_EXHAUSTED && isTooLarge(status)) return false;
  return RETRYABLE.has(status.code);
}

/** How calls are retried unless told otherwise. */
export function defaultGrpcRetryOptions(
  options: Partial<BackoffOptions> = {},
  random: Random = systemRandom,
): GrpcRetryOptions {
  const {
    factor = 1.7,
    maxAttempts = 10,
    maxJitter = 0.2,
    initialIntervalMs = ({ code }: StatusObject) => (code === RESOURCE_EXHAUSTED ? 1_000 : 100),
    maxIntervalMs = () => 5_000,
  } = options;
  return {
    delayFunction(attempt, status) {
      const delay = Math.min(maxIntervalMs(status), factor ** attempt * initialIntervalMs(status));
      return delay * (1 + maxJitter * (2 * random.next() - 1));
    },
    retryableDecider: (attempt, status) => attempt < maxAttempts && isRetryableError(status),
  };
}

/** A call as connection interceptors see it. */
export interface InterceptedCall {
  /** Such as `StartWorkflowExecution`. */
  readonly method: string;
  readonly request: unknown;
  /** When the caller stops waiting, in milliseconds since the epoch. */
  readonly deadline: number | undefined;
  readonly signal: AbortSignal | undefined;
}

/** Around every call of a connection; the first is the outermost. May call `next` again to retry. */
export type ConnectionInterceptor = (call: InterceptedCall, next: () => Promise<unknown>) => Promise<unknown>;

/** A call that lasts so long was being served, as a long poll: what cuts it off is a new outage. */
const SERVED_MS = 5_000;

/** Makes a failed call again as long as the options say so and its deadline allows. */
export function makeGrpcRetryInterceptor(
  options: GrpcRetryOptions,
  { clock, timers }: { clock: Clock; timers: Timers } = { clock: systemClock, timers: systemTimers },
): ConnectionInterceptor {
  const goOn = async (call: InterceptedCall, next: () => Promise<unknown>, first: unknown): Promise<unknown> => {
    let error = first;
    for (let attempt = 1; ;) {
      const code = (error as { code?: unknown } | null)?.code;
      if (typeof code !== "number") throw error;
      const status = { code, details: (error as { details?: string }).details };
      if (call.signal?.aborted || isLastingProblem(error) || !options.retryableDecider(attempt, status)) throw error;
      const leftMs = call.deadline === undefined ? Number.POSITIVE_INFINITY : call.deadline - clock.now();
      const delayMs = options.delayFunction(attempt, status);
      await pause(Math.max(0, Math.min(delayMs, leftMs)), call.signal, timers);
      if (delayMs >= leftMs) throw deadlineExceeded(error);
      const startedMs = clock.now();
      try {
        return await next();
      } catch (again) {
        error = again;
        attempt = clock.now() - startedMs < SERVED_MS ? attempt + 1 : 1;
      }
    }
  };
  return (call, next) => next().then(undefined, (error: unknown) => goOn(call, next, error));
}

/** Tells also why the attempts before the deadline failed. */
function deadlineExceeded(last: unknown): RpcError {
  const details = `deadline exceeded, the last attempt failed with: ${(last as Error).message}`;
  return new RpcError({ code: DEADLINE_EXCEEDED, details, cause: last });
}

/** Ends early when the signal says so: the next attempt then fails by itself. */
function pause(delayMs: number, signal: AbortSignal | undefined, timers: Timers): Promise<void> {
  return new Promise((resolve) => {
    const onAbort = (): void => {
      timers.clear(timer);
      resolve();
    };
    const timer = timers.set(delayMs, () => {
      signal?.removeEventListener("abort", onAbort);
      resolve();
    });
    signal?.addEventListener("abort", onAbort, { once: true });
  });
}
