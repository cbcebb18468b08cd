// Runs the workflows of this folder in this process, without a sandbox.

import { InlineHost } from "../../sdk/worker/sandbox/inline-host.ts";
import type { Activation, ActivationCompletion, WorkflowRun } from "../../sdk/workflow/activation.ts";

export interface Driver {
  createRun(runId: string): WorkflowRun;
  drive(run: WorkflowRun, activation: Activation): ActivationCompletion | Promise<ActivationCompletion>;
}

export function inlineDriver(workflows: Readonly<Record<string, unknown>>): Driver {
  const host = new InlineHost({ workflows });
  return {
    createRun: (runId) => host.createRun({ runId }),
    drive: (run, activation) => host.drive(run, activation),
  };
}
