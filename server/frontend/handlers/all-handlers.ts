import type { Frontend } from "../frontend.ts";
import type { Handlers } from "../grpc-routes.ts";
import { describeNamespace } from "./describe-namespace.ts";
import { executeMultiOperation } from "./execute-multi-operation.ts";
import { getSystemInfo } from "./get-system-info.ts";
import { getWorkflowExecutionHistory } from "./get-workflow-execution-history.ts";
import { pollActivityTaskQueue } from "./poll-activity-task-queue.ts";
import { pollWorkflowExecutionUpdate } from "./poll-workflow-execution-update.ts";
import { pollWorkflowTaskQueue } from "./poll-workflow-task-queue.ts";
import { queryWorkflow } from "./query-workflow.ts";
import { recordActivityTaskHeartbeat } from "./record-activity-task-heartbeat.ts";
import { recordActivityTaskHeartbeatById } from "./record-activity-task-heartbeat-by-id.ts";
import { requestCancelWorkflowExecution } from "./request-cancel-workflow-execution.ts";
import { respondActivityTaskCanceled } from "./respond-activity-task-canceled.ts";
import { respondActivityTaskCanceledById } from "./respond-activity-task-canceled-by-id.ts";
import { respondActivityTaskCompleted } from "./respond-activity-task-completed.ts";
import { respondActivityTaskCompletedById } from "./respond-activity-task-completed-by-id.ts";
import { respondActivityTaskFailed } from "./respond-activity-task-failed.ts";
import { respondActivityTaskFailedById } from "./respond-activity-task-failed-by-id.ts";
import { respondQueryTaskCompleted } from "./respond-query-task-completed.ts";
import { respondWorkflowTaskCompleted } from "./respond-workflow-task-completed.ts";
import { respondWorkflowTaskFailed } from "./respond-workflow-task-failed.ts";
import { signalWithStartWorkflowExecution } from "./signal-with-start-workflow-execution.ts";
import { signalWorkflowExecution } from "./signal-workflow-execution.ts";
import { startWorkflowExecution } from "./start-workflow-execution.ts";
import { terminateWorkflowExecution } from "./terminate-workflow-execution.ts";
import { updateWorkflowExecution } from "./update-workflow-execution.ts";

/** One row per method that is served. */
export function createHandlers(frontend: Frontend): Handlers {
  return {
    describeNamespace: describeNamespace(frontend),
    executeMultiOperation: executeMultiOperation(frontend),
    getSystemInfo: getSystemInfo(frontend),
    getWorkflowExecutionHistory: getWorkflowExecutionHistory(frontend),
    pollActivityTaskQueue: pollActivityTaskQueue(frontend),
    pollWorkflowExecutionUpdate: pollWorkflowExecutionUpdate(frontend),
    pollWorkflowTaskQueue: pollWorkflowTaskQueue(frontend),
    queryWorkflow: queryWorkflow(frontend),
    recordActivityTaskHeartbeat: recordActivityTaskHeartbeat(frontend),
    recordActivityTaskHeartbeatById: recordActivityTaskHeartbeatById(frontend),
    requestCancelWorkflowExecution: requestCancelWorkflowExecution(frontend),
    respondActivityTaskCanceled: respondActivityTaskCanceled(frontend),
    respondActivityTaskCanceledById: respondActivityTaskCanceledById(frontend),
    respondActivityTaskCompleted: respondActivityTaskCompleted(frontend),
    respondActivityTaskCompletedById: respondActivityTaskCompletedById(frontend),
    respondActivityTaskFailed: respondActivityTaskFailed(frontend),
    respondActivityTaskFailedById: respondActivityTaskFailedById(frontend),
    respondQueryTaskCompleted: respondQueryTaskCompleted(frontend),
    respondWorkflowTaskCompleted: respondWorkflowTaskCompleted(frontend),
    respondWorkflowTaskFailed: respondWorkflowTaskFailed(frontend),
    signalWithStartWorkflowExecution: signalWithStartWorkflowExecution(frontend),
    signalWorkflowExecution: signalWorkflowExecution(frontend),
    startWorkflowExecution: startWorkflowExecution(frontend),
    terminateWorkflowExecution: terminateWorkflowExecution(frontend),
    updateWorkflowExecution: updateWorkflowExecution(frontend),
  };
}
