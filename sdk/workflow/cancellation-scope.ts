/**
 * Trees of cancellation.
 *
 * 1. What hears of a scope's cancellation hears in a microtask of its own, in the order in which it asked. The order of
 *    the commands that follow from it is part of history, so it is as if each had attached to `cancelRequested`; that
 *    promise itself is made when someone looks at it.
 * 2. What is done no longer listens: a scope that lives for years holds what is pending, not all that ever was.
 */
import { CancelledFailure, type Duration, msOptionalToNumber } from "../common/index.ts";
import { AsyncLocalStorage, type AsyncStorage, whenInstalled } from "./async-context.ts";
import { currentRun } from "./current-run.ts";
import { hasFlag, SdkFlags } from "./flags.ts";
import type { RunState } from "./state.ts";

/** For the scope of the run itself. */
const NO_PARENT = Symbol("no parent");

/** Options of `new CancellationScope`. */
export interface CancellationScopeOptions {
  /** Cancels the scope when it has run for so long. */
  timeout?: Duration;
  /** When false, no cancellation gets through to what is inside; true by default. */
  cancellable: boolean;
  /** The scope around this one, for work in the background; by default the current one. */
  parent?: CancellationScope | typeof NO_PARENT;
}

type Listener = (error: Error) => void;

let scopes: AsyncStorage<CancellationScope>;
whenInstalled(() => (scopes = new AsyncLocalStorage<CancellationScope>()));

/** `sleep`, which this module cannot import without a circle. */
let sleep: (duration: Duration) => Promise<unknown>;

export function registerSleep(implementation: typeof sleep): void {
  sleep = implementation;
}

const settled = Promise.resolve();

function inMicrotask(fn: () => void): void {
  void settled.then(fn);
}

/**
 * Decides what a request for cancellation reaches: activities, timers, children and scopes that are started within
 * `run` are cancelled with the scope, in which case their promises reject with a `CancelledFailure` (or a failure that
 * it caused). In a scope that is cancelled already, new ones reject at once; cleaning up needs a scope that is not
 * cancellable.
 *
 * @example
 * ```ts
 * try {
 *   await charge(order);
 * } catch (error) {
 *   if (isCancellation(error)) await CancellationScope.nonCancellable(() => refund(order));
 *   throw error;
 * }
 * ```
 */
export class CancellationScope {
  /** Milliseconds after which the scope is cancelled. */
  protected readonly timeout?: number;
  readonly cancellable: boolean;
  readonly parent?: CancellationScope;

  #run: RunState;
  #error: Error | undefined;
  #listeners: Set<Listener> | undefined;
  #stopFollowing: (() => void) | undefined;
  /** The listeners have been told; a scope made in a cancelled one has its error before that. */
  #isDelivered = false;
  #promise: Promise<never> | undefined;
  #rejectPromise: Listener | undefined;

  constructor(options?: CancellationScopeOptions) {
    const timeout = msOptionalToNumber(options?.timeout);
    if (timeout !== undefined) this.timeout = timeout;
    this.cancellable = options?.cancellable ?? true;
    this.#run = currentRun("A CancellationScope belongs to a workflow: make it in workflow code");
    if (options?.parent === NO_PARENT) return;
    this.parent = options?.parent ?? CancellationScope.current();
    this.#followParent(this.parent);
  }

  #followParent(parent: CancellationScope): void {
    const inherited = parent.#error;
    const listener: Listener = (error) => {
      if (parent.cancellable || !hasFlag(this.#run, SdkFlags.NonCancellableScopesAreShieldedFromPropagation)) {
        this.#cancel(error);
      }
    };
    // A scope made in a cancelled one counts as cancelled from the start, and tells so in the next microtask.
    if (inherited !== undefined) {
      if (parent.cancellable) this.#error = inherited;
      inMicrotask(() => listener(inherited));
      return;
    }
    parent.#listen(listener);
    this.#stopFollowing = () => parent.#listeners?.delete(listener);
  }

  /** A promise that rejects when cancellation is requested, even if the scope is not cancellable. */
  get cancelRequested(): Promise<never> {
    if (this.#promise === undefined) {
      this.#promise = new Promise<never>((_, reject) => (this.#rejectPromise = reject));
      this.#promise.catch(() => undefined);
      if (this.#isDelivered) this.#rejectPromise?.(this.#error as Error);
    }
    return this.#promise;
  }

  /** Whether what is inside is cancelled; never for a scope that is not cancellable. */
  get consideredCancelled(): boolean {
    return this.#error !== undefined && this.cancellable;
  }

  /**
   * Runs `fn` with this scope as the current one.
   *
   * @returns what `fn` resolves with
   */
  run<T>(fn: () => Promise<T>): Promise<T> {
    return scopes.run(this, () => this.runInContext(fn));
  }

  protected async runInContext<T>(fn: () => Promise<T>): Promise<T> {
    const timerScope = this.timeout === undefined || this.timeout === 0 ? undefined : this.#startTimeout(this.timeout);
    try {
      return await fn();
    } finally {
      if (timerScope !== undefined && !timerScope.consideredCancelled) {
        if (hasFlag(this.#run, SdkFlags.NonCancellableScopesAreShieldedFromPropagation)) timerScope.cancel();
      }
    }
  }

  #startTimeout(timeout: number): CancellationScope {
    const timerScope = new CancellationScope();
    void timerScope
      .run(() => sleep(timeout) as Promise<void>)
      .then(
        () => this.cancel(),
        () => undefined,
      );
    return timerScope;
  }

  /** Requests cancellation of what is inside; a second time changes nothing. */
  cancel(): void {
    this.#cancel(new CancelledFailure("Cancellation scope cancelled"));
  }

  #cancel(error: Error): void {
    if (this.#isDelivered) return;
    this.#error ??= error;
    this.#isDelivered = true;
    this.#stopFollowing?.();
    const listeners = this.#listeners;
    this.#listeners = undefined;
    if (listeners !== undefined) {
      for (const listener of listeners) inMicrotask(() => listener(error));
    }
    this.#rejectPromise?.(error);
  }

  #listen(listener: Listener): void {
    if (this.#promise !== undefined) {
      // Someone attached to the promise: from now on the order is that of its reactions.
      this.#promise.catch(listener);
      return;
    }
    this.#listeners ??= new Set();
    this.#listeners.add(listener);
  }

  /**
   * Links an operation to this scope. `onCancel` runs when cancellation reaches it.
   *
   * @returns what unlinks it, or "cancelled" when the scope is cancelled already: then only `onAlreadyCancelled` runs,
   *   in the next microtask, and the operation must not begin.
   */
  link(onCancel: Listener, onAlreadyCancelled: Listener): (() => void) | "cancelled" {
    const error = this.#error;
    if (error !== undefined && this.cancellable) {
      if (this.#isDelivered) inMicrotask(() => onAlreadyCancelled(error));
      else this.#listen(onAlreadyCancelled);
      return "cancelled";
    }
    if (!this.cancellable) return unlinked;
    this.#listen(onCancel);
    return () => this.#listeners?.delete(onCancel);
  }

  /** The scope that this code runs in. */
  static current(): CancellationScope {
    const run = currentRun("CancellationScope.current() works only in a workflow");
    const scope = scopes.getStore();
    return scope !== undefined && scope.#run === run ? scope : run.rootScope;
  }

  /** `new CancellationScope({ cancellable: true }).run(fn)` */
  static cancellable<T>(fn: () => Promise<T>): Promise<T> {
    return new this({ cancellable: true }).run(fn);
  }

  /** `new CancellationScope({ cancellable: false }).run(fn)` */
  static nonCancellable<T>(fn: () => Promise<T>): Promise<T> {
    return new this({ cancellable: false }).run(fn);
  }

  /** `new CancellationScope({ cancellable: true, timeout }).run(fn)` */
  static withTimeout<T>(timeout: Duration, fn: () => Promise<T>): Promise<T> {
    return new this({ cancellable: true, timeout }).run(fn);
  }

  /** The scope of a whole run. */
  static root(): CancellationScope {
    return new RootCancellationScope();
  }

  /** Cancels the whole run, as the server asks. */
  protected cancelWith(message: string): void {
    this.#cancel(new CancelledFailure(message));
  }
}

class RootCancellationScope extends CancellationScope {
  constructor() {
    super({ cancellable: true, parent: NO_PARENT });
  }

  override cancel(): void {
    this.cancelWith("Workflow cancelled");
  }
}

function unlinked(): void {}
