import type { WorkflowServiceHandlers } from "../../../api/gen/services.js";
import { startPolledQueryTask, startPolledWorkflowTask } from "../../history/index.ts";
import type { Frontend } from "../frontend.ts";
import { pollExpiry } from "../long-poll.ts";

export function pollWorkflowTaskQueue(frontend: Frontend): WorkflowServiceHandlers["pollWorkflowTaskQueue"] {
  return async (request, call) => {
    const namespace = frontend.namespaces.require(request.namespace);
    const expiresAt = pollExpiry(frontend, call);
    const queueName = request.taskQueue?.name ?? "";
    const queue = { namespace: namespace.number, type: "workflow", name: queueName } as const;
    for (;;) {
      const task = await frontend.matching.poll({ queue, identity: request.identity, expiresAt, call });
      if (task === undefined) return {};
      if (call.cancelled) {
        frontend.matching.putBack(queue, task);
        return {};
      }
      const start = task.queryId === undefined ? startPolledWorkflowTask : startPolledQueryTask;
      const response = await start(frontend.history, { namespace, task, queueName, identity: request.identity });
      if (response !== undefined) return response;
    }
  };
}
