/**
 * Runs workflow code in a V8 context, apart from the process and, in all that it can change, from other runs.
 *
 * 1. An activation is copied in, its completion is copied out: no object is on both sides.
 * 2. Between two activations no microtask of the realm is left: whatever runs belongs to the run being driven.
 * 3. A run that was stopped is never entered again, and its realm, in which it may have been stopped anywhere, takes
 *    no further runs. Those it has go on: all that they share is frozen.
 */
import type { Activation, ActivationCompletion, SinkCallRecord, WorkflowRun } from "../../workflow/activation.ts";
import { taskFailure } from "./completion.ts";
import { DeadlineBatches, withinLimit } from "./deadline.ts";
import type { DeadlineKeeper } from "./deadline.ts";
import { DeadlockError } from "./deadlock-error.ts";
import type { InsideRun, InsideRunOptions } from "./inside/main.ts";
import { WorkflowLoadError } from "./loader/load-error.ts";
import type { WorkflowCode } from "./loader/workflow-code.ts";
import { hostError } from "./realm/host-error.ts";
import { Realm } from "./realm/realm.ts";
import { release } from "./realm/release.ts";
import { watchPromises } from "./promise-hooks.ts";
import { runOwned, unwatchRejections, watchRejections } from "./unhandled-rejections.ts";
import type { RejectionOwner } from "./unhandled-rejections.ts";
import type { HostRunOptions, WorkflowHost } from "./workflow-host.ts";

export interface SandboxHostOptions {
  readonly code: WorkflowCode;
  /** How long an activation may take (worker option `isolateExecutionTimeout`); 0 does not watch. */
  readonly deadlockLimitMs?: number | undefined;
  /** How the limit is kept; `watchdog` unless said otherwise. */
  readonly deadlineKeeper?: DeadlineKeeper | undefined;
  /** `perRun` costs milliseconds and half a megabyte for each run. */
  readonly realms?: "shared" | "perRun" | undefined;
}

const DEADLOCK_LIMIT_MS = 1_000;

export class SandboxHost implements WorkflowHost {
  readonly workflowTypes: ReadonlySet<string> | undefined;
  readonly #code: WorkflowCode;
  readonly #limitMs: number;
  readonly #isRealmPerRun: boolean;
  readonly #batches: DeadlineBatches;
  #realm: Realm | undefined;
  #isClosed = false;
  #isStepping = false;

  /** @throws {WorkflowLoadError} when the code cannot be evaluated. */
  constructor({ code, deadlockLimitMs = DEADLOCK_LIMIT_MS, deadlineKeeper, realms = "shared" }: SandboxHostOptions) {
    this.#code = code;
    this.#limitMs = deadlockLimitMs;
    this.#isRealmPerRun = realms === "perRun";
    this.#batches = new DeadlineBatches(deadlockLimitMs, deadlineKeeper);
    this.#realm = new Realm(code);
    this.workflowTypes = this.#typesOf(this.#realm);
    watchRejections();
  }

  createRun(options: HostRunOptions): WorkflowRun {
    this.#realm ??= new Realm(this.#code);
    const realm = this.#realm;
    if (this.#isRealmPerRun) this.#realm = undefined;
    return new SandboxRun(realm, options);
  }

  drive(run: WorkflowRun, activation: Activation): ActivationCompletion | Promise<ActivationCompletion> {
    if (!(run instanceof SandboxRun)) throw new TypeError("This run was made by another host");
    if (this.#limitMs === 0 || this.#isStepping) return run.drive(activation);
    return this.#driveInBatch(run, activation);
  }

  async driveThrough(run: WorkflowRun, step: () => boolean): Promise<ActivationCompletion | undefined> {
    if (!(run instanceof SandboxRun)) throw new TypeError("This run was made by another host");
    let error: { readonly thrown: unknown } | undefined;
    let late: ActivationCompletion | undefined;
    const guarded = () => {
      this.#isStepping = true;
      try {
        return step();
      } catch (thrown) {
        error = { thrown };
        return false;
      } finally {
        this.#isStepping = false;
      }
    };
    await this.#batches.add(guarded, () => {
      late = this.#stopped(run);
    });
    if (error !== undefined) throw error.thrown;
    return late ?? run.rejection;
  }

  async #driveInBatch(run: SandboxRun, activation: Activation): Promise<ActivationCompletion> {
    let completion: ActivationCompletion | undefined;
    const step = () => {
      completion = run.drive(activation);
      return false;
    };
    await this.#batches.add(step, () => {
      completion = this.#stopped(run);
    });
    return run.rejection ?? (completion as ActivationCompletion);
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#realm = undefined;
    unwatchRejections();
  }

  #stopped(run: SandboxRun): ActivationCompletion {
    this.#isStepping = false; // What is stopped runs no `finally`.
    run.abandon();
    if (this.#realm === run.realm) this.#realm = undefined;
    return taskFailure(new DeadlockError(run.runId, this.#limitMs));
  }

  #typesOf(realm: Realm): ReadonlySet<string> | undefined {
    let types: ReadonlySet<string> | undefined;
    const evaluate = () => {
      types = realm.workflowTypes();
    };
    try {
      if (this.#limitMs === 0) evaluate();
      else if (!withinLimit(this.#limitMs, evaluate)) {
        throw new WorkflowLoadError(
          `Workflow modules did not load within ${this.#limitMs} ms: is there an endless loop?`,
        );
      }
    } catch (error) {
      return onlyInRun(error as Error);
    }
    return types;
  }
}

/** Modules may use the workflow API while they are evaluated: they can only do so in a run. */
function onlyInRun(error: Error): undefined {
  if (error.name === "IllegalStateError" || error.name === "DeterminismViolationError") return undefined;
  if (error.name === "WorkflowLoadError") throw error;
  throw new WorkflowLoadError(`Workflow code failed while it was loaded: ${error.message}\n${error.stack}`, {
    cause: error,
  });
}

class SandboxRun implements WorkflowRun, RejectionOwner {
  readonly runId: string;
  readonly realm: Realm;
  rejection: ActivationCompletion | undefined;
  #inside: InsideRun | undefined;
  #stopWatching: (() => void) | undefined;

  constructor(realm: Realm, options: HostRunOptions) {
    this.runId = options.runId;
    this.realm = realm;
    this.#inside = realm.createRun(insideOptions(options));
  }

  activate(activation: Activation): void {
    this.#enter((inside) => inside.activate(activation));
  }

  tryUnblockConditions(): number {
    return this.#enter((inside) => inside.tryUnblockConditions());
  }

  concludeActivation(): ActivationCompletion {
    return release(this.#enter((inside) => inside.concludeActivation())) as ActivationCompletion;
  }

  failActivation(error: unknown): ActivationCompletion {
    const { name, message, stack } = hostError(error);
    return release(
      this.#enter((inside) => inside.failActivationWith(name, message, stack ?? "")),
    ) as ActivationCompletion;
  }

  failRejection(reason: unknown, promise: object): ActivationCompletion {
    return release(this.#enter((inside) => inside.failRejection(reason, promise))) as ActivationCompletion;
  }

  takeSinkCalls(): readonly SinkCallRecord[] {
    if (this.#inside === undefined) return [];
    return release(this.#enter((inside) => inside.takeSinkCalls())) as SinkCallRecord[];
  }

  dispose(): void {
    const inside = this.#inside;
    this.#inside = undefined;
    if (inside === undefined) return;
    inside.dispose();
    this.realm.drain();
  }

  /** Lets go of a run that may not be entered any more. */
  abandon(): void {
    this.#inside = undefined;
    this.#stopWatching?.(); // It may have been stopped while it was driven, without its `finally`.
  }

  drive(activation: Activation): ActivationCompletion {
    const inside = this.#inside;
    if (inside === undefined) return taskFailure(new Error(`Run ${this.runId} was disposed of`));
    return runOwned(this, () => release(this.#drive(inside, activation)) as ActivationCompletion);
  }

  #drive(inside: InsideRun, activation: Activation): ActivationCompletion {
    if (this.rejection !== undefined) return this.rejection;
    this.#stopWatching = watchPromises(inside);
    try {
      inside.activate(activation);
      do this.realm.drain();
      while (inside.tryUnblockConditions() > 0);
      return inside.concludeActivation();
    } catch (error) {
      this.realm.drain();
      return inside.failActivation(error);
    } finally {
      this.#stopWatching?.();
    }
  }

  takeRejection(reason: unknown, promise: Promise<unknown>): boolean {
    if (promise instanceof Promise) return false; // Of the process, which may have called us within its own chain.
    this.rejection ??= this.failRejection(reason, promise);
    return true;
  }

  #enter<T>(call: (inside: InsideRun) => T): T {
    if (this.#inside === undefined) throw new Error(`Run ${this.runId} was disposed of`);
    try {
      return call(this.#inside);
    } catch (error) {
      throw hostError(error);
    }
  }
}

function insideOptions(options: HostRunOptions): InsideRunOptions {
  const { patchActivationCallback, registeredActivityNames } = options;
  return {
    runId: options.runId,
    failureErrorTypes: options.failureErrorTypes,
    registeredActivityNames: registeredActivityNames && [...registeredActivityNames],
    patchActivationCallback: patchActivationCallback && patchAnswer(patchActivationCallback),
    timeOfDay: options.timeOfDay,
    lowestLogLevel: options.lowestLogLevel,
    isStackRecorded: options.stackTraces?.isRecorded === true,
  };
}

/** An error would carry an object of the process inside: its message goes instead. */
function patchAnswer(callback: NonNullable<HostRunOptions["patchActivationCallback"]>) {
  return (info: unknown, patchId: string): boolean | string => {
    try {
      return callback(release(info) as Parameters<typeof callback>[0], patchId);
    } catch (error) {
      return `patchActivationCallback failed: ${(error as Error).message}`;
    }
  };
}
