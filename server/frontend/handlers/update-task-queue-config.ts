import type { WorkflowServiceHandlers } from "../../../api/gen/services.js";
import type { Frontend } from "../frontend.ts";
import { changedConfig } from "../task-queues/changed-config.ts";
import { requireNamespace } from "../validation/namespace.ts";
import { checkQueueConfig } from "../validation/queue-config.ts";

export function updateTaskQueueConfig(frontend: Frontend): WorkflowServiceHandlers["updateTaskQueueConfig"] {
  return async (request) => {
    const namespace = requireNamespace(frontend, request.namespace);
    const type = checkQueueConfig(frontend, request);
    const queue = { namespace: namespace.number, type, name: request.taskQueue };
    const now = frontend.clock.now();
    return { config: await frontend.queueConfigs.update(queue, (config) => changedConfig(config, request, now)) };
  };
}
