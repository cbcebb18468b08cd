/**
 * The process's globals, which for code of a run do what `sdk/workflow/globals.ts` says and for all other code what they
 * always did.
 */
import { installGlobals } from "../../workflow/globals.ts";

type Anything = (...args: any[]) => unknown;

/** Functions of the global object that a run has in its own way, or not at all. */
const FUNCTIONS = ["setTimeout", "clearTimeout", "setInterval", "setImmediate", "fetch"] as const;

const OF_CRYPTO = ["randomUUID", "getRandomValues"] as const;

let users = 0;
let restore: (() => void)[] = [];

/** Returns what ends it; the globals are as before when the last user has ended. */
export function installInlineGlobals(isRunsCode: () => boolean): () => void {
  if (users++ === 0) install(isRunsCode);
  let hasEnded = false;
  return () => {
    if (hasEnded) return;
    hasEnded = true;
    if (--users > 0) return;
    for (const undo of restore.toReversed()) undo();
    restore = [];
  };
}

function install(isRunsCode: () => boolean): void {
  const { Date: RealDate, Math: math, crypto, performance } = globalThis;
  keep(RealDate.prototype, "constructor");
  const ofRun = { Date: RealDate, Math: { random: math.random } } as unknown as typeof globalThis;
  installGlobals(ofRun, "refuse");
  const inRun = ofRun as unknown as Record<string, Anything>;
  for (const name of FUNCTIONS) replace(globalThis, name, choice(isRunsCode, inRun[name], read(globalThis, name)));
  replace(math, "random", choice(isRunsCode, read(ofRun.Math, "random"), math.random.bind(math)));
  for (const name of OF_CRYPTO) {
    const real = read(crypto, name).bind(crypto) as Anything;
    replace(crypto, name, choice(isRunsCode, read(ofRun.crypto, name), real));
  }
  const { now } = ofRun.Date;
  replace(performance, "now", choice(isRunsCode, now, performance.now.bind(performance)));
  const chosen = chosenDate(isRunsCode, ofRun.Date, RealDate);
  replace(globalThis, "Date", chosen);
  replace(RealDate.prototype, "constructor", chosen);
}

function choice(isRunsCode: () => boolean, ofRun: Anything | undefined, real: Anything): Anything {
  function chosen(this: unknown, ...args: unknown[]): unknown {
    return isRunsCode() ? ofRun?.(...args) : real.apply(this, args);
  }
  // Names and extras, as `util.promisify` finds them.
  return Object.defineProperties(chosen, Object.getOwnPropertyDescriptors(real)) as Anything;
}

function chosenDate(isRunsCode: () => boolean, OfRun: DateConstructor, Real: DateConstructor): DateConstructor {
  function ChosenDate(this: unknown, ...args: unknown[]): unknown {
    const Chosen = isRunsCode() ? OfRun : Real;
    if (new.target === undefined) return Chosen();
    return Reflect.construct(Chosen, args, new.target === (ChosenDate as unknown) ? Chosen : new.target);
  }
  return Object.defineProperties(ChosenDate, {
    ...Object.getOwnPropertyDescriptors(Real),
    now: { value: choice(isRunsCode, read(OfRun, "now"), read(Real, "now")), writable: true, configurable: true },
    prototype: { value: Real.prototype, writable: false },
  }) as unknown as DateConstructor;
}

function read(owner: object, name: string): Anything {
  return Reflect.get(owner, name) as Anything;
}

function replace(owner: object, name: string, value: unknown): void {
  keep(owner, name);
  Object.defineProperty(owner, name, { value, writable: true, enumerable: false, configurable: true });
}

/** Notes what a property was, to be put back. */
function keep(owner: object, name: string): void {
  const before = Object.getOwnPropertyDescriptor(owner, name);
  restore.push(() => {
    if (before === undefined) Reflect.deleteProperty(owner, name);
    else Object.defineProperty(owner, name, before);
  });
}
