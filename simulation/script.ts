import type { Random } from "../base/index.ts";

/** One thing that a simulated workflow does before it goes on to the next. */
export type Step =
  /** An activity that fails this many times before it succeeds. */
  | { readonly kind: "activity"; readonly failures: number }
  | { readonly kind: "timer"; readonly ms: number }
  /** Waits until this many signals have come in all. */
  | { readonly kind: "signals"; readonly count: number }
  | { readonly kind: "child"; readonly steps: readonly Step[] }
  | { readonly kind: "marker" }
  /** Signals another workflow of the simulation. */
  | { readonly kind: "tell"; readonly workflowId: string };

/** A simulated workflow's input: what it does, and how it ends. */
export interface Script {
  readonly steps: readonly Step[];
  readonly end: "complete" | "fail" | "continue";
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
  if (roll < 0.4) return { kind: "activity", failures: random.next() < 0.3 ? 1 + Math.floor(random.next() * 2) : 0 };
  if (roll < 0.65) return { kind: "timer", ms: Math.floor(random.next() * 4_000) };
  if (roll < 0.75) return { kind: "marker" };
  if (roll < 0.85 && peers.length > 0) return { kind: "tell", workflowId: peers[Math.floor(random.next() * peers.length)] as string };
  if (depth === 0) return { kind: "child", steps: randomScript(random, [], 1).steps };
  return { kind: "timer", ms: 10 };
}
