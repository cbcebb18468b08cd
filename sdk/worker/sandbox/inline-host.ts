/**
 * Runs workflow code without a sandbox: workflows are functions of the program, in its own realm and with its modules.
 *
 * 1. While code of a run executes, the clock, random numbers and timers are the run's, and what a replay cannot repeat is
 *    refused. The async context tells whose code executes, so that the rest of the program sees nothing of this.
 * 2. One run of the process is driven at a time, whatever its host. Microtasks of the process run between its steps, and
 *    code of others with them.
 * 3. A run that goes on outside of its activations has awaited a promise that is not the workflow's. That is noticed at
 *    its next call of the API or of a global, or at its end; its next task fails.
 *
 * Module state is shared by all runs, and an endless loop stops the process: that is what sandboxes are for.
 */
import { AsyncLocalStorage } from "node:async_hooks";
import { systemTimers } from "../../../base/index.ts";
import { defaultFailureConverter, defaultPayloadConverter } from "../../common/index.ts";
import type { FailureConverter, PayloadConverter, Workflow } from "../../common/index.ts";
import type { Activation, ActivationCompletion, SinkCallRecord, WorkflowRun } from "../../workflow/activation.ts";
import { installAsyncLocalStorage } from "../../workflow/async-context.ts";
import { tellWhoseCodeRuns } from "../../workflow/current-run.ts";
import { DeterminismViolationError } from "../../workflow/errors.ts";
import type { WorkflowInterceptorsFactory } from "../../workflow/interceptors.ts";
import { createWorkflowRun } from "../../workflow/run.ts";
import type { LoadedCode } from "../../workflow/run.ts";
import { taskFailure } from "./completion.ts";
import { installInlineGlobals } from "./inline-globals.ts";
import { watchPromises } from "./promise-hooks.ts";
import { currentOwner, runOwned, unwatchRejections, watchRejections } from "./unhandled-rejections.ts";
import type { RejectionOwner } from "./unhandled-rejections.ts";
import type { HostRunOptions, WorkflowHost } from "./workflow-host.ts";

export interface InlineHostOptions {
  /** Functions by workflow type; one named `default` serves all other types. */
  readonly workflows: Readonly<Record<string, unknown>>;
  readonly interceptors?: readonly WorkflowInterceptorsFactory[] | undefined;
  readonly payloadConverter?: PayloadConverter | undefined;
  readonly failureConverter?: FailureConverter | undefined;
  /** Told at once when a run goes on outside of its activations, of which it may never have another. */
  readonly onViolation?: ((runId: string, error: Error) => void) | undefined;
}

export class InlineHost implements WorkflowHost {
  readonly workflowTypes: ReadonlySet<string> | undefined;
  readonly #options: InlineHostOptions;
  readonly #removeGlobals: () => void;
  #isClosed = false;

  constructor(options: InlineHostOptions) {
    this.#options = options;
    const names = Object.keys(options.workflows).filter((name) => typeof options.workflows[name] === "function");
    this.workflowTypes = names.includes("default") ? undefined : new Set(names);
    installAsyncLocalStorage(AsyncLocalStorage);
    tellWhoseCodeRuns(isOfDrivenRun);
    this.#removeGlobals = installInlineGlobals(isRunsCode);
    watchRejections();
    openHosts++;
  }

  createRun(options: HostRunOptions): WorkflowRun {
    return new InlineRun(options, this.#options);
  }

  drive(run: WorkflowRun, activation: Activation): Promise<ActivationCompletion> {
    if (!(run instanceof InlineRun)) throw new TypeError("This run was made by another host");
    const done = turn.then(() => run.drive(activation));
    turn = done;
    return done;
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#removeGlobals();
    openHosts--;
    unwatchRejections();
  }
}

let driven: InlineRun | undefined;
/** Of all hosts of the process: their runs share one `driven`. */
let turn: Promise<unknown> = Promise.resolve();
let openHosts = 0;

function drivenIs(run: InlineRun | undefined): void {
  driven = run;
}

/** Whether the API may take the code that executes for code of the run being driven. */
function isOfDrivenRun(): boolean {
  const owner = currentOwner();
  if (owner instanceof InlineRun) return owner === driven || owner.refuseToGoOn();
  // With no such host there are other drivers of the same library, as in tests.
  return openHosts === 0;
}

/** Whether globals are a run's. */
function isRunsCode(): boolean {
  const owner = currentOwner();
  return owner instanceof InlineRun && (owner === driven || owner.refuseToGoOn());
}

class InlineRun implements WorkflowRun, RejectionOwner {
  readonly #runId: string;
  readonly #run: WorkflowRun;
  readonly #onViolation: InlineHostOptions["onViolation"];
  #failure: ActivationCompletion | undefined;
  #isDisposed = false;

  constructor(run: HostRunOptions, host: InlineHostOptions) {
    this.#runId = run.runId;
    this.#onViolation = host.onViolation;
    this.#run = createWorkflowRun({
      ...run,
      ...(run.stackTraces?.isRecorded && {
        stackTraces: { ...run.stackTraces, isOfRun: () => currentOwner() === this },
      }),
      takesFunctions: true,
      load: (workflowType) => this.#load(host, workflowType),
      payloadConverter: host.payloadConverter ?? defaultPayloadConverter,
      failureConverter: host.failureConverter ?? defaultFailureConverter,
    });
  }

  activate(activation: Activation): void {
    runOwned(this, () => this.#run.activate(activation));
  }

  tryUnblockConditions(): number {
    return runOwned(this, () => this.#run.tryUnblockConditions());
  }

  concludeActivation(): ActivationCompletion {
    return runOwned(this, () => this.#run.concludeActivation());
  }

  failActivation(error: unknown): ActivationCompletion {
    return runOwned(this, () => this.#run.failActivation(error));
  }

  failRejection(reason: unknown, promise: object): ActivationCompletion {
    return runOwned(this, () => this.#run.failRejection(reason, promise));
  }

  takeSinkCalls(): readonly SinkCallRecord[] {
    return this.#run.takeSinkCalls();
  }

  dispose(): void {
    if (this.#isDisposed) return;
    this.#isDisposed = true;
    const outer = driven;
    drivenIs(this);
    try {
      runOwned(this, () => this.#run.dispose());
    } finally {
      driven = outer;
    }
  }

  async drive(activation: Activation): Promise<ActivationCompletion> {
    if (this.#failure !== undefined) return this.#failure;
    drivenIs(this);
    const stopWatching = watchPromises(this.#run);
    try {
      this.activate(activation);
      do await microtasksRunDry();
      while (this.tryUnblockConditions() > 0);
      return this.#failure ?? this.concludeActivation();
    } catch (error) {
      return this.failActivation(error);
    } finally {
      stopWatching?.();
      driven = undefined;
    }
  }

  /** @throws {DeterminismViolationError} always, into the code that should not run. */
  refuseToGoOn(): never {
    const error = new DeterminismViolationError(
      `Workflow run ${this.#runId} went on outside of its tasks: it has awaited a promise that is not the workflow's, as ` +
        "of I/O or of a timer of Node. Do that in an activity; wait with sleep() or condition().",
    );
    if (!this.#isDisposed && this.#failure === undefined) {
      this.#failure = taskFailure(error);
      this.#onViolation?.(this.#runId, error);
    }
    throw error;
  }

  takeRejection(reason: unknown, promise: Promise<unknown>): boolean {
    if (driven === this) this.#failure ??= this.failRejection(reason, promise);
    else if (!this.#isDisposed)
      this.#failure ??= taskFailure(reason instanceof Error ? reason : new Error(String(reason)));
    return true;
  }

  #load(host: InlineHostOptions, workflowType: string): LoadedCode {
    const { workflows, interceptors = [] } = host;
    const own = Object.hasOwn(workflows, workflowType) ? workflows[workflowType] : undefined;
    const workflow = typeof own === "function" ? own : workflows["default"];
    return {
      workflow: typeof workflow === "function" ? this.#watched(workflow as Workflow) : undefined,
      knownTypes: Object.keys(workflows).filter((name) => typeof workflows[name] === "function"),
      interceptors,
    };
  }

  /** Notices an end of the workflow that no task led to. */
  #watched(workflow: Workflow): Workflow {
    const check = () => {
      if (driven !== this && !this.#isDisposed) this.#noticeEnd();
    };
    const watched = (...args: unknown[]) => {
      const result = (workflow as (...args: unknown[]) => unknown)(...args);
      if (result instanceof Promise) result.then(check, check);
      return result as Promise<unknown>;
    };
    // Options and type information are properties of the function.
    return Object.defineProperties(watched, Object.getOwnPropertyDescriptors(workflow)) as Workflow;
  }

  #noticeEnd(): void {
    try {
      this.refuseToGoOn();
    } catch {
      // Recorded; the code that it would be thrown into has ended.
    }
  }
}

/** Immediates come after all microtasks. */
function microtasksRunDry(): Promise<void> {
  return new Promise((resolve) => systemTimers.immediate(resolve));
}
