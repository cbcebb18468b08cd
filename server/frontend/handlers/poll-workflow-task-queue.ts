import type { WorkflowServiceHandlers } from "../../../api/gen/services.js";
import { startPolledQueryTask, startPolledWorkflowTask } from "../../history/index.ts";
import type { Frontend } from "../frontend.ts";
import { checkPoll } from "../validation/poll.ts";

export function pollWorkflowTaskQueue(frontend: Frontend): WorkflowServiceHandlers["pollWorkflowTaskQueue"] {
  return async (request, call) => {
    const { namespace, queueName, expiresAt } = checkPoll(frontend, request, call);
    const { identity } = request;
    const queue = { namespace: namespace.number, type: "workflow", name: queueName } as const;
    for (;;) {
      const task = await frontend.matching.poll({ queue, identity, expiresAt, call });
      if (task === undefined) return {};
      if (call.cancelled) {
        frontend.matching.putBack(queue, task);
        return {};
      }
      const start = task.queryId === undefined ? startPolledWorkflowTask : startPolledQueryTask;
      const response = await start(frontend.history, { namespace, task, queueName, identity });
      if (response !== undefined) return response;
    }
  };
}
