import { answersWhileOurs } from "../answers.ts";
import type { Frontend } from "../frontend.ts";
import type { Handlers } from "../grpc-routes.ts";
import { addSearchAttributes } from "./add-search-attributes.ts";
import { countWorkflowExecutions } from "./count-workflow-executions.ts";
import { countWorkers } from "./count-workers.ts";
import { deleteNamespace } from "./delete-namespace.ts";
import { deleteWorkflowExecution } from "./delete-workflow-execution.ts";
import { deprecateNamespace } from "./deprecate-namespace.ts";
import { describeNamespace } from "./describe-namespace.ts";
import { describeTaskQueue } from "./describe-task-queue.ts";
import { describeWorker } from "./describe-worker.ts";
import { describeWorkflowExecution } from "./describe-workflow-execution.ts";
import { executeMultiOperation } from "./execute-multi-operation.ts";
import { getClusterInfo } from "./get-cluster-info.ts";
import { getSearchAttributes } from "./get-search-attributes.ts";
import { getSystemInfo } from "./get-system-info.ts";
import { getWorkflowExecutionHistoryReverse } from "./get-workflow-execution-history-reverse.ts";
import { getWorkflowExecutionHistory } from "./get-workflow-execution-history.ts";
import { listArchivedWorkflowExecutions } from "./list-archived-workflow-executions.ts";
import { listClusters } from "./list-clusters.ts";
import { listClosedWorkflowExecutions } from "./list-closed-workflow-executions.ts";
import { listNamespaces } from "./list-namespaces.ts";
import { listOpenWorkflowExecutions } from "./list-open-workflow-executions.ts";
import { listSearchAttributes } from "./list-search-attributes.ts";
import { listTaskQueuePartitions } from "./list-task-queue-partitions.ts";
import { listWorkers } from "./list-workers.ts";
import { listWorkflowExecutions } from "./list-workflow-executions.ts";
import { pollActivityTaskQueue } from "./poll-activity-task-queue.ts";
import { pollWorkflowExecutionTimeSkipping } from "./poll-workflow-execution-time-skipping.ts";
import { pollWorkflowExecutionUpdate } from "./poll-workflow-execution-update.ts";
import { pollWorkflowTaskQueue } from "./poll-workflow-task-queue.ts";
import { queryWorkflow } from "./query-workflow.ts";
import { recordActivityTaskHeartbeat } from "./record-activity-task-heartbeat.ts";
import { recordActivityTaskHeartbeatById } from "./record-activity-task-heartbeat-by-id.ts";
import { recordWorkerHeartbeat } from "./record-worker-heartbeat.ts";
import { registerNamespace } from "./register-namespace.ts";
import { removeSearchAttributes } from "./remove-search-attributes.ts";
import { requestCancelWorkflowExecution } from "./request-cancel-workflow-execution.ts";
import { resetStickyTaskQueue } from "./reset-sticky-task-queue.ts";
import { resetWorkflowExecution } from "./reset-workflow-execution.ts";
import { respondActivityTaskCanceled } from "./respond-activity-task-canceled.ts";
import { respondActivityTaskCanceledById } from "./respond-activity-task-canceled-by-id.ts";
import { respondActivityTaskCompleted } from "./respond-activity-task-completed.ts";
import { respondActivityTaskCompletedById } from "./respond-activity-task-completed-by-id.ts";
import { respondActivityTaskFailed } from "./respond-activity-task-failed.ts";
import { respondActivityTaskFailedById } from "./respond-activity-task-failed-by-id.ts";
import { respondQueryTaskCompleted } from "./respond-query-task-completed.ts";
import { respondWorkflowTaskCompleted } from "./respond-workflow-task-completed.ts";
import { respondWorkflowTaskFailed } from "./respond-workflow-task-failed.ts";
import { scanWorkflowExecutions } from "./scan-workflow-executions.ts";
import { shutdownWorker } from "./shutdown-worker.ts";
import { signalWithStartWorkflowExecution } from "./signal-with-start-workflow-execution.ts";
import { signalWorkflowExecution } from "./signal-workflow-execution.ts";
import { startWorkflowExecution } from "./start-workflow-execution.ts";
import { terminateWorkflowExecution } from "./terminate-workflow-execution.ts";
import { pauseActivity } from "./pause-activity.ts";
import { resetActivity } from "./reset-activity.ts";
import { unpauseActivity } from "./unpause-activity.ts";
import { updateActivityOptions } from "./update-activity-options.ts";
import { pauseWorkflowExecution } from "./pause-workflow-execution.ts";
import { unpauseWorkflowExecution } from "./unpause-workflow-execution.ts";
import { updateNamespace } from "./update-namespace.ts";
import { updateTaskQueueConfig } from "./update-task-queue-config.ts";
import { updateWorkflowExecution } from "./update-workflow-execution.ts";
import { updateWorkflowExecutionOptions } from "./update-workflow-execution-options.ts";

/** One row per method that is served. */
export function createHandlers(frontend: Frontend): Handlers {
  const handlers: Handlers = {
    addSearchAttributes: addSearchAttributes(frontend),
    countWorkflowExecutions: countWorkflowExecutions(frontend),
    countWorkers: countWorkers(frontend),
    deleteNamespace: deleteNamespace(frontend),
    deleteWorkflowExecution: deleteWorkflowExecution(frontend),
    deprecateNamespace: deprecateNamespace(frontend),
    describeNamespace: describeNamespace(frontend),
    describeTaskQueue: describeTaskQueue(frontend),
    describeWorker: describeWorker(frontend),
    describeWorkflowExecution: describeWorkflowExecution(frontend),
    executeMultiOperation: executeMultiOperation(frontend),
    getClusterInfo: getClusterInfo(frontend),
    getSearchAttributes: getSearchAttributes(frontend),
    getSystemInfo: getSystemInfo(frontend),
    getWorkflowExecutionHistoryReverse: getWorkflowExecutionHistoryReverse(frontend),
    getWorkflowExecutionHistory: getWorkflowExecutionHistory(frontend),
    listArchivedWorkflowExecutions: listArchivedWorkflowExecutions(frontend),
    listClosedWorkflowExecutions: listClosedWorkflowExecutions(frontend),
    listClusters: listClusters(frontend),
    listNamespaces: listNamespaces(frontend),
    listOpenWorkflowExecutions: listOpenWorkflowExecutions(frontend),
    listSearchAttributes: listSearchAttributes(frontend),
    listTaskQueuePartitions: listTaskQueuePartitions(frontend),
    listWorkers: listWorkers(frontend),
    listWorkflowExecutions: listWorkflowExecutions(frontend),
    pollActivityTaskQueue: pollActivityTaskQueue(frontend),
    pollWorkflowExecutionTimeSkipping: pollWorkflowExecutionTimeSkipping(frontend),
    pollWorkflowExecutionUpdate: pollWorkflowExecutionUpdate(frontend),
    pollWorkflowTaskQueue: pollWorkflowTaskQueue(frontend),
    queryWorkflow: queryWorkflow(frontend),
    recordActivityTaskHeartbeat: recordActivityTaskHeartbeat(frontend),
    recordActivityTaskHeartbeatById: recordActivityTaskHeartbeatById(frontend),
    recordWorkerHeartbeat: recordWorkerHeartbeat(frontend),
    registerNamespace: registerNamespace(frontend),
    removeSearchAttributes: removeSearchAttributes(frontend),
    requestCancelWorkflowExecution: requestCancelWorkflowExecution(frontend),
    resetStickyTaskQueue: resetStickyTaskQueue(frontend),
    resetWorkflowExecution: resetWorkflowExecution(frontend),
    respondActivityTaskCanceled: respondActivityTaskCanceled(frontend),
    respondActivityTaskCanceledById: respondActivityTaskCanceledById(frontend),
    respondActivityTaskCompleted: respondActivityTaskCompleted(frontend),
    respondActivityTaskCompletedById: respondActivityTaskCompletedById(frontend),
    respondActivityTaskFailed: respondActivityTaskFailed(frontend),
    respondActivityTaskFailedById: respondActivityTaskFailedById(frontend),
    respondQueryTaskCompleted: respondQueryTaskCompleted(frontend),
    respondWorkflowTaskCompleted: respondWorkflowTaskCompleted(frontend),
    respondWorkflowTaskFailed: respondWorkflowTaskFailed(frontend),
    scanWorkflowExecutions: scanWorkflowExecutions(frontend),
    shutdownWorker: shutdownWorker(frontend),
    signalWithStartWorkflowExecution: signalWithStartWorkflowExecution(frontend),
    signalWorkflowExecution: signalWorkflowExecution(frontend),
    startWorkflowExecution: startWorkflowExecution(frontend),
    terminateWorkflowExecution: terminateWorkflowExecution(frontend),
    pauseActivity: pauseActivity(frontend),
    resetActivity: resetActivity(frontend),
    unpauseActivity: unpauseActivity(frontend),
    updateActivityOptions: updateActivityOptions(frontend),
    pauseWorkflowExecution: pauseWorkflowExecution(frontend),
    unpauseWorkflowExecution: unpauseWorkflowExecution(frontend),
    updateNamespace: updateNamespace(frontend),
    updateTaskQueueConfig: updateTaskQueueConfig(frontend),
    updateWorkflowExecution: updateWorkflowExecution(frontend),
    updateWorkflowExecutionOptions: updateWorkflowExecutionOptions(frontend),
  };
  return answersWhileOurs(handlers, frontend.store);
}
