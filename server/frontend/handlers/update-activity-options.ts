import type { WorkflowServiceHandlers } from "../../../api/gen/services.js";
import { updateActivityOptions as updateOptions } from "../../history/index.ts";
import type { Frontend } from "../frontend.ts";
import { requireNamespace } from "../validation/namespace.ts";
import { checkPriority } from "../validation/priority.ts";
import { checkTaskQueue } from "../validation/task-queue.ts";
import { checkActivityOperation } from "./activity-operation.ts";

const QUEUE_PATH = "task_queue.name";

export function updateActivityOptions(frontend: Frontend): WorkflowServiceHandlers["updateActivityOptions"] {
  return async (request) => {
    const namespace = requireNamespace(frontend, request.namespace);
    const operation = checkActivityOperation(request);
    const { activityOptions, updateMask } = request;
    if (activityOptions !== undefined && updateMask?.paths.includes(QUEUE_PATH) === true)
      checkTaskQueue(frontend, activityOptions.taskQueue);
    checkPriority(activityOptions?.priority);
    return updateOptions(frontend.history, namespace, { ...operation, request });
  };
}
