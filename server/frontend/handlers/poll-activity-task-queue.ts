import type { WorkflowServiceHandlers } from "../../../api/gen/services.js";
import { startPolledActivityTask } from "../../history/index.ts";
import type { Frontend } from "../frontend.ts";
import { pollTask } from "../task-poll.ts";
import { checkPoll } from "../validation/poll.ts";

export function pollActivityTaskQueue(frontend: Frontend): WorkflowServiceHandlers["pollActivityTaskQueue"] {
  return async (request, call) => {
    const { namespace, queueName, expiresAt } = checkPoll(frontend, request, call);
    const { identity } = request;
    const ratePerSecond = request.taskQueueMetadata?.maxTasksPerSecond?.value;
    const queue = { namespace: namespace.number, type: "activity", name: queueName } as const;
    return pollTask(frontend, { queue, identity, ratePerSecond, expiresAt, call }, (task) =>
      startPolledActivityTask(frontend.history, { task, identity }),
    );
  };
}
