import { describe, expect, test } from "vitest";
import { CRASH_POINTS } from "./crash-points.ts";
import { planOf } from "./plan.ts";
import { runHere } from "./run-seeds.ts";
import type { Outcome } from "./simulate.ts";

/** `npm run simulate` runs seeds of 1,000 operations; here they are small so that 200 of them fit into a minute. */
const SIZE = { operations: 120, crashes: 5 };
const SEEDS = 200;
const SEEDS_PER_TEST = 25;
const SECONDS_MAX = 120;

describe("simulated worlds", () => {
  const crashes: Record<string, number> = {};

  test.each(Array.from({ length: SEEDS / SEEDS_PER_TEST }, (_, at) => 1 + at * SEEDS_PER_TEST))(
    "seeds from %i on keep every promise",
    async (first) => {
      const failures: string[] = [];
      await runHere({ first, count: SEEDS_PER_TEST, size: SIZE, isTwice: false, stores: [] }, (outcome: Outcome) => {
        for (const violation of outcome.violations) failures.push(`seed ${outcome.seed}: ${violation}`);
        for (const [point, hits] of Object.entries(outcome.crashes)) crashes[point] = (crashes[point] ?? 0) + hits;
      });
      expect(failures).toEqual([]);
    },
    SECONDS_MAX * 1_000,
  );

  test("every crash point was hit by these seeds", () => {
    expect(CRASH_POINTS.filter((point) => (crashes[point] ?? 0) === 0)).toEqual([]);
  });

  test("a seed crashes the server at least as often as asked, and replays to the byte", async () => {
    const outcomes: Outcome[] = [];
    await runHere({ first: 7, count: 1, size: SIZE, isTwice: true, stores: [] }, (outcome) => outcomes.push(outcome));
    const [outcome] = outcomes;
    expect(outcome?.violations).toEqual([]);
    const sum = Object.values(outcome?.crashes ?? {}).reduce((total, hits) => total + hits, 0);
    expect(sum).toBeGreaterThanOrEqual(planOf(7, SIZE).crashes);
  });
});
