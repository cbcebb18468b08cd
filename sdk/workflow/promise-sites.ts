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

/** It is nobody's `await`, and nothing built in made it: it is the promise of an asynchronous function. */
function isOfFunction({ stack, parent }: PromiseSite): boolean {
  const innermost = stack.split("\n").find((line) => line.startsWith("    at ")) ?? "";
  return parent === undefined && !BUILT_IN.test(innermost);
}

/** Such as `new Promise` and `Promise.all`. */
const BUILT_IN = /\(<anonymous>\)$/;

/** What a run waits for beyond these is not shown. */
const SITES_MAX = 10_000;

export class PromiseSites implements PromiseHooks {
  readonly pending = new Map<object, PromiseSite>();
  readonly #all = new WeakMap<object, PromiseSite>();
  readonly #isOfRun: () => boolean;

  constructor(isOfRun: () => boolean = () => true) {
    this.#isOfRun = isOfRun;
  }

  readonly init = (promise: object, parent?: object): void => {
    if (!this.#isOfRun()) return;
    const site: PromiseSite = stackBelow(this.init);
    site.parent = parent;
    this.#all.set(promise, site);
    if (this.pending.size < SITES_MAX) this.pending.set(promise, site);
  };

  /** What follows an `await` begins. */
  readonly before = (promise: object): void => {
    this.pending.delete(promise);
  };

  /** A promise that is to become what another one will be is settled for V8: the other one is pending then. */
  readonly settled = this.before;

  siteOf(promise: object): { readonly stack: string; readonly isOfFunction: boolean } | undefined {
    const site = this.#all.get(promise);
    return site && { stack: site.stack, isOfFunction: isOfFunction(site) };
  }
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
  for (const [promise, site] of run.promiseSites?.pending ?? []) {
    if (isOfFunction(site)) continue; // What the function waits for is another one.
    const locations = locationsOf(run, site.stack);
    if (locations[0]?.internal_code !== false) continue;
    yield { promise, parent: site.parent, locations, ends: endsOf(locations) };
  }
}

/** The lines of the user's code in a stack, then without the innermost one, and so on. */
function endsOf(locations: readonly StackTraceFileLocation[]): string[] {
  const lines = locations
    .filter(({ internal_code: isInternal }) => !isInternal)
    .map(({ file_path: path, line }) => `${path}:${line}`);
  return lines.map((_, at) => lines.slice(at).join("\n"));
}
