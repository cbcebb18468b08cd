// What all shapes together must have touched: every event type that the parts served so far can write, and every RPC that the
// server under test serves.

import { allEventNames, eventName } from "./history-events.ts";
import type { Target } from "./target.ts";
import type { History } from "@temporalio/worker";
import type { World } from "./world.ts";

/** Event types that nothing served so far writes, each with the reason. */
const unreachable: Record<string, string> = {
  WorkflowExecutionUpdateRejected: "never written by any server",
  WorkflowExecutionUpdateAdmitted: "written by a reset only",
  WorkflowPropertiesModifiedExternally: "reserved",
  ActivityPropertiesModifiedExternally: "reserved",
  WorkflowExecutionPaused: "pausing is not served",
  WorkflowExecutionUnpaused: "pausing is not served",
  WorkflowExecutionTimeSkippingTransitioned: "in tests/time-skipping and beside its machine",
};

export const expectedEventTypes: readonly string[] = allEventNames.filter(
  (name) => unreachable[name] === undefined && !name.startsWith("NexusOperation"),
);

const HEALTH_CHECK = "/grpc.health.v1.Health/Check";

const workflowService = [
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
  "ListWorkers",
  "ListWorkflowExecutions",
  "PollActivityTaskQueue",
  "PollWorkflowExecutionUpdate",
  "PollWorkflowTaskQueue",
  "QueryWorkflow",
  "RecordActivityTaskHeartbeat",
  "RecordActivityTaskHeartbeatById",
  "RecordWorkerHeartbeat",
  "RegisterNamespace",
  "RequestCancelWorkflowExecution",
  "ResetStickyTaskQueue",
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
  "UpdateNamespace",
  "UpdateTaskQueueConfig",
  "UpdateWorkflowExecution",
];

const operatorService = ["AddSearchAttributes", "ListSearchAttributes", "RemoveSearchAttributes"];

/** What is called of a server that does not tell what it serves. */
const calledRpcs: readonly string[] = [
  ...workflowService.map((name) => `/temporal.api.workflowservice.v1.WorkflowService/${name}`),
  ...operatorService.map((name) => `/temporal.api.operatorservice.v1.OperatorService/${name}`),
  HEALTH_CHECK,
];

export function expectedRpcs(target: Target): readonly string[] {
  return target.served === undefined ? calledRpcs : [...target.served, HEALTH_CHECK];
}

/** Reads every history that the suite wrote. */
export async function eventTypesOf(world: World): Promise<Map<string, number>> {
  const seen = new Map<string, number>();
  const executions = world.client.workflow.list({ query: `WorkflowId STARTS_WITH '${world.prefix}'` });
  for await (const { history } of executions.intoHistories({ concurrency: 8 })) {
    for (const event of (history as History).events ?? []) {
      const name = eventName(event);
      seen.set(name, (seen.get(name) ?? 0) + 1);
    }
  }
  return seen;
}
