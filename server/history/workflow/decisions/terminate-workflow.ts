import { notFound } from "../../../../api/errors.ts";
import type { TerminateWorkflowExecutionRequest } from "../../../../api/gen/messages.js";
import type { HistoryEnv, Namespace } from "../../env.ts";
import { assertRunning, decideRun } from "../decide-run.ts";
import { terminateRun } from "../machines/terminate.ts";
import type { Run } from "../run.ts";

export function terminateWorkflow(
  env: HistoryEnv,
  namespace: Namespace,
  request: TerminateWorkflowExecutionRequest,
): Promise<object> {
  const { workflowId = "", runId } = request.workflowExecution ?? {};
  return decideRun(env, namespace, { workflowId, runId }, (run) => {
    requireChain(run, request.firstExecutionRunId);
    assertRunning(run);
    const { reason, details, identity, links } = request;
    terminateRun(run, { reason, details, identity, links });
    return {};
  });
}

/** A caller may name the chain by its first run, so as not to hit a later one of the same workflow id. */
export function requireChain(run: Run, firstExecutionRunId: string): void {
  if (firstExecutionRunId !== "" && run.state.firstRunId !== firstExecutionRunId)
    throw notFound("workflow execution not found");
}
