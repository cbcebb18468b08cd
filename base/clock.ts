/** Source of time: milliseconds since the Unix epoch. The simulation injects its own. */
export interface Clock {
  now(): number;
}

export type TimerHandle = { readonly brand: "timer" } | object;

/** Delayed calls on the same time as a `Clock`. */
export interface Timers {
  /** Calls `fn` once after `delayMs`; delays beyond 2^31-1 ms are the implementation's business, not the caller's. */
  set(delayMs: number, fn: () => void): TimerHandle;
  clear(handle: TimerHandle): void;
  /** Calls `fn` after everything already queued on the event loop's current turn. */
  immediate(fn: () => void): void;
}

export const systemClock: Clock = { now: () => Date.now() };

/** setTimeout overflows above this and would fire at once. */
const TIMEOUT_MS_MAX = 2_147_483_647;

interface SystemTimer {
  timeout: NodeJS.Timeout | undefined;
}

function arm(timer: SystemTimer, delayMs: number, fn: () => void): void {
  const step = Math.min(Math.max(0, delayMs), TIMEOUT_MS_MAX);
  timer.timeout = setTimeout(() => {
    if (delayMs > step) arm(timer, delayMs - step, fn);
    else fn();
  }, step);
}

export const systemTimers: Timers = {
  set(delayMs, fn) {
    const timer: SystemTimer = { timeout: undefined };
    arm(timer, delayMs, fn);
    return timer;
  },
  clear(handle) {
    clearTimeout((handle as SystemTimer).timeout);
  },
  immediate(fn) {
    setImmediate(fn);
  },
};
