/**
 * How many programs, and which. A failure prints its seed and its path: PERDURE_SEED and PERDURE_PATH run it again, and
 * PERDURE_RUNS=500 tries more programs than every test run does.
 */
import { env } from "node:process";
import type { Parameters } from "fast-check";
import type { Program } from "./program.ts";

export function runSettings<T = Program>(examples: readonly NoInfer<T>[] = [], runsDefault = 12): Parameters<[T]> {
  const { PERDURE_RUNS: runs = runsDefault, PERDURE_SEED: seed, PERDURE_PATH: path } = env;
  return {
    examples: path === undefined ? examples.map((each) => [each]) : [],
    numRuns: Number(runs),
    endOnFailure: true,
    ...(seed === undefined ? {} : { seed: Number(seed) }),
    ...(path === undefined ? {} : { path }),
  };
}
