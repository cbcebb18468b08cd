/** A place in which workflow code runs: what the worker drives runs through, whether there is a sandbox or not. */
import type { Activation, ActivationCompletion, WorkflowRun } from "../../workflow/activation.ts";
import type { CreateRunOptions } from "../../workflow/run.ts";

/** What the worker says about a run; the host adds the code and its converters. */
export type HostRunOptions = Omit<CreateRunOptions, "load" | "payloadConverter" | "failureConverter">;

export interface WorkflowHost {
  /** Names of the workflows; undefined when any name may be one (a default export, or code that only loads in a run). */
  readonly workflowTypes: ReadonlySet<string> | undefined;
  createRun(options: HostRunOptions): WorkflowRun;
  /**
   * Applies one activation: activates, lets microtasks run dry, unblocks conditions until none is left, concludes. An
   * error of the code becomes a failed completion.
   *
   * @throws {DeadlockError} when the code does not come to rest; the run is disposed of then.
   */
  drive(run: WorkflowRun, activation: Activation): ActivationCompletion | Promise<ActivationCompletion>;
  close(): void;
}
