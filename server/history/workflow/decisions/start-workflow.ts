import type { Input } from "../../../../api/codec.ts";
import { durationMs } from "../../../../api/duration.ts";
import { failedPrecondition } from "../../../../api/errors.ts";
import { ContinueAsNewInitiator, EventType } from "../../../../api/gen/enums.js";
import type { StartWorkflowExecutionRequest, StartWorkflowExecutionResponse } from "../../../../api/gen/messages.js";
import { assert } from "../../../../base/index.ts";
import type { HistoryEnv, Namespace } from "../../env.ts";
import type { RequestIdPart } from "../../gen/messages.js";
import { createRun } from "../create-run.ts";
import type { RunStart } from "../create-run.ts";
import { cronBackoffMs } from "../cron.ts";
import { decideWorkflow } from "../decide-run.ts";
import { eventLink, requestIdLink } from "../links.ts";
import { applyStartPolicies } from "../machines/start-policy.ts";
import { SERVER_IDENTITY } from "../machines/server-identity.ts";
import { attachCallbacks } from "../machines/callback.ts";
import { terminateRun } from "../machines/terminate.ts";
import { configureTimeSkipping } from "../machines/time-skipping.ts";
import { startWorkflowTask } from "../machines/workflow-task.ts";
import { partKey } from "../parts.ts";
import { rememberRequest } from "../request-ids.ts";
import type { Run, RunDecision } from "../run.ts";
import { textPayloads } from "../text-payloads.ts";
import { startedTask, withHistory } from "../workflow-task-response.ts";
import type { StartedTask } from "../workflow-task-response.ts";

const STARTED = EventType.EVENT_TYPE_WORKFLOW_EXECUTION_STARTED;
const OPTIONS_UPDATED = EventType.EVENT_TYPE_WORKFLOW_EXECUTION_OPTIONS_UPDATED;

export interface Started {
  /** The new run, or the one that is there already. */
  readonly run: Run;
  readonly response: Input<StartWorkflowExecutionResponse>;
  readonly eager: StartedTask | undefined;
}

/** The request is validated and its defaults are filled in (request id, policies, retry policy). */
export async function startWorkflow(
  env: HistoryEnv,
  namespace: Namespace,
  request: StartWorkflowExecutionRequest,
): Promise<Input<StartWorkflowExecutionResponse>> {
  const started = await decideWorkflow(env, namespace, request.workflowId, (decision, current) =>
    decideStart(decision, namespace, request, current),
  );
  if (started.eager === undefined) return started.response;
  return { ...started.response, eagerWorkflowTask: await withHistory(env, started.eager) };
}

/** The start as part of a decision that may do more with the run. */
export function decideStart(
  decision: RunDecision,
  namespace: Namespace,
  request: StartWorkflowExecutionRequest,
  current: Run | undefined,
): Started {
  const runId = decision.tx.runId();
  if (current !== undefined) {
    const deduplicated = answerRepeated(current, request);
    if (deduplicated !== undefined) return deduplicated;
    const policies = {
      workflowId: request.workflowId,
      reuse: request.workflowIdReusePolicy,
      conflict: request.workflowIdConflictPolicy,
    };
    const verdict = applyStartPolicies(current, policies);
    if (verdict === "use-existing") return useExisting(current, request);
    if (verdict === "terminate-existing") terminateForStart(current, runId);
  }
  const start = runStart(request, runId, decision.tx.clockNow);
  const run = createRun(decision, namespace, start);
  run.action("start_workflow");
  return {
    run,
    response: startedResponse(run, true),
    eager: start.eagerExecutionAccepted ? startEagerly(run, namespace, request) : undefined,
  };
}

/** The same request again: the first answer, with the eager task as long as that is still the one handed out. */
function answerRepeated(current: Run, request: StartWorkflowExecutionRequest): Started | undefined {
  const { state } = current;
  if (state.startRequestId === request.requestId) {
    const task = state.workflowTask;
    const isFirstTask =
      task !== undefined && task.startedEventId === 3 && task.attempt === 1 && state.nextEventId === 3;
    return {
      run: current,
      response: startedResponse(current, true),
      eager: request.requestEagerExecution && isFirstTask ? startedTask(current, false) : undefined,
    };
  }
  const attached = current.view.part<RequestIdPart>(partKey.requestId(request.requestId));
  if (attached === undefined || attached.eventType !== OPTIONS_UPDATED) return undefined;
  return {
    run: current,
    response: { ...startedResponse(current, false), link: requestIdLink(current, request.requestId, OPTIONS_UPDATED) },
    eager: undefined,
  };
}

function useExisting(current: Run, request: StartWorkflowExecutionRequest): Started {
  const options = request.onConflictOptions;
  const attachesId = options?.attachRequestId === true;
  if (options === undefined || (!attachesId && !options.attachLinks && !options.attachCompletionCallbacks))
    return { run: current, response: startedResponse(current, false), eager: undefined };
  const callbacks = options.attachCompletionCallbacks ? request.completionCallbacks : [];
  countCallbacks(current, callbacks.length);
  attachCallbacks(current, callbacks);
  const eventId = current.addEvent({
    eventType: OPTIONS_UPDATED,
    workerMayIgnore: true,
    workflowExecutionOptionsUpdatedEventAttributes: {
      attachedRequestId: attachesId ? request.requestId : "",
      attachedCompletionCallbacks: callbacks,
    },
    links: options.attachLinks ? request.links : [],
  });
  current.action("update_workflow_options_via_start");
  if (!attachesId) return { run: current, response: startedResponse(current, false), eager: undefined };
  rememberRequest(current, { requestId: request.requestId, eventId, eventType: OPTIONS_UPDATED });
  return {
    run: current,
    response: { ...startedResponse(current, false), link: requestIdLink(current, request.requestId, OPTIONS_UPDATED) },
    eager: undefined,
  };
}

function countCallbacks({ state, limits }: Run, added: number): void {
  const { callbacksPerRunMax } = limits;
  if (state.callbackCount + added > callbacksPerRunMax)
    throw failedPrecondition(
      `cannot attach more than ${callbacksPerRunMax} callbacks to a workflow (${state.callbackCount} callbacks already attached)`,
    );
  state.callbackCount += added;
}

/** The running run makes room for the new one in the same decision. */
export function terminateForStart(current: Run, newRunId: string): void {
  terminateRun(current, {
    reason: "TerminateIfRunning WorkflowIdReusePolicy",
    details: textPayloads(`terminated by new runID: ${newRunId}`),
    identity: SERVER_IDENTITY,
  });
}

function startEagerly(
  run: Run,
  namespace: Namespace,
  { identity, requestId }: StartWorkflowExecutionRequest,
): StartedTask {
  startWorkflowTask(run, { identity, requestId, buildId: "", namespace });
  run.finish();
  return startedTask(run, false);
}

export function startedResponse(run: Run, started: boolean): Input<StartWorkflowExecutionResponse> {
  return {
    runId: run.runId,
    started,
    status: run.state.status as never,
    firstExecutionRunId: run.state.firstRunId,
    link: eventLink(run, 1, STARTED),
  };
}

/** A client's request as the start of a run. */
export function runStart(request: StartWorkflowExecutionRequest, runId: string, nowMs: number): RunStart {
  assert(request.requestId !== "", "a start has a request id");
  const isCron = request.cronSchedule !== "";
  const cronMs = isCron ? (cronBackoffMs(request.cronSchedule, { startMs: nowMs, closeMs: nowMs }) ?? 0) : 0;
  const firstTaskBackoffMs = isCron ? cronMs : durationMs(request.workflowStartDelay);
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
    firstTaskBackoffMs,
    attempt: 1,
    initiator: isCron ? ContinueAsNewInitiator.CONTINUE_AS_NEW_INITIATOR_CRON_SCHEDULE : 0,
    firstRunId: runId,
    originalRunId: runId,
    continuedRunId: "",
    continuedFailure: request.continuedFailure,
    lastCompletionResult: request.lastCompletionResult,
    parent: undefined,
    root: undefined,
    executionExpiresAt: undefined,
    eagerExecutionAccepted: request.requestEagerExecution && firstTaskBackoffMs === 0,
    holdFirstTask: false,
    clockOffsetMs: 0,
    timeSkipping: request.timeSkippingConfig && configureTimeSkipping(request.timeSkippingConfig, nowMs),
  };
}
