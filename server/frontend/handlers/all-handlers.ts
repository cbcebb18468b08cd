import type { Frontend } from "../frontend.ts";
import type { Handlers } from "../grpc-routes.ts";
import { describeNamespace } from "./describe-namespace.ts";
import { getSystemInfo } from "./get-system-info.ts";
import { getWorkflowExecutionHistory } from "./get-workflow-execution-history.ts";
import { pollWorkflowTaskQueue } from "./poll-workflow-task-queue.ts";
import { respondWorkflowTaskCompleted } from "./respond-workflow-task-completed.ts";
import { signalWorkflowExecution } from "./signal-workflow-execution.ts";
import { startWorkflowExecution } from "./start-workflow-execution.ts";

/** One row per method that is served. */
export function createHandlers(frontend: Frontend): Handlers {
  return {
    describeNamespace: describeNamespace(frontend),
    getSystemInfo: getSystemInfo(frontend),
    getWorkflowExecutionHistory: getWorkflowExecutionHistory(frontend),
    pollWorkflowTaskQueue: pollWorkflowTaskQueue(frontend),
    respondWorkflowTaskCompleted: respondWorkflowTaskCompleted(frontend),
    signalWorkflowExecution: signalWorkflowExecution(frontend),
    startWorkflowExecution: startWorkflowExecution(frontend),
  };
}
