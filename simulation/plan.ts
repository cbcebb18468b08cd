import { seededRandom } from "../base/index.ts";
import type { Random } from "../base/index.ts";

/** How rough the world of one seed is. Drawn from the seed, so that some seeds are calm and others are not. */
export interface Plan {
  readonly seed: number;
  readonly random: Random;
  readonly lanes: number;
  readonly clients: number;
  readonly workers: number;
  /** Workflow tasks that a worker works on at a time: many enough that none waits long for a worker. */
  readonly tasksAtOnce: number;
  /** Client operations in all. */
  readonly operations: number;
  readonly crashes: number;
  /** Chances per message. */
  readonly lost: number;
  readonly doubled: number;
  readonly delayMsMax: number;
  /** Chances per commit or read of the store. */
  readonly storeFailed: number;
  readonly storeUnknown: number;
  readonly storeSlow: number;
  readonly storeSlowMsMax: number;
  readonly readUnavailable: number;
  /** Chances per task that a worker dies with it (of a workflow, of an activity), answers twice, answers late, or fails it. */
  readonly workerDies: number;
  readonly activityWorkerDies: number;
  readonly workerRepeats: number;
  readonly answersLate: number;
  readonly taskFails: number;
  /** Chance that an answer of an attempt that is over is tried, and that a poll or the completion of a workflow task is given up early. */
  readonly answersStale: number;
  readonly pollsGivenUp: number;
  /** How far the server's clock may be off, either way; drawn anew for each life of the process. */
  readonly clockOffMsMax: number;
  /** Entities that the server keeps in memory. */
  readonly cachedRunsMax: number;
  /** How far ahead the server holds due times in memory: shorter than many timers, so that its scans find those. */
  readonly dueHorizonMs: number;
}

export interface PlanSize {
  readonly operations: number;
  readonly crashes: number;
}

export function planOf(seed: number, size: PlanSize): Plan {
  const random = seededRandom(seed);
  const between = (low: number, high: number): number => low + Math.floor(random.next() * (high - low + 1));
  const chance = (max: number): number => (random.next() < 0.3 ? 0 : random.next() * max);
  // Some stores are so slow that a good deal happens while a commit is on its way.
  const isSluggish = random.next() < 0.2;
  return {
    seed,
    random,
    lanes: random.next() < 0.5 ? 1 : between(2, 4),
    clients: between(2, 6),
    workers: between(2, 5),
    tasksAtOnce: isSluggish ? 6 : 2,
    operations: size.operations,
    crashes: size.crashes + between(0, 3),
    lost: chance(0.05),
    doubled: chance(0.05),
    delayMsMax: between(1, 40),
    storeFailed: chance(0.02),
    storeUnknown: chance(0.02),
    storeSlow: isSluggish ? 0.5 : chance(0.1),
    storeSlowMsMax: isSluggish ? 2_000 : between(5, 400),
    readUnavailable: chance(0.01),
    workerDies: chance(0.03),
    activityWorkerDies: chance(0.1),
    workerRepeats: chance(0.05),
    answersLate: chance(0.02),
    taskFails: chance(0.03),
    clockOffMsMax: random.next() < 0.6 ? 0 : between(10, 8_000),
    cachedRunsMax: between(3, 60),
    answersStale: chance(0.4),
    pollsGivenUp: chance(0.3),
    dueHorizonMs: between(2_000, 30_000),
  };
}
