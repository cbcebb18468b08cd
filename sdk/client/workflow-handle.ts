import type { HistoryEvent } from "../../api/gen/messages.js";
import type { HistoryAndWorkflowId, QueryDefinition, UpdateDefinition, Workflow } from "../common/interfaces.ts";
import type { PayloadTypeInfo } from "../common/type-info.ts";
import type { BaseWorkflowHandle, WorkflowQueryOptions } from "../common/workflow-handle.ts";
import type {
  RequestCancelWorkflowExecutionResponse,
  TerminateWorkflowExecutionResponse,
  WorkflowExecutionDescription,
  WorkflowExecutionInfo,
} from "./types.ts";
import type { WorkflowClient } from "./workflow-client.ts";
import type { WorkflowUpdateOptions } from "./workflow-options.ts";

/** The events of a workflow; payloads in them are encoded. */
export interface History {
  events: HistoryEvent[];
}

/** One workflow, as a client sees it: to wait for, signal, query, update, cancel, terminate and describe. */
export interface WorkflowHandle<T extends Workflow = Workflow> extends BaseWorkflowHandle<T> {
  /**
   * Sends an update and waits for its result.
   *
   * @throws WorkflowUpdateFailedError when it is rejected or fails.
   * @throws WorkflowUpdateRPCTimeoutOrCancelledError when waiting ends before the update.
   */
  executeUpdate<Ret, Args extends [any, ...any[]], Name extends string = string>(
    def: UpdateDefinition<Ret, Args, Name> | string,
    options: WorkflowUpdateOptions & { args: Args },
  ): Promise<Ret>;
  executeUpdate<Ret, Args extends [], Name extends string = string>(
    def: UpdateDefinition<Ret, Args, Name> | string,
    options?: WorkflowUpdateOptions & { args?: Args },
  ): Promise<Ret>;
  /**
   * Sends an update and returns when it is accepted.
   *
   * @throws WorkflowUpdateFailedError when it is rejected.
   * @throws WorkflowUpdateRPCTimeoutOrCancelledError when waiting ends before it is accepted.
   */
  startUpdate<Ret, Args extends [any, ...any[]], Name extends string = string>(
    def: UpdateDefinition<Ret, Args, Name> | string,
    options: WorkflowUpdateOptions & { args: Args; waitForStage: "ACCEPTED" },
  ): Promise<WorkflowUpdateHandle<Ret>>;
  startUpdate<Ret, Args extends [], Name extends string = string>(
    def: UpdateDefinition<Ret, Args, Name> | string,
    options: WorkflowUpdateOptions & { args?: Args; waitForStage: "ACCEPTED" },
  ): Promise<WorkflowUpdateHandle<Ret>>;
  /** A handle of an update sent before. */
  getUpdateHandle<Ret>(updateId: string, options?: GetWorkflowUpdateHandleOptions): WorkflowUpdateHandle<Ret>;
  /**
   * Asks the workflow, running or closed.
   *
   * @throws QueryNotRegisteredError when it has no such query, or its handler failed.
   * @throws QueryRejectedError when the client's `queryRejectCondition` forbids it.
   */
  query<Ret, Args extends any[] = []>(def: QueryDefinition<Ret, Args> | string, ...args: Args): Promise<Ret>;
  /** Asks by name, with options. */
  queryWithOptions<Ret, Args extends any[] = []>(queryName: string, options: WorkflowQueryOptions<Args>): Promise<Ret>;
  /** Ends the workflow at once; its code is not asked. */
  terminate(reason?: string): Promise<TerminateWorkflowExecutionResponse>;
  /** Asks the workflow to end: `CancelledFailure` is thrown in its root scope. */
  cancel(): Promise<RequestCancelWorkflowExecutionResponse>;
  describe(): Promise<WorkflowExecutionDescription>;
  fetchHistory(): Promise<History>;
  readonly client: WorkflowClient;
}

/** A handle that knows the first run of the workflow's chain. */
export interface WorkflowHandleWithFirstExecutionRunId<T extends Workflow = Workflow> extends WorkflowHandle<T> {
  readonly firstExecutionRunId: string;
}

/** A handle of a workflow that this client has started. */
export interface WorkflowHandleWithStartDetails<
  T extends Workflow = Workflow,
> extends WorkflowHandleWithFirstExecutionRunId<T> {
  readonly eagerlyStarted: boolean;
}

/** A handle that knows which run was signaled. */
export interface WorkflowHandleWithSignaledRunId<T extends Workflow = Workflow> extends WorkflowHandle<T> {
  readonly signaledRunId: string;
}

/** An update, as a client sees it. */
export interface WorkflowUpdateHandle<Ret> {
  updateId: string;
  workflowId: string;
  workflowRunId?: string;
  /** @throws WorkflowUpdateFailedError when it fails. */
  result(): Promise<Ret>;
}

/** Options of `WorkflowHandle.getUpdateHandle`. */
export interface GetWorkflowUpdateHandleOptions {
  workflowRunId?: string;
  typeInfo?: Pick<PayloadTypeInfo, "outputType">;
}

/** How to wait for a workflow. */
export interface WorkflowResultOptions {
  /** Whether to wait for the runs after this one: continued, retried, of the cron schedule. Default true. */
  followRuns?: boolean;
  /** Converts the result. */
  typeInfo?: PayloadTypeInfo;
}

/** Options of `WorkflowClient.getHandle`. */
export interface GetWorkflowHandleOptions extends WorkflowResultOptions {
  /** Keeps `terminate` and `cancel` from reaching a workflow of another chain. */
  firstExecutionRunId?: string;
}

/** Options of `WorkflowClient.list`. */
export interface ListOptions {
  /** How many the server gives at a time. */
  pageSize?: number;
  /** A query such as `WorkflowType = 'order' AND ExecutionStatus = 'Running'`. */
  query?: string;
}

/** Options of `intoHistories`. */
export interface IntoHistoriesOptions {
  /** How many are fetched at once; default 5. */
  concurrency?: number;
  /** How many are fetched ahead; default without limit. */
  bufferLimit?: number;
}

/** Workflows, one after the other. */
export interface AsyncWorkflowListIterable extends AsyncIterable<WorkflowExecutionInfo> {
  /** Their histories, fetched at once, for replay. */
  intoHistories: (options?: IntoHistoriesOptions) => AsyncIterable<HistoryAndWorkflowId>;
}
