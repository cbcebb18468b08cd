import type { Frontend } from "../frontend.ts";
import type { Handlers } from "../grpc-routes.ts";
import { describeNamespace } from "./describe-namespace.ts";
import { getSystemInfo } from "./get-system-info.ts";
import { getWorkflowExecutionHistory } from "./get-workflow-execution-history.ts";
import { pollWorkflowTaskQueue } from "./poll-workflow-task-queue.ts";
import { respondWorkflowTaskCompleted } from "./respond-workflow-task-completed.ts";
import { signalWorkflowExecution } from "./signal-workflow-execution.ts";
import { startWorkflowExecution } from "./start-workflow-execution.ts";
import { terminateWorkflowExecution } from "./terminate-workflow-execution.ts";
import { requestCancelWorkflowExecution } from "./request-cancel-workflow-execution.ts";
import { signalWithStartWorkflowExecution } from "./signal-with-start-workflow-execution.ts";
import { respondWorkflowTaskFailed } from "./respond-workflow-task-failed.ts";
import { respondQueryTaskCompleted } from "./respond-query-task-completed.ts";
import { queryWorkflow } from "./query-workflow.ts";

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
    terminateWorkflowExecution: terminateWorkflowExecution(frontend),
    requestCancelWorkflowExecution: requestCancelWorkflowExecution(frontend),
    signalWithStartWorkflowExecution: signalWithStartWorkflowExecution(frontend),
    respondWorkflowTaskFailed: respondWorkflowTaskFailed(frontend),
    respondQueryTaskCompleted: respondQueryTaskCompleted(frontend),
    queryWorkflow: queryWorkflow(frontend),
  };
}
