/** Runs a range of seeds, in this process or spread over some others. */
import { fork } from "node:child_process";
import type { PlanSize } from "./plan.ts";
import { simulate } from "./simulate.ts";
import type { Outcome } from "./simulate.ts";
import type { StoreName } from "./stores/store-names.ts";
import type { StoresInAgreement } from "./stores/stores-in-agreement.ts";
import { StoreLog } from "./stores/store-log.ts";

export interface SeedRange {
  readonly first: number;
  readonly count: number;
  readonly size: PlanSize;
  readonly isTwice: boolean;
  /** Each of these is asked afterwards what the seed's store was asked, and must answer the same. */
  readonly stores: readonly StoreName[];
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

export async function runHere(range: SeedRange, onSeed: (outcome: Outcome) => void): Promise<void> {
  const { first, count } = range;
  const frames = Error.stackTraceLimit;
  if (count > 1) Error.stackTraceLimit = STACK_FRAMES_MANY;
  const others = await openOthers(range.stores);
  try {
    for (let seed = first; seed < first + count; seed++) onSeed(await runSeed(seed, range, others));
  } finally {
    await others?.remove();
    Error.stackTraceLimit = frames;
  }
}

/** What it takes to reach a database is loaded by those only who want one. */
async function openOthers(stores: readonly StoreName[]): Promise<StoresInAgreement | undefined> {
  if (stores.length === 0) return undefined;
  const { StoresInAgreement: Others } = await import("./stores/stores-in-agreement.ts");
  return new Others(stores);
}

async function runSeed(
  seed: number,
  { size, isTwice }: SeedRange,
  others: StoresInAgreement | undefined,
): Promise<Outcome> {
  const log = others === undefined ? undefined : new StoreLog();
  const outcome = await simulate(seed, size, log);
  const violations = [...outcome.violations];
  if (log !== undefined && others !== undefined) violations.push(...(await others.check(log)));
  if (isTwice) {
    const again = await simulate(seed, size);
    if (again.digest !== outcome.digest || again.events !== outcome.events)
      violations.push(
        `a second run differs: ${outcome.digest} after ${outcome.events} events, ${again.digest} after ${again.events}`,
      );
  }
  return { ...outcome, violations };
}

/** Each job takes an equal part of the range. */
async function runInJobs(options: SeedRange & { jobs: number }, onSeed: (outcome: Outcome) => void): Promise<void> {
  const { first, count, size, isTwice, stores, jobs } = options;
  const per = Math.ceil(count / jobs);
  const parts: Promise<void>[] = [];
  for (let at = first; at < first + count; at += per) {
    const range: SeedRange = { first: at, count: Math.min(per, first + count - at), size, isTwice, stores };
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
