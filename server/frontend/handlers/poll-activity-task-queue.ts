import type { Call } from "../../../api/call.ts";
import type { WorkflowServiceHandlers } from "../../../api/gen/services.js";
import { startPolledActivityTask } from "../../history/index.ts";
import type { Poll, QueuedTask } from "../../matching/matching.ts";
import type { Frontend } from "../frontend.ts";
import { pollTask, rejecting } from "../task-poll.ts";
import { checkPoll } from "../validation/poll.ts";

type Request = Parameters<WorkflowServiceHandlers["pollActivityTaskQueue"]>[0];

export function pollActivityTaskQueue(frontend: Frontend): WorkflowServiceHandlers["pollActivityTaskQueue"] {
  const start = (task: QueuedTask, { identity }: Poll) => startPolledActivityTask(frontend.history, { task, identity });
  return (request, call) => rejecting(() => pollTask(frontend, readPoll(frontend, request, call), start));
}

function readPoll(frontend: Frontend, request: Request, call: Call): Poll {
  const { namespace, queueName, since, expiresAt } = checkPoll(frontend, request, { call, taskType: "activity" });
  const queue = { namespace: namespace.number, type: "activity", name: queueName } as const;
  const ratePerSecond = request.taskQueueMetadata?.maxTasksPerSecond?.value;
  const { identity, workerInstanceKey: workerKey } = request;
  return { queue, identity, workerKey, ratePerSecond, since, expiresAt, call };
}
