import { History, HistoryEvent } from "../../../api/gen/messages.js";
import type { Timers } from "../../../base/index.ts";
import { CancelledFailure, decodeRetryState, TerminatedFailure, TimeoutFailure } from "../../common/failure.ts";
import type { TypeInfo } from "../../common/type-info.ts";
import { WorkflowContinuedAsNewError, WorkflowFailedError } from "../errors.ts";
import type { WorkflowExecution } from "../types.ts";
import { type ClientContext, workflowContext } from "./client-context.ts";
import { throwServiceError } from "./known-errors.ts";
import { warnedIfNobodyPolls } from "./nobody-polls.ts";
import { decodeError, decodeFirst, decodeValues } from "./values.ts";

const CLOSE_EVENT = 2;
const NO_TOKEN = new Uint8Array(0);

export interface ResultOptions {
  readonly followRuns: boolean;
  readonly typeInfo?: TypeInfo | undefined;
  readonly timers?: Timers | undefined;
}

/** Waits for the workflow to close, and for the runs that follow it. */
export function workflowResult(
  client: ClientContext,
  execution: WorkflowExecution,
  options: ResultOptions,
): Promise<unknown> {
  return warnedIfNobodyPolls({ client, execution, timers: options.timers }, () => resultOf(client, execution, options));
}

async function resultOf(client: ClientContext, execution: WorkflowExecution, options: ResultOptions): Promise<unknown> {
  for (let runId = execution.runId; ;) {
    const event = await closeEvent(client, { ...execution, ...(runId === undefined ? {} : { runId }) });
    const outcome = await outcomeOf(client, execution.workflowId, event, options);
    if (outcome.kind === "result") return outcome.value;
    if (outcome.kind === "error") throw outcome.error;
    ({ runId } = outcome);
  }
}

async function closeEvent(client: ClientContext, execution: WorkflowExecution): Promise<HistoryEvent> {
  for (let nextPageToken = NO_TOKEN; ;) {
    let response;
    try {
      response = await client.workflowService.getWorkflowExecutionHistory({
        namespace: client.namespace,
        execution,
        skipArchival: true,
        waitNewEvent: true,
        historyEventFilterType: CLOSE_EVENT,
        nextPageToken,
      });
    } catch (error) {
      throwServiceError(error, "Failed to get Workflow execution history", execution);
    }
    const events = response.history === undefined ? [] : History.decode(response.history).events;
    const last = events.at(-1);
    if (last !== undefined) return HistoryEvent.decode(last);
    // The wait of one call has its limit; the workflow has none.
    nextPageToken = response.nextPageToken as typeof NO_TOKEN;
  }
}

type Outcome =
  | { readonly kind: "result"; readonly value: unknown }
  | { readonly kind: "error"; readonly error: Error }
  | { readonly kind: "next"; readonly runId: string };

async function outcomeOf(
  client: ClientContext,
  workflowId: string,
  event: HistoryEvent,
  { followRuns, typeInfo }: ResultOptions,
): Promise<Outcome> {
  const { converter } = client;
  const context = workflowContext(client, workflowId);
  const next = (runId: string | undefined): Outcome | undefined =>
    followRuns && runId !== undefined && runId !== "" ? { kind: "next", runId } : undefined;
  const failed = (...args: ConstructorParameters<typeof WorkflowFailedError>): Outcome => ({
    kind: "error",
    error: new WorkflowFailedError(...args),
  });
  const completed = event.workflowExecutionCompletedEventAttributes;
  if (completed !== undefined) {
    const follow = next(completed.newExecutionRunId);
    if (follow !== undefined) return follow;
    return { kind: "result", value: await decodeFirst(converter, completed.result, context, typeInfo) };
  }
  const failure = event.workflowExecutionFailedEventAttributes;
  if (failure !== undefined) {
    const follow = next(failure.newExecutionRunId);
    if (follow !== undefined) return follow;
    const cause = await decodeError(converter, failure.failure, context);
    return failed("Workflow execution failed", cause, decodeRetryState(failure.retryState));
  }
  const canceled = event.workflowExecutionCanceledEventAttributes;
  if (canceled !== undefined) {
    const details = await decodeValues(converter, canceled.details, context);
    const cause = new CancelledFailure("Workflow canceled", details);
    cause.stack = "";
    return failed("Workflow execution cancelled", cause, "NON_RETRYABLE_FAILURE");
  }
  const terminated = event.workflowExecutionTerminatedEventAttributes;
  if (terminated !== undefined) {
    const cause = new TerminatedFailure(terminated.reason || undefined);
    cause.stack = "";
    return failed(terminated.reason || "Workflow execution terminated", cause, "NON_RETRYABLE_FAILURE");
  }
  const timedOut = event.workflowExecutionTimedOutEventAttributes;
  if (timedOut !== undefined) {
    const follow = next(timedOut.newExecutionRunId);
    if (follow !== undefined) return follow;
    const cause = new TimeoutFailure("Workflow execution timed out", undefined, "START_TO_CLOSE");
    cause.stack = "";
    return failed("Workflow execution timed out", cause, decodeRetryState(timedOut.retryState));
  }
  const continued = event.workflowExecutionContinuedAsNewEventAttributes;
  if (continued !== undefined) {
    const { newExecutionRunId } = continued;
    return (
      next(newExecutionRunId) ?? {
        kind: "error",
        error: new WorkflowContinuedAsNewError("Workflow execution continued as new", newExecutionRunId),
      }
    );
  }
  throw new TypeError(`History ends with event ${event.eventId} of type ${event.eventType}, which closes no workflow`);
}
