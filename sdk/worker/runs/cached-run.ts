/** A run that this worker keeps between its tasks: its machine, its code, and the local activities that are under way. */
import type { WorkflowRun } from "../../workflow/activation.ts";
import type { LocalActivityExecution } from "./local-activity-execution.ts";
import type { LocalActivity, LocalActivityEnd } from "./machines/local-activity.ts";
import type { RunMachine } from "./run-machine.ts";

interface Under {
  readonly local: LocalActivity;
  readonly execution: LocalActivityExecution;
}

export class CachedRun {
  readonly machine: RunMachine;
  readonly code: WorkflowRun;
  readonly recordsSites: boolean;
  /** Attempts of local activities beyond their first, since the last answer. */
  retries = 0;
  readonly #running = new Map<number, Under>();
  readonly #ends: { readonly seq: number; readonly end: LocalActivityEnd }[] = [];
  #wake: (() => void) | undefined;

  constructor(machine: RunMachine, code: WorkflowRun, sites?: "record sites") {
    this.machine = machine;
    this.code = code;
    this.recordsSites = sites !== undefined;
  }

  /** Whether local activities are under way. */
  get isBusy(): boolean {
    return this.#running.size + this.#ends.length > 0;
  }

  /** Begins those that the code asked for, and tells those that it cancelled. */
  runLocalActivities(begin: (local: LocalActivity) => LocalActivityExecution): void {
    const { locals } = this.machine.run;
    for (const [seq, { local, execution }] of this.#running) {
      const isGivenUp = !locals.has(seq) && local.command.cancellationType === "ABANDON";
      if (local.isCancelRequested && !isGivenUp) execution.cancel();
      if (!locals.has(seq)) this.#running.delete(seq);
    }
    for (const [seq, local] of locals) {
      if (this.#running.has(seq) || local.isRunning) continue;
      const execution = begin(local);
      this.#running.set(seq, { local, execution });
      void execution.run().then((end) => {
        if (this.#running.get(seq)?.execution !== execution) return;
        this.#running.delete(seq);
        this.#ends.push({ seq, end });
        this.#wake?.();
      });
    }
  }

  /** The next local activity that ended. */
  takeEnd(): { readonly seq: number; readonly end: LocalActivityEnd } | undefined {
    return this.#ends.shift();
  }

  /** Resolves when a local activity has ended. */
  untilEnd(): Promise<void> {
    if (this.#ends.length > 0) return Promise.resolve();
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }

  dispose(): void {
    for (const { execution } of this.#running.values()) execution.cancel();
    this.#running.clear();
    this.code.dispose();
  }
}
