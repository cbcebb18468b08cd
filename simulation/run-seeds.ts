/** Runs a range of seeds, in this process or spread over some others. */
import { fork } from "node:child_process";
import type { PlanSize } from "./plan.ts";
import { simulate } from "./simulate.ts";
import type { Outcome } from "./simulate.ts";

export interface SeedRange {
  readonly first: number;
  readonly count: number;
  readonly size: PlanSize;
  readonly isTwice: boolean;
}

export interface SeedSummary {
  failed: number;
  workflows: number;
  readonly crashes: Record<string, number>;
}

/** Stacks of expected errors are costly and nobody reads them. A single seed keeps them. */
const STACK_FRAMES_MANY = 0;

export async function runSeeds(
  options: SeedRange & { jobs: number; onSeed: (outcome: Outcome) => void },
): Promise<SeedSummary> {
  const summary: SeedSummary = { failed: 0, workflows: 0, crashes: {} };
  const onSeed = (outcome: Outcome): void => {
    summary.workflows += outcome.workflows;
    if (outcome.violations.length > 0) summary.failed++;
    for (const [point, hits] of Object.entries(outcome.crashes))
      summary.crashes[point] = (summary.crashes[point] ?? 0) + hits;
    options.onSeed(outcome);
  };
  if (options.jobs <= 1) await runHere(options, onSeed);
  else await runInJobs(options, onSeed);
  return summary;
}

export async function runHere(
  { first, count, size, isTwice }: SeedRange,
  onSeed: (outcome: Outcome) => void,
): Promise<void> {
  const frames = Error.stackTraceLimit;
  if (count > 1) Error.stackTraceLimit = STACK_FRAMES_MANY;
  for (let seed = first; seed < first + count; seed++) onSeed(await runSeed(seed, size, isTwice));
  Error.stackTraceLimit = frames;
}

async function runSeed(seed: number, size: PlanSize, isTwice: boolean): Promise<Outcome> {
  const outcome = await simulate(seed, size);
  if (!isTwice) return outcome;
  const again = await simulate(seed, size);
  if (again.digest === outcome.digest && again.events === outcome.events) return outcome;
  const difference = `a second run differs: ${outcome.digest} after ${outcome.events} events, ${again.digest} after ${again.events}`;
  return { ...outcome, violations: [...outcome.violations, difference] };
}

/** Each job takes an equal part of the range. */
async function runInJobs(options: SeedRange & { jobs: number }, onSeed: (outcome: Outcome) => void): Promise<void> {
  const { first, count, size, isTwice, jobs } = options;
  const per = Math.ceil(count / jobs);
  const parts: Promise<void>[] = [];
  for (let at = first; at < first + count; at += per) {
    const range: SeedRange = { first: at, count: Math.min(per, first + count - at), size, isTwice };
    parts.push(
      new Promise((resolve, reject) => {
        const job = fork(new URL("seed-job.ts", import.meta.url), [JSON.stringify(range)]);
        job.on("message", (outcome) => onSeed(outcome as Outcome));
        job.on("exit", (code) =>
          code === 0 ? resolve() : reject(new Error(`a job of seeds from ${range.first} ended with ${code}`)),
        );
      }),
    );
  }
  await Promise.all(parts);
}
