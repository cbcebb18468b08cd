/**
 * Where promises were made that are not settled yet. An `await` makes one, too, so that with these a run that waits for
 * promises of its own can say where.
 *
 * V8 tells of every promise, which makes code that awaits take twice as long: whoever drives a run installs the hooks
 * around it, and only when the run records its stacks.
 */
import { locationsOf, stackBelow } from "./stack-frames.ts";
import type { Site, StackTraceFileLocation } from "./stack-frames.ts";
import type { StackTrace } from "./stack-traces.ts";
import type { RunState } from "./state.ts";

/** The hooks of V8 that a run wants to have called while its code runs. */
export interface PromiseHooks {
  readonly init: (promise: object, parent?: object) => void;
  readonly before: (promise: object) => void;
  readonly settled: (promise: object) => void;
}

interface PromiseSite extends Site {
  /** The promise that this one waits for. */
  parent?: object | undefined;
}

/** What a run waits for beyond these is not shown. */
const SITES_MAX = 10_000;

export class PromiseSites implements PromiseHooks {
  readonly pending = new Map<object, PromiseSite>();
  readonly #isOfRun: () => boolean;

  constructor(isOfRun: () => boolean = () => true) {
    this.#isOfRun = isOfRun;
  }

  readonly init = (promise: object, parent?: object): void => {
    if (this.pending.size >= SITES_MAX || !this.#isOfRun()) return;
    const site: PromiseSite = stackBelow(this.init);
    site.parent = parent;
    this.pending.set(promise, site);
  };

  /** What follows an `await` begins. */
  readonly before = (promise: object): void => {
    this.pending.delete(promise);
  };

  /** A promise that is to become what another one will be is settled for V8: the other one is pending then. */
  readonly settled = this.before;
}

interface UserPromise {
  readonly promise: object;
  readonly parent: object | undefined;
  readonly locations: StackTraceFileLocation[];
  /** See `endsOf`. */
  readonly ends: readonly string[];
}

/**
 * Stacks of pending promises that the user's code made, without those that say nothing new: a caller that awaits what it
 * called waits where that waits, and a promise that is awaited elsewhere is waited for there.
 */
export function promiseStacks(run: RunState, known: readonly StackTrace[]): StackTrace[] {
  const made = [...madeByUser(run)];
  const byPromise = new Map(made.map((made) => [made.promise, made]));
  const awaitedElsewhere = new Set<UserPromise>();
  for (const { parent, ends } of made) {
    const awaited = parent && byPromise.get(parent);
    if (awaited && !awaited.ends.includes(ends[0] as string)) awaitedElsewhere.add(awaited);
  }
  const seen = new Set(known.flatMap(({ locations }) => endsOf(locations)));
  const shown = new Set<UserPromise>();
  // Longest first: what is the end of another comes after it.
  for (const one of made.toSorted((a, b) => b.ends.length - a.ends.length)) {
    if (awaitedElsewhere.has(one) || seen.has(one.ends[0] as string)) continue;
    for (const end of one.ends) seen.add(end);
    shown.add(one);
  }
  return made.filter((one) => shown.has(one)).map(({ locations }) => ({ locations }));
}

function* madeByUser(run: RunState): Iterable<UserPromise> {
  for (const [promise, { stack, parent }] of run.promiseSites?.pending ?? []) {
    const innermost = stack.split("\n").find((line) => line.startsWith("    at ")) ?? "";
    // Without both it is the promise of an asynchronous function: what that waits for is another one.
    if (parent === undefined && !BUILT_IN.test(innermost)) continue;
    const locations = locationsOf(run, stack);
    if (locations[0]?.internal_code === false) yield { promise, parent, locations, ends: endsOf(locations) };
  }
}

/** Such as `new Promise` and `Promise.all`. */
const BUILT_IN = /\(<anonymous>\)$/;

/** The lines of the user's code in a stack, then without the innermost one, and so on. */
function endsOf(locations: readonly StackTraceFileLocation[]): string[] {
  const lines = locations
    .filter(({ internal_code: isInternal }) => !isInternal)
    .map(({ file_path: path, line }) => `${path}:${line}`);
  return lines.map((_, at) => lines.slice(at).join("\n"));
}
