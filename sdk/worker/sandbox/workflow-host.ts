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
   * Code that does not come to rest gets a failed completion too; it is never entered again.
   */
  drive(run: WorkflowRun, activation: Activation): ActivationCompletion | Promise<ActivationCompletion>;
  /**
   * For many activations in a row, as in a replay: calls `step` until it answers false, under the deadline that `drive`
   * has for each, and within it `drive` answers at once. Hosts that never answer at once have no such method.
   *
   * Resolves with the completion of the activation that was stopped, or that left a rejected promise behind; undefined
   * when none did. Rejects with what a step throws.
   */
  driveThrough?(run: WorkflowRun, step: () => boolean): Promise<ActivationCompletion | undefined>;
  close(): void;
}
