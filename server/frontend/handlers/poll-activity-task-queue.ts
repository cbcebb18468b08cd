import type { WorkflowServiceHandlers } from "../../../api/gen/services.js";
import { startPolledActivityTask } from "../../history/index.ts";
import type { Frontend } from "../frontend.ts";
import { pollExpiry } from "../long-poll.ts";

export function pollActivityTaskQueue(frontend: Frontend): WorkflowServiceHandlers["pollActivityTaskQueue"] {
  return async (request, call) => {
    const namespace = frontend.namespaces.require(request.namespace);
    const expiresAt = pollExpiry(frontend, call);
    const queue = { namespace: namespace.number, type: "activity", name: request.taskQueue?.name ?? "" } as const;
    const { identity } = request;
    const ratePerSecond = request.taskQueueMetadata?.maxTasksPerSecond?.value;
    for (;;) {
      const task = await frontend.matching.poll({ queue, identity, ratePerSecond, expiresAt, call });
      if (task === undefined) return {};
      if (call.cancelled) {
        frontend.matching.putBack(queue, task);
        return {};
      }
      const response = await startPolledActivityTask(frontend.history, { task, identity });
      if (response !== undefined) return response;
    }
  };
}
