// Runs workflow code in this process, without a sandbox: the least that can drive a run.

import { AsyncLocalStorage } from "node:async_hooks";
import { defaultFailureConverter, defaultPayloadConverter } from "../../sdk/common/index.ts";
import type { Workflow } from "../../sdk/common/index.ts";
import type { Activation, ActivationCompletion, WorkflowRun } from "../../sdk/workflow/activation.ts";
import { installAsyncLocalStorage } from "../../sdk/workflow/async-context.ts";
import { createWorkflowRun } from "../../sdk/workflow/run.ts";

installAsyncLocalStorage(AsyncLocalStorage as never);

export function createRun(runId: string, workflows: Readonly<Record<string, unknown>>): WorkflowRun {
  return createWorkflowRun({
    runId,
    load: (type) => ({ workflow: workflows[type] as Workflow | undefined, interceptors: [] }),
    payloadConverter: defaultPayloadConverter,
    failureConverter: defaultFailureConverter,
  });
}

export async function drive(run: WorkflowRun, activation: Activation): Promise<ActivationCompletion> {
  run.activate(activation);
  do await microtasksDone();
  while (run.tryUnblockConditions() > 0);
  return run.concludeActivation();
}

/** Microtasks run dry before the next macrotask. */
function microtasksDone(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
