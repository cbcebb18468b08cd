import type { Input } from "../../../../api/codec.ts";
import { durationMs } from "../../../../api/duration.ts";
import { alreadyStarted } from "../../../../api/errors.ts";
import { WorkflowExecutionStatus, WorkflowIdConflictPolicy, WorkflowIdReusePolicy } from "../../../../api/gen/enums.js";
import type { StartWorkflowExecutionRequest, StartWorkflowExecutionResponse } from "../../../../api/gen/messages.js";
import { assert } from "../../../../base/index.ts";
import type { HistoryEnv, Namespace } from "../../env.ts";
import { createRun } from "../create-run.ts";
import type { RunStart } from "../create-run.ts";
import { decideWorkflow } from "../decide-run.ts";
import { eventLink } from "../links.ts";
import { startWorkflowTask } from "../machines/workflow-task.ts";
import type { Run, RunDecision } from "../run.ts";
import { startedTask, withHistory } from "../workflow-task-response.ts";
import type { StartedTask } from "../workflow-task-response.ts";

interface Started {
  readonly response: Input<StartWorkflowExecutionResponse>;
  readonly eager: StartedTask | undefined;
}

/** The request is validated and its defaults are filled in (request id, policies). */
export async function startWorkflow(env: HistoryEnv, namespace: Namespace, request: StartWorkflowExecutionRequest): Promise<Input<StartWorkflowExecutionResponse>> {
  const started = await decideWorkflow(env, namespace, request.workflowId, (decision, current) => decideStart(decision, namespace, request, current));
  if (started.eager === undefined) return started.response;
  return { ...started.response, eagerWorkflowTask: await withHistory(env, started.eager) };
}

function decideStart(decision: RunDecision, namespace: Namespace, request: StartWorkflowExecutionRequest, current: Run | undefined): Started {
  if (current !== undefined) {
    const answered = startOnCurrent(current, request);
    if (answered !== undefined) return answered;
  }
  const start = runStart(request, decision.tx.uuid());
  const run = createRun(decision, namespace, start);
  run.action("start_workflow");
  const eager = start.eagerExecutionAccepted ? startEagerly(run, namespace, request) : undefined;
  return { response: startedResponse(run, true), eager };
}

function startEagerly(run: Run, namespace: Namespace, request: StartWorkflowExecutionRequest): StartedTask {
  startWorkflowTask(run, { identity: request.identity, requestId: run.tx.uuid(), namespace });
  run.finish();
  return startedTask(run, false);
}

export function startedResponse(run: Run, started: boolean): Input<StartWorkflowExecutionResponse> {
  return { runId: run.runId, started, status: run.state.status as never, firstExecutionRunId: run.state.firstRunId, link: eventLink(run, 1, 1) };
}

/** What the policies say about the run that is there; undefined = start a new one. */
function startOnCurrent(current: Run, request: StartWorkflowExecutionRequest): Started | undefined {
  if (current.state.startRequestId === request.requestId) return { response: startedResponse(current, true), eager: undefined };
  if (current.isRunning) {
    switch (request.workflowIdConflictPolicy) {
      case WorkflowIdConflictPolicy.WORKFLOW_ID_CONFLICT_POLICY_USE_EXISTING:
        return { response: startedResponse(current, false), eager: undefined };
      default:
        throw conflict(current, request, "Workflow execution is already running. WorkflowId: ");
    }
  }
  const { WORKFLOW_EXECUTION_STATUS_COMPLETED } = WorkflowExecutionStatus;
  switch (request.workflowIdReusePolicy) {
    case WorkflowIdReusePolicy.WORKFLOW_ID_REUSE_POLICY_REJECT_DUPLICATE:
      throw conflict(current, request, "Workflow execution already finished. WorkflowId: ");
    case WorkflowIdReusePolicy.WORKFLOW_ID_REUSE_POLICY_ALLOW_DUPLICATE_FAILED_ONLY:
      if (current.state.status === WORKFLOW_EXECUTION_STATUS_COMPLETED) throw conflict(current, request, "Workflow execution already finished successfully. WorkflowId: ");
      return undefined;
    default:
      return undefined;
  }
}

function conflict(current: Run, request: StartWorkflowExecutionRequest, text: string): Error {
  const { startRequestId, firstRunId } = current.state;
  return alreadyStarted(`${text}${request.workflowId}, RunId: ${current.runId}.`, { startRequestId, runId: current.runId, firstExecutionRunId: firstRunId });
}

function runStart(request: StartWorkflowExecutionRequest, runId: string): RunStart {
  const delayMs = durationMs(request.workflowStartDelay);
  assert(request.requestId !== "", "a start has a request id");
  return {
    workflowId: request.workflowId,
    runId,
    workflowType: request.workflowType?.name ?? "",
    taskQueue: request.taskQueue?.name ?? "",
    input: request.input,
    header: request.header,
    memo: request.memo,
    searchAttributes: request.searchAttributes,
    executionTimeout: request.workflowExecutionTimeout,
    runTimeout: request.workflowRunTimeout,
    taskTimeout: request.workflowTaskTimeout,
    retryPolicy: request.retryPolicy,
    cronSchedule: request.cronSchedule,
    priority: request.priority,
    identity: request.identity,
    requestId: request.requestId,
    userMetadata: request.userMetadata,
    links: request.links,
    completionCallbacks: request.completionCallbacks,
    firstTaskBackoffMs: delayMs,
    attempt: 1,
    initiator: 0,
    firstRunId: runId,
    originalRunId: runId,
    continuedRunId: "",
    continuedFailure: request.continuedFailure,
    lastCompletionResult: request.lastCompletionResult,
    parent: undefined,
    root: undefined,
    executionExpiresAt: undefined,
    eagerExecutionAccepted: request.requestEagerExecution && delayMs === 0 && request.cronSchedule === "",
    holdFirstTask: false,
    clockOffsetMs: 0,
  };
}
