import type { Random } from "../base/index.ts";

/** What a simulated activity is to do; its input. */
export interface ActivityWork {
  /** It fails this many times before it succeeds. */
  readonly failures: number;
  /** How long it takes. */
  readonly ms: number;
  /** It heartbeats this often; 0 = never. */
  readonly heartbeatMs: number;
}

/** One thing that a simulated workflow does before it goes on to the next. */
export type Step =
  | {
      readonly kind: "activity";
      readonly work: ActivityWork;
      readonly isEager: boolean;
      readonly startToCloseMs: number;
      /** 0 = none. */
      readonly heartbeatTimeoutMs: number;
      readonly scheduleToStartMs: number;
      readonly scheduleToCloseMs: number;
      readonly attemptMax: number;
    }
  | { readonly kind: "timer"; readonly ms: number }
  /** Waits until this many signals have come in all. */
  | { readonly kind: "signals"; readonly count: number }
  /** A child that is waited for, or left to its parent close policy (1 terminate, 2 abandon, 3 request cancel). */
  | { readonly kind: "child"; readonly steps: readonly Step[]; readonly policy: number; readonly isAwaited: boolean }
  | { readonly kind: "marker" }
  /** Signals another workflow of the simulation, or asks it to cancel. */
  | { readonly kind: "tell"; readonly workflowId: string }
  | { readonly kind: "stop"; readonly workflowId: string };

/** A simulated workflow's input: what it does, and how it ends. */
export interface Script {
  readonly steps: readonly Step[];
  readonly end: "complete" | "fail" | "continue";
  /** It fails as long as its attempt is not beyond this. */
  readonly failedAttempts?: number;
}

export function randomScript(random: Random, peers: readonly string[], depth = 0): Script {
  const steps: Step[] = [];
  const count = 1 + Math.floor(random.next() * 4);
  for (let i = 0; i < count; i++) steps.push(randomStep(random, peers, depth));
  const roll = random.next();
  return { steps, end: depth > 0 || roll < 0.75 ? "complete" : roll < 0.88 ? "fail" : "continue" };
}

function randomStep(random: Random, peers: readonly string[], depth: number): Step {
  const roll = random.next();
  if (roll < 0.4) return randomActivity(random);
  if (roll < 0.62) return { kind: "timer", ms: Math.floor(random.next() * 4_000) };
  if (roll < 0.7) return { kind: "marker" };
  const peer = peers[Math.floor(random.next() * peers.length)];
  if (roll < 0.82 && peer !== undefined) return { kind: "tell", workflowId: peer };
  if (roll < 0.86 && peer !== undefined) return { kind: "stop", workflowId: peer };
  if (depth > 0) return { kind: "timer", ms: 10 };
  const policy = 1 + Math.floor(random.next() * 3);
  return { kind: "child", steps: randomScript(random, [], 1).steps, policy, isAwaited: random.next() < 0.6 };
}

function randomActivity(random: Random): Step {
  const is = (chance: number): boolean => random.next() < chance;
  const isLong = is(0.25);
  const isHeartbeating = is(0.2);
  return {
    kind: "activity",
    work: {
      failures: is(0.25) ? 1 + Math.floor(random.next() * 2) : 0,
      ms: Math.floor(random.next() * (isLong ? 3_000 : 20)),
      heartbeatMs: isHeartbeating ? 150 + Math.floor(random.next() * 400) : 0,
    },
    isEager: is(0.3),
    startToCloseMs: is(0.2) ? 800 : 5_000,
    heartbeatTimeoutMs: isHeartbeating ? 500 : 0,
    scheduleToStartMs: is(0.1) ? 400 : 0,
    scheduleToCloseMs: is(0.1) ? 4_000 : 0,
    attemptMax: is(0.3) ? 1 + Math.floor(random.next() * 3) : 0,
  };
}

/** Fields of a start request beside its ids: what the run is bounded by, and what comes after it. */
export function randomStartOptions(random: Random): { options: object; failedAttempts: number } {
  const roll = random.next();
  const seconds = (count: number): object => ({ seconds: count, nanos: 0 });
  if (roll < 0.08)
    return { options: { workflowRunTimeout: seconds(1 + Math.floor(random.next() * 15)) }, failedAttempts: 0 };
  if (roll < 0.18) {
    const retryPolicy = { initialInterval: { seconds: 0, nanos: 2e8 }, backoffCoefficient: 2, maximumAttempts: 3 };
    return { options: { retryPolicy }, failedAttempts: Math.floor(random.next() * 4) };
  }
  if (roll < 0.2) {
    return { options: { cronSchedule: "* * * * *", workflowExecutionTimeout: seconds(130) }, failedAttempts: 0 };
  }
  if (roll < 0.25)
    return { options: { workflowStartDelay: seconds(1 + Math.floor(random.next() * 3)) }, failedAttempts: 0 };
  if (roll < 0.33) return { options: { requestEagerExecution: true }, failedAttempts: 0 };
  return { options: {}, failedAttempts: 0 };
}
