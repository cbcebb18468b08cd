/**
 * Queries. They change nothing and are in no history, yet an answer must reflect all that was acknowledged before:
 *
 * 1. A run whose workflow task is pending answers through that task: the query is buffered and rides on it.
 * 2. An idle or closed run is asked by a query task of its own (a direct query), which passes through matching.
 * 3. A buffered query that its task left unanswered becomes a direct one.
 */
import type { Input } from "../../../../api/codec.ts";
import { notFound, queryFailed, resourceExhausted, ServiceError, workflowNotReady } from "../../../../api/errors.ts";
import {
  QueryRejectCondition,
  QueryResultType,
  ResourceExhaustedCause,
  ResourceExhaustedScope,
  WorkflowExecutionStatus,
} from "../../../../api/gen/enums.js";
import type {
  QueryWorkflowRequest,
  QueryWorkflowResponse,
  RespondQueryTaskCompletedRequest,
  WorkflowQuery,
  WorkflowQueryResult,
} from "../../../../api/gen/messages.js";
import type { TaskQueueId } from "../../../matching/matching.ts";
import type { HistoryEnv, Namespace } from "../../env.ts";
import type { PendingQuery } from "../../query-registry.ts";
import { decideRun } from "../decide-run.ts";
import { own } from "../create-run.ts";
import { isStickyUsable } from "../machines/workflow-task.ts";
import type { BufferedQuery, QueryOutcome, RunVolatile } from "../run-volatile.ts";
import type { Run } from "../run.ts";
import { decodeTaskToken } from "../task-token.ts";
import type { WaitCall } from "../wait-for-run.ts";

/** From this attempt on the workflow task is taken to fail for good: a query would only wait. */
const FAILING_ATTEMPT = 3;
const TOO_LARGE_TEXT = "Blob data size exceeds limit.";

export interface AskQuery {
  readonly request: QueryWorkflowRequest;
  readonly call: WaitCall;
}

type Route =
  | { readonly kind: "rejected"; readonly status: number }
  | { readonly kind: "buffered"; readonly outcome: Promise<QueryOutcome> }
  | {
      readonly kind: "direct";
      readonly runId: string;
      readonly key: { slot: number; id: number };
      readonly priority: number;
      readonly normal: TaskQueueId;
      readonly sticky: { queue: TaskQueueId; waitMs: number } | undefined;
    };

export async function queryWorkflow(
  env: HistoryEnv,
  namespace: Namespace,
  ask: AskQuery,
): Promise<Input<QueryWorkflowResponse>> {
  const { workflowId = "", runId = "" } = ask.request.execution ?? {};
  if (ask.request.query?.queryType !== "__temporal_workflow_metadata")
    env.kernel.laneOf(0).addAction(namespace.number, "query_workflow");
  let name = { workflowId, runId };
  for (;;) {
    const route = await decideRun(env, namespace, name, (run) => routeQuery(run, ask));
    if (route.kind === "rejected") return { queryRejected: { status: route.status as never } };
    const outcome = route.kind === "buffered" ? await route.outcome : await askDirectly(env, route, ask);
    if (outcome.kind === "unblocked") {
      if (route.kind === "direct") name = { workflowId, runId: route.runId };
      continue;
    }
    return replyOf(outcome);
  }
}

function replyOf(outcome: QueryOutcome): Input<QueryWorkflowResponse> {
  switch (outcome.kind) {
    case "answered":
      return { queryResult: outcome.result };
    case "failed":
      throw queryFailed(outcome.message, outcome.failure);
    case "error":
      throw outcome.error;
    case "unblocked":
      throw new Error("an unblocked query is asked again");
  }
}

function routeQuery(run: Run, ask: AskQuery): Route {
  const { state } = run;
  const { queryRejectCondition } = ask.request;
  const { WORKFLOW_EXECUTION_STATUS_COMPLETED } = WorkflowExecutionStatus;
  if (run.isRunning && state.pause !== undefined)
    return { kind: "rejected", status: WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_PAUSED };
  const isUnclean = !run.isRunning && state.status !== WORKFLOW_EXECUTION_STATUS_COMPLETED;
  if (!run.isRunning && queryRejectCondition === QueryRejectCondition.QUERY_REJECT_CONDITION_NOT_OPEN)
    return { kind: "rejected", status: state.status };
  if (isUnclean && queryRejectCondition === QueryRejectCondition.QUERY_REJECT_CONDITION_NOT_COMPLETED_CLEANLY)
    return { kind: "rejected", status: state.status };
  if (!run.isRunning && state.previousStartedEventId === 0)
    throw workflowNotReady("Workflow execution closed before WorkflowTaskStarted event");
  if (run.isRunning && state.workflowTask === undefined && state.previousStartedEventId === 0)
    throw workflowNotReady("Workflow task is not scheduled yet.");
  if (run.isRunning && state.workflowTaskFailures + 1 >= FAILING_ATTEMPT)
    throw workflowNotReady("Unable to query workflow due to Workflow Task in failed state.");
  return state.workflowTask === undefined ? directRoute(run) : { kind: "buffered", outcome: bufferQuery(run, ask) };
}

function directRoute(run: Run): Route {
  const { state } = run;
  const { slot, id } = run.view.identity;
  const queueNamed = (name: string): TaskQueueId => ({ namespace: run.namespaceNumber, type: "workflow", name });
  const sticky =
    state.sticky === undefined
      ? undefined
      : { queue: queueNamed(state.sticky.name), waitMs: state.sticky.scheduleToStartMs };
  const isPolled = sticky !== undefined && isStickyUsable(run, sticky.queue);
  return {
    kind: "direct",
    runId: run.runId,
    key: { slot, id },
    priority: run.turn.priority,
    normal: queueNamed(state.taskQueue),
    sticky: isPolled ? sticky : undefined,
  };
}

function bufferQuery(run: Run, ask: AskQuery): Promise<QueryOutcome> {
  const { volatile } = run;
  if (volatile.queries.size >= run.limits.bufferedQueriesMax) {
    throw resourceExhausted({
      cause: ResourceExhaustedCause.RESOURCE_EXHAUSTED_CAUSE_BUSY_WORKFLOW,
      scope: ResourceExhaustedScope.RESOURCE_EXHAUSTED_SCOPE_NAMESPACE,
      message:
        "consistent query buffer is full, this may be caused by too many queries and workflow not able to process query fast enough",
    });
  }
  const queryId = run.tx.uuid();
  return new Promise<QueryOutcome>((resolve) => {
    const query: BufferedQuery = {
      ...contentOf(ask.request),
      isSent: false,
      settle(outcome) {
        volatile.queries.delete(queryId);
        resolve(outcome);
      },
    };
    volatile.queries.set(queryId, query);
    ask.call.onCancel(() => volatile.queries.delete(queryId));
  });
}

function contentOf({ query }: QueryWorkflowRequest) {
  return {
    queryType: query?.queryType ?? "",
    rawArgs: query?.queryArgs && own(query.queryArgs),
    rawHeader: query?.header && own(query.header),
  };
}

/** A query task on the sticky queue, then, if nobody takes it there in time, on the normal one. */
function askDirectly(env: HistoryEnv, route: Route & { kind: "direct" }, ask: AskQuery): Promise<QueryOutcome> {
  return new Promise<QueryOutcome>((resolve) => {
    const queryId = env.random.uuid();
    let queue = route.sticky?.queue ?? route.normal;
    const waitMs = route.sticky?.waitMs ?? 0;
    let timer = route.sticky === undefined ? undefined : env.timers.set(waitMs, () => moveToNormal());
    const pending: PendingQuery = {
      ...contentOf(ask.request),
      isTaken: false,
      settle(outcome) {
        if (!env.queries.delete(queryId)) return;
        if (timer !== undefined) env.timers.clear(timer);
        env.matching.removeQuery(queue, queryId);
        resolve(outcome);
      },
    };
    const offer = (): void =>
      env.matching.add(queue, {
        ...route.key,
        taskId: 0,
        stamp: 0,
        priority: route.priority,
        scheduledAt: env.clock.now(),
        queryId,
      });
    const moveToNormal = (): void => {
      if (pending.isTaken) {
        timer = env.timers.set(waitMs, moveToNormal); // It may yet be given back.
        return;
      }
      timer = undefined;
      env.matching.removeQuery(queue, queryId);
      queue = route.normal;
      offer();
    };
    env.queries.set(queryId, pending);
    ask.call.onCancel(() => pending.settle({ kind: "error", error: new ServiceError(1, "the caller has gone") }));
    offer();
  });
}

/** The worker's answer to a direct query. */
export async function completeQueryTask(env: HistoryEnv, request: RespondQueryTaskCompletedRequest): Promise<object> {
  const { queryId, namespaceId } = decodeTaskToken(request.taskToken);
  const pending = env.queries.get(queryId);
  if (pending === undefined) throw notFound("query task not found, or already expired");
  const { blobBytesMax } = env.limitsOf(env.namespaces.byId(namespaceId)?.name ?? request.namespace);
  if ((request.queryResult?.length ?? 0) > blobBytesMax)
    pending.settle({ kind: "failed", message: TOO_LARGE_TEXT, failure: undefined });
  else if (request.completedType === QueryResultType.QUERY_RESULT_TYPE_ANSWERED)
    pending.settle({ kind: "answered", result: request.queryResult && own(request.queryResult) });
  else if (request.completedType === QueryResultType.QUERY_RESULT_TYPE_FAILED)
    pending.settle({ kind: "failed", message: request.errorMessage, failure: request.failure && own(request.failure) });
  return {};
}

/** The buffered queries that go out with the task just started. */
export function attachQueries(run: Run): Record<string, Input<WorkflowQuery>> {
  const attached: Record<string, Input<WorkflowQuery>> = {};
  const volatile = run.view.entity.volatile as RunVolatile | undefined;
  if (volatile === undefined) return attached;
  for (const [id, query] of volatile.queries) {
    query.isSent = true;
    attached[id] = { queryType: query.queryType, queryArgs: query.rawArgs, header: query.rawHeader };
  }
  return attached;
}

/** Queries that the completed task carried without answering, and those that no next task will carry, are asked directly. */
export function unblockQueries(run: Run, sent: readonly string[]): void {
  const volatile = run.view.entity.volatile as RunVolatile | undefined;
  if (volatile === undefined || volatile.queries.size === 0) return;
  const hasNextTask = run.state.workflowTask !== undefined;
  for (const [id, query] of volatile.queries) {
    if (sent.includes(id) || !hasNextTask) run.tx.afterCommit(() => query.settle({ kind: "unblocked" }));
  }
}

/** The answers that the completed task brought. Comes before anything that may close the run: the first outcome counts. */
export function answerQueries(run: Run, results: Readonly<Record<string, WorkflowQueryResult>>): void {
  const volatile = run.view.entity.volatile as RunVolatile | undefined;
  if (volatile === undefined || volatile.queries.size === 0) return;
  for (const [id, query] of volatile.queries) {
    const result = results[id];
    if (result !== undefined) run.tx.afterCommit(() => query.settle(outcomeOf(run, result)));
  }
}

/** Ids of the queries that the started task carries. */
export function sentQueries(run: Run): readonly string[] {
  const volatile = run.view.entity.volatile as RunVolatile | undefined;
  if (volatile === undefined || volatile.queries.size === 0) return [];
  return [...volatile.queries].filter(([, query]) => query.isSent).map(([id]) => id);
}

function outcomeOf(run: Run, result: WorkflowQueryResult): QueryOutcome {
  if ((result.answer?.length ?? 0) > run.limits.blobBytesMax)
    return { kind: "error", error: new ServiceError(3, TOO_LARGE_TEXT) };
  if (result.resultType === QueryResultType.QUERY_RESULT_TYPE_ANSWERED)
    return { kind: "answered", result: result.answer && own(result.answer) };
  return { kind: "failed", message: result.errorMessage, failure: result.failure && own(result.failure) };
}
