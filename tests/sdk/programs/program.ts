/** Workflow programs as data. */
import fc from "fast-check";

export type Program =
  | { readonly kind: "sleep"; readonly ms: number }
  | { readonly kind: "activity"; readonly value: number; readonly failures: number }
  | { readonly kind: "local"; readonly value: number; readonly failures: number }
  | { readonly kind: "child"; readonly program: Program }
  | { readonly kind: "signal"; readonly name: "left" | "right" }
  | { readonly kind: "wait"; readonly signals: number; readonly ms: number }
  | { readonly kind: "draw" }
  /** Draws a number, tells it to an activity, and compares what comes back, maybe in a later task and another worker's memory. */
  | { readonly kind: "recall" }
  | { readonly kind: "patch"; readonly id: string }
  | { readonly kind: "memo"; readonly value: number }
  | { readonly kind: "sequence"; readonly steps: readonly Program[] }
  | { readonly kind: "parallel"; readonly steps: readonly Program[] }
  | { readonly kind: "race"; readonly steps: readonly Program[] }
  | { readonly kind: "cancel"; readonly afterMs: number; readonly program: Program }
  | { readonly kind: "shield"; readonly program: Program };

const ms = fc.integer({ min: 0, max: 8 });
const failures = fc.integer({ min: 0, max: 3 });
const value = fc.integer({ min: 0, max: 99 });

const { program } = fc.letrec<{ program: Program; leaf: Program; steps: Program[] }>((tie) => ({
  leaf: fc.oneof(
    fc.record({ kind: fc.constant("sleep" as const), ms }),
    fc.record({ kind: fc.constant("activity" as const), value, failures }),
    fc.record({ kind: fc.constant("local" as const), value, failures }),
    fc.record({ kind: fc.constant("signal" as const), name: fc.constantFrom("left" as const, "right" as const) }),
    fc.record({ kind: fc.constant("wait" as const), signals: fc.integer({ min: 1, max: 3 }), ms }),
    fc.record({ kind: fc.constant("draw" as const) }),
    fc.record({ kind: fc.constant("recall" as const) }),
    fc.record({ kind: fc.constant("patch" as const), id: fc.constantFrom("one", "two") }),
    fc.record({ kind: fc.constant("memo" as const), value }),
  ),
  steps: fc.array(tie("program"), { minLength: 1, maxLength: 4 }),
  program: fc.oneof(
    { depthSize: "small", withCrossShrink: true, maxDepth: 4 },
    tie("leaf"),
    fc.record({ kind: fc.constant("sequence" as const), steps: tie("steps") }),
    fc.record({ kind: fc.constant("parallel" as const), steps: tie("steps") }),
    fc.record({ kind: fc.constant("race" as const), steps: tie("steps") }),
    fc.record({ kind: fc.constant("cancel" as const), afterMs: ms, program: tie("program") }),
    fc.record({ kind: fc.constant("shield" as const), program: tie("program") }),
    fc.record({ kind: fc.constant("child" as const), program: tie("program") }),
  ),
}));

/** Several steps, so that most programs take some tasks. */
export const programs: fc.Arbitrary<Program> = fc
  .array(program, { minLength: 2, maxLength: 5 })
  .map((steps) => ({ kind: "sequence", steps }));

/**
 * So long, and so seldom the sum of others, that with skipped time nothing that has begun is still going on when the next
 * timer fires: then time decides every race, and never the machine.
 */
const long = fc.noBias(fc.integer({ min: 60_000, max: 10_000_000_000 }));

const calm = fc.letrec<{ program: Program; steps: Program[]; leaf: Program; timed: Program }>((tie) => ({
  timed: fc.oneof(
    fc.record({ kind: fc.constant("sleep" as const), ms: long }),
    fc.record({ kind: fc.constant("patch" as const), id: fc.constantFrom("one", "two") }),
    fc.record({ kind: fc.constant("memo" as const), value }),
  ),
  leaf: fc.oneof(
    tie("timed"),
    fc.record({ kind: fc.constant("activity" as const), value, failures }),
    fc.record({ kind: fc.constant("local" as const), value, failures }),
    fc.record({ kind: fc.constant("signal" as const), name: fc.constantFrom("left" as const, "right" as const) }),
    fc.record({ kind: fc.constant("wait" as const), signals: fc.integer({ min: 1, max: 3 }), ms: long }),
    fc.record({ kind: fc.constant("recall" as const) }),
  ),
  steps: fc.array(tie("program"), { minLength: 1, maxLength: 4 }),
  program: fc.oneof(
    { depthSize: "small", withCrossShrink: true, maxDepth: 4 },
    tie("leaf"),
    fc.record({ kind: fc.constant("sequence" as const), steps: tie("steps") }),
    fc.record({ kind: fc.constant("parallel" as const), steps: tie("steps") }),
    fc.record({
      kind: fc.constant("race" as const),
      steps: fc.array(tie("timed"), { minLength: 2, maxLength: 3 }),
    }),
    fc.record({ kind: fc.constant("cancel" as const), afterMs: long, program: tie("program") }),
    fc.record({ kind: fc.constant("shield" as const), program: tie("program") }),
    fc.record({ kind: fc.constant("child" as const), program: tie("program").map((only) => atLeisure([only])) }),
  ),
}));

/** Programs whose outcome is the same in every run, when time is skipped. At their end nothing is left to do. */
export const calmPrograms: fc.Arbitrary<Program> = fc
  .array(calm.program, { minLength: 2, maxLength: 5 })
  .map(atLeisure);

/** So that handlers of signals have ended at the end of the run. */
function atLeisure(steps: readonly Program[]): Program {
  return { kind: "sequence", steps: [...steps, { kind: "sleep", ms: 60_000 }] };
}
