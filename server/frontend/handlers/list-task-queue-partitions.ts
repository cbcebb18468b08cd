import type { WorkflowServiceHandlers } from "../../../api/gen/services.js";
import type { Frontend } from "../frontend.ts";
import { CLUSTER_NAME } from "../namespaces/namespace-description.ts";
import { requireNamespace } from "../validation/namespace.ts";
import { checkTaskQueue } from "../validation/task-queue.ts";

/** A queue is one partition here, whatever goes through it. */
export function listTaskQueuePartitions(frontend: Frontend): WorkflowServiceHandlers["listTaskQueuePartitions"] {
  return async (request) => {
    requireNamespace(frontend, request.namespace);
    const { name: key } = checkTaskQueue(frontend, request.taskQueue);
    const partitions = [{ key, ownerHostName: CLUSTER_NAME }];
    return { activityTaskQueuePartitions: partitions, workflowTaskQueuePartitions: partitions };
  };
}
