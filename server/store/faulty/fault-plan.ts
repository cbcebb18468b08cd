import type { Random, Timers } from "../../../base/index.ts";
import type { CommitRequest } from "../store.ts";

export type CommitFaultKind = "none" | "failed" | "fenced" | "unknown-written" | "unknown-not-written";

export interface CommitFault {
  readonly kind: CommitFaultKind;
  /** How long the request travels before the store sees it, and how long the answer travels back. */
  readonly beforeMs?: number | undefined;
  readonly afterMs?: number | undefined;
}

export type ReadVerb =
  | "openLane"
  | "lastBatch"
  | "loadEntity"
  | "findEntity"
  | "readHistory"
  | "readDue"
  | "listVisibility"
  | "countVisibility"
  | "readByCloseTime"
  | "giveBackSpace"
  | "readMeta"
  | "readMetering"
  | "spillTasks"
  | "takeSpilledTasks"
  | "countSpilledTasks";

export interface ReadFault {
  readonly kind: "none" | "unavailable";
  /** How long the request travels before the store sees it, and how long the answer travels back. */
  readonly beforeMs?: number | undefined;
  readonly afterMs?: number | undefined;
}

/** Decides, call by call, what goes wrong. Asked exactly once per call, so a seeded plan is reproducible. */
export interface FaultPlan {
  readonly timers: Timers;
  commit(request: CommitRequest): CommitFault;
  read(verb: ReadVerb): ReadFault;
}

/** Rates are chances in [0, 1] per call; what they leave is `none`. */
export interface RandomFaults {
  readonly random: Random;
  readonly timers: Timers;
  readonly failed?: number;
  readonly fenced?: number;
  readonly unknownWritten?: number;
  readonly unknownNotWritten?: number;
  readonly unavailable?: number;
  /** Chance that a call is slow, and the longest delay then; half of it at most on each way. */
  readonly slow?: number;
  readonly slowMsMax?: number;
}

export function randomFaults(rates: RandomFaults): FaultPlan {
  const { random } = rates;
  const delay = (): number =>
    random.next() < (rates.slow ?? 0) ? Math.ceil((random.next() * (rates.slowMsMax ?? 0)) / 2) : 0;
  const choices: readonly (readonly [CommitFaultKind, number])[] = [
    ["failed", rates.failed ?? 0],
    ["fenced", rates.fenced ?? 0],
    ["unknown-written", rates.unknownWritten ?? 0],
    ["unknown-not-written", rates.unknownNotWritten ?? 0],
  ];
  return {
    timers: rates.timers,
    commit() {
      const beforeMs = delay();
      const afterMs = delay();
      let left = random.next();
      for (const [kind, rate] of choices) {
        if (left < rate) return { kind, beforeMs, afterMs };
        left -= rate;
      }
      return { kind: "none", beforeMs, afterMs };
    },
    read() {
      const kind = random.next() < (rates.unavailable ?? 0) ? "unavailable" : "none";
      return { kind, beforeMs: delay(), afterMs: delay() };
    },
  };
}

/** Faults in the order of calls; after the last one everything works. Push to the arrays while the test runs. */
export interface ScriptedFaults {
  readonly timers: Timers;
  readonly commits?: CommitFault[];
  readonly reads?: ReadFault[];
}

export function scriptedFaults(script: ScriptedFaults): FaultPlan {
  return {
    timers: script.timers,
    commit: () => script.commits?.shift() ?? { kind: "none" },
    read: () => script.reads?.shift() ?? { kind: "none" },
  };
}
