/**
 * Every method of the API's services: served, or refused with UNIMPLEMENTED and these words. `method-table.test.ts` holds it
 * to the services' definitions and to the handlers, docs/reference/methods.md is written from it.
 */
import { operatorService, testService, workflowService } from "../../api/gen/services.js";
import type { Method } from "../../api/gen/services.js";

export type MethodStatus = { readonly kind: "served" } | { readonly kind: "unimplemented"; readonly message: string };

const served: MethodStatus = { kind: "served" };
const unimplemented = (message: string): MethodStatus => ({ kind: "unimplemented", message });

/** The words of servers on which these are turned off: some clients know them. */
const OWN_WORDS: Readonly<Record<string, string>> = {
  TriggerWorkflowRule: "method TriggerWorkflowRule not supported",
  FetchWorkerConfig: "FetchWorkerConfig command is not enabled.",
  UpdateWorkerConfig: "UpdateWorkerConfig command is not enabled.",
};

const SERVED_WORKFLOW_METHODS: readonly string[] = [
  "CountWorkflowExecutions",
  "CountWorkers",
  "DeleteWorkflowExecution",
  "DeprecateNamespace",
  "DescribeNamespace",
  "DescribeTaskQueue",
  "DescribeWorker",
  "DescribeWorkflowExecution",
  "ExecuteMultiOperation",
  "GetClusterInfo",
  "GetSearchAttributes",
  "GetSystemInfo",
  "GetWorkflowExecutionHistory",
  "GetWorkflowExecutionHistoryReverse",
  "ListArchivedWorkflowExecutions",
  "ListClosedWorkflowExecutions",
  "ListNamespaces",
  "ListOpenWorkflowExecutions",
  "ListTaskQueuePartitions",
  "ListWorkers",
  "ListWorkflowExecutions",
  "PauseActivity",
  "PollActivityTaskQueue",
  "PollWorkflowExecutionTimeSkipping",
  "PollWorkflowExecutionUpdate",
  "PollWorkflowTaskQueue",
  "QueryWorkflow",
  "RecordActivityTaskHeartbeat",
  "RecordActivityTaskHeartbeatById",
  "RecordWorkerHeartbeat",
  "RegisterNamespace",
  "RequestCancelWorkflowExecution",
  "ResetActivity",
  "ResetStickyTaskQueue",
  "ResetWorkflowExecution",
  "RespondActivityTaskCanceled",
  "RespondActivityTaskCanceledById",
  "RespondActivityTaskCompleted",
  "RespondActivityTaskCompletedById",
  "RespondActivityTaskFailed",
  "RespondActivityTaskFailedById",
  "RespondQueryTaskCompleted",
  "RespondWorkflowTaskCompleted",
  "RespondWorkflowTaskFailed",
  "ScanWorkflowExecutions",
  "ShutdownWorker",
  "SignalWithStartWorkflowExecution",
  "SignalWorkflowExecution",
  "StartWorkflowExecution",
  "TerminateWorkflowExecution",
  "UnpauseActivity",
  "UpdateActivityOptions",
  "PauseWorkflowExecution",
  "UnpauseWorkflowExecution",
  "UpdateNamespace",
  "UpdateTaskQueueConfig",
  "UpdateWorkflowExecution",
  "UpdateWorkflowExecutionOptions",
];

const SERVED_OPERATOR_METHODS: readonly string[] = [
  "AddSearchAttributes",
  "DeleteNamespace",
  "ListClusters",
  "ListSearchAttributes",
  "RemoveSearchAttributes",
];

export interface MethodRow {
  readonly method: Method;
  readonly status: MethodStatus;
}

export const methodTable: readonly MethodRow[] = [
  ...rows(workflowService, SERVED_WORKFLOW_METHODS),
  ...rows(operatorService, SERVED_OPERATOR_METHODS),
  ...rows(testService, []),
];

function rows(methods: readonly Method[], servedNames: readonly string[]): MethodRow[] {
  const names = new Set(servedNames);
  return methods.map((method) => ({
    method,
    status: names.has(method.name)
      ? served
      : unimplemented(OWN_WORDS[method.name] ?? `method ${method.name} not implemented`),
  }));
}
