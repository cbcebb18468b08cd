import type { Input } from "../../../../api/codec.ts";
import { EventType, WorkflowIdConflictPolicy } from "../../../../api/gen/enums.js";
import type {
  SignalWithStartWorkflowExecutionRequest,
  SignalWithStartWorkflowExecutionResponse,
  StartWorkflowExecutionRequest,
} from "../../../../api/gen/messages.js";
import { StartWorkflowExecutionRequest as StartCodec } from "../../../../api/gen/messages.js";
import type { HistoryEnv, Namespace } from "../../env.ts";
import { createRun } from "../create-run.ts";
import { decideWorkflow } from "../decide-run.ts";
import { requestIdLink } from "../links.ts";
import { endBackoff } from "../machines/run-timeouts.ts";
import { applyStartPolicies } from "../machines/start-policy.ts";
import { ensureWorkflowTask, scheduleWorkflowTask } from "../machines/workflow-task.ts";
import { isKnownRequest } from "../request-ids.ts";
import type { Run, RunDecision } from "../run.ts";
import { addSignal } from "./signal-workflow.ts";
import { runStart, terminateForStart } from "./start-workflow.ts";

const SIGNALED = EventType.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED;

const EMPTY_START: StartWorkflowExecutionRequest = StartCodec.decode(new Uint8Array(0));

export function signalWithStart(
  env: HistoryEnv,
  namespace: Namespace,
  request: SignalWithStartWorkflowExecutionRequest,
): Promise<Input<SignalWithStartWorkflowExecutionResponse>> {
  return decideWorkflow(env, namespace, request.workflowId, (decision, current) => {
    const existing = current === undefined ? undefined : existingRun(current, request);
    if (existing !== undefined)
      return {
        runId: existing.runId,
        firstExecutionRunId: existing.state.firstRunId,
        started: false,
        signalLink: signalExisting(existing, request),
      };
    return startAndSignal(decision, namespace, request, current);
  });
}

/** The running run takes the signal, unless the conflict policy wants it replaced or refused. */
function existingRun(current: Run, request: SignalWithStartWorkflowExecutionRequest): Run | undefined {
  const policies = {
    workflowId: request.workflowId,
    reuse: request.workflowIdReusePolicy,
    conflict: request.workflowIdConflictPolicy,
  };
  const isExplicit = policies.conflict !== WorkflowIdConflictPolicy.WORKFLOW_ID_CONFLICT_POLICY_UNSPECIFIED;
  if (current.isRunning && !isExplicit) return current;
  return applyStartPolicies(current, policies) === "use-existing" ? current : undefined;
}

function signalExisting(run: Run, request: SignalWithStartWorkflowExecutionRequest): Uint8Array {
  const link = requestIdLink(run, request.requestId, SIGNALED);
  if (isKnownRequest(run, request.requestId)) return link;
  addSignal(run, signalOf(request));
  run.action("signal_workflow_with_start");
  // Unlike a plain signal, this one releases a run that still waits for its delay.
  if (run.state.backoff) endBackoff(run);
  else ensureWorkflowTask(run);
  return link;
}

function signalOf(request: SignalWithStartWorkflowExecutionRequest) {
  const { signalName, signalInput: input, identity, header, requestId, links } = request;
  return {
    eventType: SIGNALED,
    workflowExecutionSignaledEventAttributes: { signalName, input, identity, header, requestId },
    links,
    requestId,
  };
}

/** Started and Signaled come before the first workflow task. */
function startAndSignal(
  decision: RunDecision,
  namespace: Namespace,
  request: SignalWithStartWorkflowExecutionRequest,
  current: Run | undefined,
) {
  const { signalName: _name, signalInput: _input, control: _control, ...shared } = request;
  const runId = decision.tx.runId();
  if (current?.isRunning === true) terminateForStart(current, runId);
  const start = runStart({ ...EMPTY_START, ...shared }, runId, decision.tx.clockNow);
  const run = createRun(decision, namespace, { ...start, links: [], holdFirstTask: true });
  addSignal(run, signalOf(request));
  run.action("signal_workflow_with_start");
  if (!run.state.backoff) scheduleWorkflowTask(run);
  return {
    runId: run.runId,
    firstExecutionRunId: run.state.firstRunId,
    started: true,
    signalLink: requestIdLink(run, request.requestId, SIGNALED),
  };
}
