import type { WorkflowServiceHandlers } from "../../../api/gen/services.js";
import { startPolledQueryTask, startPolledWorkflowTask } from "../../history/index.ts";
import type { Frontend } from "../frontend.ts";
import { pollTask } from "../task-poll.ts";
import { checkPoll } from "../validation/poll.ts";

export function pollWorkflowTaskQueue(frontend: Frontend): WorkflowServiceHandlers["pollWorkflowTaskQueue"] {
  return async (request, call) => {
    const { namespace, queueName, expiresAt } = checkPoll(frontend, request, call);
    const { identity } = request;
    const buildId = request.workerVersionCapabilities?.buildId ?? "";
    const queue = { namespace: namespace.number, type: "workflow", name: queueName } as const;
    return pollTask(frontend, { queue, identity, expiresAt, call }, (task) => {
      const start = task.queryId === undefined ? startPolledWorkflowTask : startPolledQueryTask;
      return start(frontend.history, { namespace, task, queueName, identity, buildId });
    });
  };
}
