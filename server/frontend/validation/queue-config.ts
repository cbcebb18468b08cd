import { invalidArgument } from "../../../api/errors.ts";
import type {
  UpdateTaskQueueConfigRequest,
  UpdateTaskQueueConfigRequest_RateLimitUpdate,
} from "../../../api/gen/messages.js";
import type { TaskQueueType as QueueType } from "../../matching/index.ts";
import type { Frontend } from "../frontend.ts";
import { WEIGHTS_MAX } from "../task-queues/changed-config.ts";
import { queueType } from "../task-queues/queue-type.ts";
import { isFairnessKeyTooLong } from "./priority.ts";
import { RESERVED_PREFIX } from "./task-queue.ts";
import { isTooLong } from "./text-length.ts";

const REASON_BYTES_MAX = 1_000;

/** Returns the type of the queue. */
export function checkQueueConfig(frontend: Frontend, request: UpdateTaskQueueConfigRequest): QueueType {
  const { taskQueue, identity, updateQueueRateLimit: queue, updateFairnessKeyRateLimitDefault: keys } = request;
  if (taskQueue.startsWith(RESERVED_PREFIX))
    throw invalidArgument(`task queue family name cannot have prefix ${RESERVED_PREFIX} ${taskQueue}`);
  if (taskQueue === "") throw invalidArgument("missing task queue name");
  if (isTooLong(frontend, taskQueue)) throw invalidArgument("taskQueue length exceeds limit");
  const type = queueType(request.taskQueueType);
  if (type === undefined) throw invalidArgument("task queue type is not set");
  if (isTooLong(frontend, identity)) throw invalidArgument("Identity field too long (max 1000 characters).");
  if (type === "workflow") {
    if (queue?.rateLimit !== undefined)
      throw invalidArgument("Setting rate limit on workflow task queues is not allowed.");
    if (keys?.rateLimit !== undefined)
      throw invalidArgument("Setting fairness key rate limit on workflow task queues is not allowed.");
  }
  checkLimit("UpdateQueueRateLimit", queue);
  checkLimit("UpdateFairnessKeyRateLimitDefault", keys);
  checkWeights(request);
  return type;
}

function checkLimit(name: string, update: UpdateTaskQueueConfigRequest_RateLimitUpdate | undefined): void {
  if (update?.rateLimit === undefined) return;
  if (update.rateLimit.requestsPerSecond < 0)
    throw invalidArgument(`RequestsPerSecond for ${name} rate limit must be non-negative.`);
  if (Buffer.byteLength(update.reason) > REASON_BYTES_MAX)
    throw invalidArgument(`${name}.Reason field too long (max 1000 characters).`);
}

function checkWeights({
  setFairnessWeightOverrides: set,
  unsetFairnessWeightOverrides: unset,
}: UpdateTaskQueueConfigRequest): void {
  const count = Object.keys(set).length;
  if (count > WEIGHTS_MAX)
    throw invalidArgument(`too many fairness weight overrides in request: got ${count}, maximum ${WEIGHTS_MAX}`);
  const removed = new Set(unset);
  for (const [key, weight] of Object.entries(set)) {
    checkKey(key);
    if (!(weight > 0))
      throw invalidArgument(`invalid fairness weight weight for key "${key}": must be greater than zero`);
    if (removed.has(key))
      throw invalidArgument(`fairness weight override key "${key}" present in both set and unset lists`);
  }
  for (const key of unset) checkKey(key);
}

function checkKey(key: string): void {
  if (key === "") throw invalidArgument("fairness weight override key must not be empty");
  if (isFairnessKeyTooLong(key)) throw invalidArgument("fairness key length exceeds limit");
}
