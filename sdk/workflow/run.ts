/**
 * One run of workflow code. The worker gives it activations (`activation.ts`) and gets commands; what the code does in
 * between reaches its run through `currentRun()`.
 *
 * 1. `load` is called once, in the first activation, with the run already current: modules may call the API when they
 *    are evaluated.
 * 2. An activation makes the run current until it is concluded, so that microtasks find it: whoever drives runs ends the
 *    activation of one before it begins that of another.
 */
import type { FailureConverter, PayloadConverter, Workflow } from "../common/index.ts";
import type { WorkflowRun } from "./activation.ts";
import type { WorkflowInfo } from "./info.ts";
import type { WorkflowInterceptorsFactory } from "./interceptors.ts";
import { startRun } from "./run-driver.ts";
import type { WorkflowLogLevel } from "./log.ts";
import type { StackTraceOptions } from "./stack-traces.ts";

export interface CreateRunOptions {
  readonly runId: string;
  /** Evaluates the code. What it throws fails the workflow task. */
  load(workflowType: string): LoadedCode;
  readonly payloadConverter: PayloadConverter;
  readonly failureConverter: FailureConverter;
  /** Names of errors that fail the workflow rather than its task (worker option `workflowFailureErrorTypes`). */
  readonly failureErrorTypes?: readonly string[] | undefined;
  /** Whether a patch that is met for the first time, and not in replay, is to be active; without it all are. */
  patchActivationCallback?: ((info: WorkflowInfo, patchId: string) => boolean) | undefined;
  /** The worker's activities, of which a local activity must be one; undefined checks nothing. */
  readonly registeredActivityNames?: ReadonlySet<string> | undefined;
  /** Whether the code runs in the process of its activities, so that a step may be any function. */
  readonly takesFunctions?: boolean | undefined;
  /** Lines below it need not be made: nobody writes them. All are made without it. */
  readonly lowestLogLevel?: WorkflowLogLevel | undefined;
  readonly stackTraces?: StackTraceOptions | undefined;
  /** Real time in nanoseconds, for the order of log lines only. */
  timeOfDay?: (() => bigint) | undefined;
}

export interface LoadedCode {
  /** undefined when the type is not known and there is no default workflow. */
  readonly workflow: Workflow | undefined;
  /** Names to tell when it is not known. */
  readonly knownTypes?: readonly string[] | undefined;
  readonly interceptors: readonly WorkflowInterceptorsFactory[];
}

/**
 * The host calls `installAsyncLocalStorage` (async-context.ts) once per copy of this library, before the first run, and
 * installs what `globals.ts` makes in the sandbox.
 */
export function createWorkflowRun(options: CreateRunOptions): WorkflowRun {
  return startRun(options);
}
