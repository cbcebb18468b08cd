import type { Call } from "../../../api/call.ts";
import type { WorkflowServiceHandlers } from "../../../api/gen/services.js";
import { startPolledQueryTask, startPolledWorkflowTask } from "../../history/index.ts";
import type { Frontend } from "../frontend.ts";
import { pollTask, rejecting } from "../task-poll.ts";
import { checkPoll } from "../validation/poll.ts";

type Handler = WorkflowServiceHandlers["pollWorkflowTaskQueue"];

export function pollWorkflowTaskQueue(frontend: Frontend): Handler {
  return (request, call) => rejecting(() => poll(frontend, request, call));
}

function poll(frontend: Frontend, request: Parameters<Handler>[0], call: Call): ReturnType<Handler> {
  const { namespace, queueName, since, expiresAt } = checkPoll(frontend, request, { call, taskType: "workflow" });
  const { identity, workerInstanceKey: workerKey } = request;
  const buildId = request.workerVersionCapabilities?.buildId ?? "";
  const queue = { namespace: namespace.number, type: "workflow", name: queueName } as const;
  const { isHere } = call;
  const answers = isHere === true ? "early" : "durable";
  return pollTask(frontend, { queue, identity, workerKey, since, expiresAt, call, isHere }, (task) => {
    const start = task.queryId === undefined ? startPolledWorkflowTask : startPolledQueryTask;
    return start(frontend.history, { namespace, task, queueName, identity, buildId, answers });
  });
}
