/**
 * Sagas: a list of what undoes the steps that were taken.
 *
 * 1. Compensations run in the reverse of the order in which they were added, each at most once with success.
 * 2. No cancellation reaches them.
 * 3. Only what ends the workflow undoes it. A bug (any error that is no failure) fails the workflow task, which is tried
 *    again with mended code: nothing is undone for it.
 */
import {
  ActivityFailure,
  ApplicationFailure,
  ChildWorkflowFailure,
  msToNumber,
  TemporalFailure,
} from "../common/index.ts";
import type { RetryPolicy } from "../common/index.ts";
import { CancellationScope } from "../workflow/cancellation-scope.ts";
import { currentRun } from "../workflow/current-run.ts";
import { failsWorkflow } from "../workflow/failures.ts";
import { sleep } from "../workflow/timers.ts";
import { CompensationFailure } from "./compensation-failure.ts";
import type { CompensationError } from "./compensation-failure.ts";

/** Options of `saga`. */
export interface SagaOptions {
  /** All compensations at once instead of the last one first; false unless given. */
  parallel?: boolean;
  /** Whether what follows a compensation that failed is undone all the same; true unless given. */
  continueWithError?: boolean;
  /**
   * Of each compensation as a whole, beyond the retries of the activities that it calls. 10 attempts unless given, the
   * first pause a second, the longest a minute.
   */
  retry?: Pick<RetryPolicy, "initialInterval" | "backoffCoefficient" | "maximumInterval" | "maximumAttempts">;
}

/** Undoes one step. It may be called more than once, and must not mind. */
export type Compensation = () => unknown;

interface Registered {
  readonly name: string;
  readonly undo: Compensation;
}

const ATTEMPTS_MAX = 10;
const FIRST_PAUSE = "1 second";
const LONGEST_PAUSE = "1 minute";

/** See `saga`. */
export class Saga implements AsyncDisposable {
  readonly #options: SagaOptions;
  #registered: Registered[] = [];
  #count = 0;

  constructor(options: SagaOptions = {}) {
    this.#options = options;
  }

  /**
   * Before a step: its compensation runs whether or not the step has happened, and must cope with either. The choice for
   * steps that may have happened although they failed, as a call that timed out.
   */
  add(undo: Compensation, name?: string): void {
    this.#count++;
    this.#registered.push({ name: name ?? `compensation ${this.#count}`, undo });
  }

  /** After a step: its compensation gets the result, and runs only if the step has succeeded. */
  async step<T>(action: () => Promise<T>, undo: (result: T) => unknown, name?: string): Promise<T> {
    const result = await action();
    this.add(() => undo(result), name);
    return result;
  }

  /**
   * Runs the steps; undoes what was done if they fail or are cancelled, and throws what they threw.
   *
   * @throws CompensationFailure when something could not be undone; its cause is the error of the steps
   */
  async run<T>(steps: (saga: this) => Promise<T>): Promise<T> {
    const run = currentRun("A saga works only in a workflow");
    try {
      const result = await steps(this);
      this.complete();
      return result;
    } catch (error) {
      if (!failsWorkflow(run, error)) throw error;
      await this.#undoAll(error as Error);
      throw error;
    }
  }

  /** Undoes what was done, and forgets it. */
  compensate(): Promise<void> {
    return this.#undoAll(undefined);
  }

  /** All is well: nothing will be undone. */
  complete(): void {
    this.#registered = [];
  }

  /** `await using`: undoes everything unless `complete` was called. Unlike `run` it cannot tell a failure from a bug. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.compensate();
  }

  async #undoAll(reason: Error | undefined): Promise<void> {
    const registered = this.#registered.toReversed();
    this.#registered = [];
    if (registered.length === 0) return;
    const errors = await CancellationScope.nonCancellable(() =>
      this.#options.parallel === true ? this.#atOnce(registered) : this.#inTurn(registered),
    );
    if (errors.length > 0) throw new CompensationFailure(errors, reason);
  }

  async #atOnce(registered: readonly Registered[]): Promise<CompensationError[]> {
    const ends = await Promise.all(registered.map((one) => this.#undo(one)));
    return ends.filter((end) => end !== undefined);
  }

  async #inTurn(registered: readonly Registered[]): Promise<CompensationError[]> {
    const errors: CompensationError[] = [];
    for (const one of registered) {
      const end = await this.#undo(one);
      if (end === undefined) continue;
      errors.push(end);
      if (this.#options.continueWithError === false) break;
    }
    return errors;
  }

  async #undo({ name, undo }: Registered): Promise<CompensationError | undefined> {
    const run = currentRun();
    const { maximumAttempts = ATTEMPTS_MAX, backoffCoefficient = 2, ...pauses } = this.#options.retry ?? {};
    const longestMs = msToNumber(pauses.maximumInterval ?? LONGEST_PAUSE);
    let pauseMs = msToNumber(pauses.initialInterval ?? FIRST_PAUSE);
    for (let attempt = 1; ; attempt++) {
      try {
        await undo();
        return undefined;
      } catch (error) {
        if (!failsWorkflow(run, error)) throw error;
        if (attempt >= maximumAttempts || !isRetryable(error)) return { compensation: name, error: error as Error };
      }
      await sleep(Math.min(pauseMs, longestMs));
      pauseMs *= backoffCoefficient;
    }
  }
}

/**
 * What undoes the steps of a workflow when it fails or is cancelled: in reverse order, retried, and out of reach of
 * cancellation.
 *
 * @example
 * ```ts
 * await saga().run(async (order) => {
 *   await order.step(() => reserve(items), (id) => release(id), "release the stock");
 *   order.add(() => refund(orderId), "refund");
 *   await charge(orderId);
 * });
 * ```
 */
export function saga(options?: SagaOptions): Saga {
  return new Saga(options);
}

/** Somewhere below is a failure that says that trying again is of no use. */
function isRetryable(error: unknown): boolean {
  if (error instanceof ApplicationFailure) return error.nonRetryable !== true;
  if (error instanceof ActivityFailure || error instanceof ChildWorkflowFailure) return isRetryable(error.cause);
  return error instanceof TemporalFailure;
}
