import { EventType } from "../../../../api/gen/enums.js";
import type { RequestCancelWorkflowExecutionRequest } from "../../../../api/gen/messages.js";
import type { HistoryEnv, Namespace } from "../../env.ts";
import { decideRun } from "../decide-run.ts";
import { endBackoff } from "../machines/run-timeouts.ts";
import { ensureWorkflowTask } from "../machines/workflow-task.ts";
import type { Run } from "../run.ts";
import { requireChain } from "./terminate-workflow.ts";

/** Asking a closed run, or asking again, is fine: there is nothing left to ask. */
export function cancelWorkflow(
  env: HistoryEnv,
  namespace: Namespace,
  request: RequestCancelWorkflowExecutionRequest,
): Promise<object> {
  const { workflowId = "", runId } = request.workflowExecution ?? {};
  return decideRun(env, namespace, { workflowId, runId }, (run) => {
    requireChain(run, request.firstExecutionRunId);
    if (run.isRunning && !run.state.cancelRequested)
      requestCancel(run, {
        cause: request.reason,
        identity: request.identity,
        requestId: request.requestId,
        links: request.links,
      });
    return {};
  });
}

export interface CancelRequest {
  readonly cause: string;
  readonly identity: string;
  readonly requestId: string;
  readonly links?: readonly Uint8Array[];
  readonly external?: { readonly initiatedEventId: number; readonly workflowId: string; readonly runId: string };
}

export function requestCancel(run: Run, { cause, identity, requestId, links, external }: CancelRequest): void {
  run.addEvent({
    eventType: EventType.EVENT_TYPE_WORKFLOW_EXECUTION_CANCEL_REQUESTED,
    workflowExecutionCancelRequestedEventAttributes: {
      cause,
      identity,
      externalInitiatedEventId: external?.initiatedEventId,
      externalWorkflowExecution: external && { workflowId: external.workflowId, runId: external.runId },
    },
    links,
  });
  run.state.cancelRequested = true;
  run.state.cancelRequestId = requestId;
  // Unlike a signal, this releases a run that still waits for its delay.
  if (run.state.backoff) endBackoff(run);
  else ensureWorkflowTask(run);
}
