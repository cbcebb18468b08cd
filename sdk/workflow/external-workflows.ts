/** Workflows that this workflow did not start. */
import type { SignalDefinition, WorkflowSignalOptions } from "../common/index.ts";
import { pushCommand } from "./commands.ts";
import { workflowContext } from "./conversion.ts";
import { requireRun } from "./current-run.ts";
import { signalMethods } from "./signal-external.ts";
import { recordSite } from "./stack-traces.ts";

/** Another workflow, to signal and to cancel. Queries and results belong in an activity with a client. */
export interface ExternalWorkflowHandle {
  signal<Args extends any[] = [], Name extends string = string>(
    def: SignalDefinition<Args, Name> | string,
    ...args: Args
  ): Promise<void>;
  /** @experimental */
  signalWithOptions<Args extends any[] = []>(signalName: string, options: WorkflowSignalOptions<Args>): Promise<void>;
  /** Asks it to cancel; rejects when there is no such workflow. */
  cancel(): Promise<void>;
  readonly workflowId: string;
  readonly runId?: string;
}

/** A handle on a workflow by its id; without a run id, on whatever run of it is the latest. */
export function getExternalWorkflowHandle(workflowId: string, runId?: string): ExternalWorkflowHandle {
  requireRun("getExternalWorkflowHandle");
  return {
    workflowId,
    runId,
    cancel: () => requestCancel(workflowId, runId),
    ...signalMethods({ type: "external", workflowExecution: { workflowId, runId } }),
  } as ExternalWorkflowHandle;
}

function requestCancel(workflowId: string, runId: string | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const run = requireRun("cancel");
    // Asked for even in a cancelled scope: cleaning up may mean to cancel others.
    const seq = run.nextSequence("cancelWorkflow");
    pushCommand(run, {
      kind: "requestCancelExternalWorkflowExecution",
      seq,
      namespace: run.initialize.namespace,
      workflowId,
      runId: runId ?? "",
      reason: "",
    });
    const context = workflowContext(run, workflowId);
    run.expect("cancelWorkflow", seq, { resolve: () => resolve(), reject, context, site: recordSite(run) });
  });
}
