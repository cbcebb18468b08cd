import type { WorkflowServiceHandlers } from "../../../api/gen/services.js";
import type { Frontend } from "../frontend.ts";
import { queueType } from "../task-queues/queue-type.ts";
import { requireNamespace } from "../validation/namespace.ts";

/**
 * A worker that goes away leaves its sticky queue, and its polls are answered: parked on, they would swallow tasks that
 * nobody does. Polls that it sent before and that come in later are answered at once.
 */
export function shutdownWorker(frontend: Frontend): WorkflowServiceHandlers["shutdownWorker"] {
  return async (request) => {
    const { stickyTaskQueue, workerInstanceKey, taskQueue, workerHeartbeat } = request;
    const { number: namespace } = requireNamespace(frontend, request.namespace);
    if (workerHeartbeat !== undefined) frontend.workers.record(namespace, workerHeartbeat);
    if (stickyTaskQueue !== "") frontend.matching.cancelPolls({ namespace, type: "workflow", name: stickyTaskQueue });
    if (workerInstanceKey !== "") {
      const queues = request.taskQueueTypes.flatMap((asked) => {
        const type = queueType(asked);
        return type === undefined || taskQueue === "" ? [] : { namespace, type, name: taskQueue };
      });
      frontend.matching.retireWorker(workerInstanceKey, queues);
    }
    return {};
  };
}
