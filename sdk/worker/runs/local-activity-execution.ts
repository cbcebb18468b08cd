/**
 * One local activity in this worker: its attempts, the pauses between them, and its time-outs. Ends with what its marker
 * says.
 *
 * 1. A pause longer than the threshold ends it with a backoff: the code sleeps by a timer and asks again.
 * 2. An attempt that times out is told to stop and not waited for.
 */
import type { Clock, TimerHandle, Timers } from "../../../base/clock.ts";
import { TimeoutType } from "../../../api/gen/enums.js";
import { durationMs } from "../../../api/duration.ts";
import type { Payload, ProtoFailure } from "../../common/payload.ts";
import type { ScheduleLocalActivity } from "../../workflow/activation.ts";
import { localActivityGivenUp, localActivityTimeout } from "./failures.ts";
import type { LocalActivity, LocalActivityEnd } from "./machines/local-activity.ts";
import type { RunIdentity } from "./run-state.ts";

/** Starts attempts; the worker's part, which knows the functions and has the slots. */
export interface LocalActivityRunner {
  /** Never throws: an activity that is not known fails. */
  start(attempt: LocalActivityAttempt): RunningAttempt;
}

export interface LocalActivityAttempt {
  readonly run: RunIdentity;
  readonly command: ScheduleLocalActivity;
  readonly attempt: number;
  readonly scheduledTimeMs: number;
  readonly currentAttemptScheduledTimeMs: number;
}

export interface RunningAttempt {
  /** Never rejects. */
  readonly result: Promise<LocalActivityResult>;
  cancel(reason: "CANCELLED" | "TIMED_OUT"): void;
}

export type LocalActivityResult =
  | { readonly status: "completed"; readonly result: Payload | undefined }
  | { readonly status: "failed"; readonly failure: ProtoFailure }
  | { readonly status: "cancelled"; readonly failure: ProtoFailure };

export interface ExecutionParts {
  readonly run: RunIdentity;
  readonly local: LocalActivity;
  readonly runner: LocalActivityRunner;
  readonly clock: Clock;
  readonly timers: Timers;
  /** Called for every attempt but the first. */
  onRetry(): void;
}

const RETRY_THRESHOLD_MS = 60_000;

export class LocalActivityExecution {
  readonly #parts: ExecutionParts;
  readonly #scheduledAtMs: number;
  readonly #originalMs: number;
  #attempt: number;
  #running: RunningAttempt | undefined;
  #isCancelled = false;
  #endPause: (() => void) | undefined;

  constructor(parts: ExecutionParts) {
    this.#parts = parts;
    this.#attempt = Math.max(1, parts.local.command.attempt);
    this.#scheduledAtMs = parts.clock.now();
    this.#originalMs = parts.local.command.originalScheduleTimeMs ?? this.#scheduledAtMs;
    parts.local.scheduledAtMs = this.#scheduledAtMs;
    parts.local.isRunning = true;
  }

  cancel(): void {
    this.#isCancelled = true;
    this.#running?.cancel("CANCELLED");
    this.#endPause?.();
  }

  /** Never rejects. */
  async run(): Promise<LocalActivityEnd> {
    for (; ; this.#attempt++) {
      const result = await this.#once();
      if (result.status === "completed") return this.#end({ result: result.result });
      if (result.status === "cancelled") return this.#end({ failure: result.failure });
      const pauseMs = this.#pauseMs(result.failure);
      if (pauseMs === undefined) return this.#end({ failure: result.failure });
      if (pauseMs > (this.#parts.local.command.localRetryThresholdMs ?? RETRY_THRESHOLD_MS)) {
        return this.#end({ failure: result.failure, backoffMs: pauseMs });
      }
      await this.#pause(pauseMs);
      if (this.#isCancelled) return this.#end({ failure: localActivityGivenUp() });
      this.#parts.onRetry();
    }
  }

  #end(end: Pick<LocalActivityEnd, "result" | "failure" | "backoffMs">): LocalActivityEnd {
    const { clock, local } = this.#parts;
    return {
      ...end,
      attempt: this.#attempt,
      completeTimeMs: local.askedAtMs + Math.max(0, clock.now() - this.#scheduledAtMs),
      originalScheduleTimeMs: this.#originalMs,
    };
  }

  async #once(): Promise<LocalActivityResult> {
    const { run, local, runner, clock, timers } = this.#parts;
    const { command } = local;
    const now = clock.now();
    const running = runner.start({
      run,
      command,
      attempt: this.#attempt,
      scheduledTimeMs: this.#originalMs,
      currentAttemptScheduledTimeMs: now,
    });
    this.#running = running;
    if (this.#isCancelled) running.cancel("CANCELLED");
    const limit = this.#limit(now);
    if (limit === undefined) return running.result;
    let timer: TimerHandle | undefined;
    const tooLate = new Promise<LocalActivityResult>((resolve) => {
      timer = timers.set(limit.ms, () => {
        running.cancel("TIMED_OUT");
        resolve({ status: "failed", failure: localActivityTimeout(limit.type) });
      });
    });
    const result = await Promise.race([running.result, tooLate]);
    timers.clear(timer as TimerHandle);
    return result;
  }

  /** How long an attempt that begins now may take. */
  #limit(now: number): { ms: number; type: TimeoutType } | undefined {
    const { startToCloseTimeoutMs: each, scheduleToCloseTimeoutMs: all } = this.#parts.local.command;
    const left = all === undefined ? Infinity : Math.max(0, this.#originalMs + all - now);
    if (each !== undefined && each <= left) return { ms: each, type: TimeoutType.TIMEOUT_TYPE_START_TO_CLOSE };
    return left === Infinity ? undefined : { ms: left, type: TimeoutType.TIMEOUT_TYPE_SCHEDULE_TO_CLOSE };
  }

  /** Until the next attempt; undefined when there is none. */
  #pauseMs(failure: ProtoFailure): number | undefined {
    const { retryPolicy: policy, scheduleToCloseTimeoutMs } = this.#parts.local.command;
    const info = failure.applicationFailureInfo;
    if (info?.nonRetryable === true || policy?.nonRetryableErrorTypes.includes(info?.type ?? "") === true)
      return undefined;
    if (failure.timeoutFailureInfo?.timeoutType === TimeoutType.TIMEOUT_TYPE_SCHEDULE_TO_CLOSE) return undefined;
    const attemptMax = policy?.maximumAttempts ?? 0;
    if (attemptMax > 0 && this.#attempt >= attemptMax) return undefined;
    const initial = policy?.initialIntervalMs ?? 1000;
    const longest = policy?.maximumIntervalMs ?? initial * 100;
    const own = info?.nextRetryDelay ? durationMs(info.nextRetryDelay) : undefined;
    const pauseMs = own ?? Math.min(longest, initial * (policy?.backoffCoefficient || 2) ** (this.#attempt - 1));
    const endsAt = scheduleToCloseTimeoutMs === undefined ? Infinity : this.#originalMs + scheduleToCloseTimeoutMs;
    return this.#parts.clock.now() + pauseMs >= endsAt ? undefined : pauseMs;
  }

  #pause(ms: number): Promise<void> {
    const { timers } = this.#parts;
    return new Promise((resolve) => {
      const timer = timers.set(ms, resolve);
      this.#endPause = () => {
        timers.clear(timer);
        resolve();
      };
    });
  }
}
