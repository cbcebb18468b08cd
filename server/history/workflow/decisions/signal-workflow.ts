import type { Input } from "../../../../api/codec.ts";
import { invalidArgument, resourceExhausted } from "../../../../api/errors.ts";
import { EventType, ResourceExhaustedCause, ResourceExhaustedScope } from "../../../../api/gen/enums.js";
import type { SignalWorkflowExecutionRequest, SignalWorkflowExecutionResponse } from "../../../../api/gen/messages.js";
import type { HistoryEnv, Namespace } from "../../env.ts";
import { assertRunning, decideRun } from "../decide-run.ts";
import { requestIdLink } from "../links.ts";
import { ensureWorkflowTask } from "../machines/workflow-task.ts";
import { isKnownRequest, rememberRequest } from "../request-ids.ts";
import type { NewEvent } from "../event-log.ts";
import type { Run } from "../run.ts";

const SIGNALED = EventType.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED;

export function signalWorkflow(
  env: HistoryEnv,
  namespace: Namespace,
  request: SignalWorkflowExecutionRequest,
): Promise<Input<SignalWorkflowExecutionResponse>> {
  const { workflowId = "", runId } = request.workflowExecution ?? {};
  return decideRun(env, namespace, { workflowId, runId }, (run) => {
    assertRunning(run);
    if (isKnownRequest(run, request.requestId)) return { link: requestIdLink(run, request.requestId, SIGNALED) };
    addSignal(run, signalEvent(request));
    run.action("signal_workflow");
    ensureWorkflowTask(run);
    return { link: requestIdLink(run, request.requestId, SIGNALED) };
  });
}

function signalEvent(request: SignalWorkflowExecutionRequest): NewEvent & { requestId: string } {
  const { signalName, input, identity, header, requestId, links } = request;
  return {
    eventType: SIGNALED,
    workflowExecutionSignaledEventAttributes: { signalName, input, identity, header, requestId },
    links,
    requestId,
  };
}

/** Records a signal; the caller decides whether a workflow task follows. */
export function addSignal(run: Run, { requestId, ...event }: NewEvent & { requestId: string }): void {
  if (run.state.closeRetried && run.isBuffering) {
    throw resourceExhausted({
      cause: ResourceExhaustedCause.RESOURCE_EXHAUSTED_CAUSE_BUSY_WORKFLOW,
      scope: ResourceExhaustedScope.RESOURCE_EXHAUSTED_SCOPE_NAMESPACE,
      message: "workflow operation can not be applied because workflow is closing",
    });
  }
  if (run.state.signalCount >= run.limits.signalsPerRunMax)
    throw invalidArgument("exceeded workflow execution limit for signal events");
  const eventId = run.addEvent(event);
  run.state.signalCount++;
  rememberRequest(run, { requestId, eventId, eventType: SIGNALED });
}
