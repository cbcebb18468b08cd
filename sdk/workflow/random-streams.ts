/** Named streams of random numbers beside the one behind `Math.random()`. */
import { createAlea, type RandomSource } from "./alea.ts";
import { AsyncLocalStorage, type AsyncStorage } from "./async-context.ts";
import { currentRun, requireRun } from "./current-run.ts";
import { fillWithRandom, uuid4FromRandom } from "./random-values.ts";
import { deriveSeed } from "./random-stream-seed.ts";
import type { RunState } from "./state.ts";

/**
 * A stream of random numbers that a replay repeats.
 *
 * @experimental
 */
export interface WorkflowRandomStream {
  /** The next number, as `Math.random()` gives it. */
  random(): number;
  uuid4(): string;
  /** Fills `bytes` and returns them. */
  fill(bytes: Uint8Array): Uint8Array;
  /**
   * Runs `fn` so that `Math.random()` and `uuid4()` draw from this stream, also after awaits in it. What an interceptor
   * calls by `next` is not affected.
   */
  with<T>(fn: () => T): T;
}

/** null stands for the run's own stream within another's scope. */
let overrides: AsyncStorage<RandomSource | null> | undefined;

/** The number that `Math.random()` gives in workflow code. */
export function currentRandom(run: RunState): number {
  if (overrides === undefined) return run.random();
  return (overrides.getStore() ?? run.random)();
}

function withSource<T>(source: RandomSource | null, fn: () => T): T {
  overrides ??= new AsyncLocalStorage<RandomSource | null>();
  return overrides.run(source, fn);
}

/** Binds `next` to the random scope of now. */
export function keepRandomScope<F extends (...args: any[]) => any>(next: F): F {
  const source = overrides?.getStore() ?? null;
  return ((...args: any[]) => (overrides === undefined ? next(...args) : withSource(source, () => next(...args)))) as F;
}

function streamOf(source: () => RandomSource): WorkflowRandomStream {
  return {
    random: () => source()(),
    uuid4: () => uuid4FromRandom(source()),
    fill: (bytes) => fillWithRandom(source(), bytes),
    with: (fn) => {
      source();
      return withSource(() => source()(), fn);
    },
  };
}

/**
 * The run's own stream, the one behind `Math.random()`.
 *
 * @experimental
 */
export const workflowRandom: WorkflowRandomStream = streamOf(() => currentRun().random);

/**
 * The stream of that name: the same one for every call of the run. It takes nothing from `Math.random()`, so that an
 * interceptor or a plugin can draw without changing what the workflow sees.
 *
 * @experimental
 */
export function getRandomStream(name: string): WorkflowRandomStream {
  return streamOf(() => namedRandom(requireRun("getRandomStream"), name));
}

function namedRandom(run: RunState, name: string): RandomSource {
  run.namedRandoms ??= new Map();
  let source = run.namedRandoms.get(name);
  if (source === undefined) {
    source = createAlea(deriveSeed(run.randomnessSeed, name));
    run.namedRandoms.set(name, source);
  }
  return source;
}

/** A version 4 UUID from the run's random numbers; not fit for secrets. */
export function uuid4(): string {
  const run = requireRun("uuid4");
  return uuid4FromRandom(() => currentRandom(run));
}
