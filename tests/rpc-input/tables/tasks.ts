import { Code } from "../../../api/errors.ts";
import { invalid, LONG_ID, namespaceRefusals, notFound, queueRefusals, tokenRefusals } from "../refusal.ts";
import type { Fields, Refusal, RefusalTable } from "../refusal.ts";

/** The test puts the token of a started workflow task, and of a started activity, in place of these. */
export const WORKFLOW_TOKEN = Buffer.from("the token of a workflow task");
export const ACTIVITY_TOKEN = Buffer.from("the token of an activity");

const queue: Fields = { namespace: "default", taskQueue: { name: "queue" }, identity: "worker" };
const workflowTask: Fields = { namespace: "default", taskToken: WORKFLOW_TOKEN, identity: "worker" };
const activityTask: Fields = { namespace: "default", taskToken: ACTIVITY_TOKEN, identity: "worker" };
const byId: Fields = { namespace: "default", workflowId: "open", activityId: "activity", identity: "worker" };

const identity = (base: Fields): Refusal =>
  invalid("identity too long", { ...base, identity: LONG_ID }, "Identity length exceeds limit.");

const polls = (): Refusal[] => [...namespaceRefusals(queue), ...queueRefusals(queue), identity(queue)];
const activityAnswers = (): Refusal[] => [...tokenRefusals(activityTask), identity(activityTask)];
const answersById = (): Refusal[] => [
  ...namespaceRefusals(byId),
  invalid("no activity id", { ...byId, activityId: "" }, "ActivityId is not set on request."),
  invalid("run id that is no UUID", { ...byId, runId: "1" }, "RunId is not valid UUID."),
  notFound("unknown workflow", { ...byId, workflowId: "unknown" }, "workflow not found for ID: unknown"),
  notFound(
    "unknown activity",
    { ...byId, activityId: "unknown" },
    "cannot find pending activity with ActivityID unknown, check workflow execution history for more details",
  ),
  identity(byId),
];

const config: Fields = { namespace: "default", taskQueue: "queue", taskQueueType: 2, identity: "operator" };
const ofWorkflows: Fields = { ...config, taskQueueType: 1 };
const rate = (requestsPerSecond: number, reason = ""): Fields => ({ rateLimit: { requestsPerSecond }, reason });
const weights = (count: number): Fields => Object.fromEntries(Array.from({ length: count }, (_, i) => [`key ${i}`, 2]));

function configRefusals(): Refusal[] {
  const setting = (because: string, fields: Fields, message: string): Refusal =>
    invalid(because, { ...config, ...fields }, message);
  const long = "x".repeat(1_001);
  return [
    ...namespaceRefusals(config),
    setting("no queue", { taskQueue: "" }, "missing task queue name"),
    setting("queue name too long", { taskQueue: LONG_ID }, "taskQueue length exceeds limit"),
    setting(
      "reserved queue name",
      { taskQueue: "/_sys/q" },
      "task queue family name cannot have prefix /_sys/ /_sys/q",
    ),
    setting("no type", { taskQueueType: 0 }, "task queue type is not set"),
    setting("unknown type", { taskQueueType: 17 }, "task queue type is not set"),
    setting("identity too long", { identity: LONG_ID }, "Identity field too long (max 1000 characters)."),
    invalid(
      "a rate of workflow tasks",
      { ...ofWorkflows, updateQueueRateLimit: rate(1) },
      "Setting rate limit on workflow task queues is not allowed.",
    ),
    invalid(
      "a rate of keys of workflow tasks",
      { ...ofWorkflows, updateFairnessKeyRateLimitDefault: rate(1) },
      "Setting fairness key rate limit on workflow task queues is not allowed.",
    ),
    setting(
      "a negative rate",
      { updateQueueRateLimit: rate(-1) },
      "RequestsPerSecond for UpdateQueueRateLimit rate limit must be non-negative.",
    ),
    setting(
      "a negative rate of keys",
      { updateFairnessKeyRateLimitDefault: rate(-1) },
      "RequestsPerSecond for UpdateFairnessKeyRateLimitDefault rate limit must be non-negative.",
    ),
    setting(
      "reason too long",
      { updateQueueRateLimit: rate(1, long) },
      "UpdateQueueRateLimit.Reason field too long (max 1000 characters).",
    ),
    setting(
      "too many weights",
      { setFairnessWeightOverrides: weights(1_001) },
      "too many fairness weight overrides in request: got 1001, maximum 1000",
    ),
    setting(
      "a weight of zero",
      { setFairnessWeightOverrides: { key: 0 } },
      'invalid fairness weight weight for key "key": must be greater than zero',
    ),
    setting(
      "a weight that is no number",
      { setFairnessWeightOverrides: { key: Number.NaN } },
      'invalid fairness weight weight for key "key": must be greater than zero',
    ),
    setting(
      "a weight of no key",
      { setFairnessWeightOverrides: { "": 1 } },
      "fairness weight override key must not be empty",
    ),
    setting(
      "a weight of a long key",
      { setFairnessWeightOverrides: { ["x".repeat(65)]: 1 } },
      "fairness key length exceeds limit",
    ),
    setting(
      "a long key without its weight",
      { unsetFairnessWeightOverrides: ["x".repeat(65)] },
      "fairness key length exceeds limit",
    ),
    setting(
      "a weight that comes and goes",
      { setFairnessWeightOverrides: { key: 1 }, unsetFairnessWeightOverrides: ["key"] },
      'fairness weight override key "key" present in both set and unset lists',
    ),
  ];
}

function workerQueries(): Refusal[] {
  const ask = (query: string, message: string): Refusal => invalid(query, { namespace: "default", query }, message);
  return [
    ...namespaceRefusals({ namespace: "default", query: "" }),
    ask("HostName =", "malformed query: syntax error at position 38"),
    ask(`Colour = "red"`, "unknown attribute of a worker: Colour"),
    ask(`HostName = "h" LIMIT 1`, "operation is not supported: 'limit' clause"),
  ];
}

export const tasks: RefusalTable = {
  PollWorkflowTaskQueue: polls(),
  PollActivityTaskQueue: polls(),
  RespondWorkflowTaskCompleted: [
    ...tokenRefusals(workflowTask),
    identity(workflowTask),
    invalid("a command of no type", { ...workflowTask, commands: [{}] }, "unknown command type: Unspecified"),
  ],
  RespondWorkflowTaskFailed: [...tokenRefusals(workflowTask), identity(workflowTask)],
  RespondQueryTaskCompleted: [...tokenRefusals({ namespace: "default", taskToken: WORKFLOW_TOKEN }).slice(0, 4)],
  RespondActivityTaskCompleted: activityAnswers(),
  RespondActivityTaskFailed: activityAnswers(),
  RespondActivityTaskCanceled: activityAnswers(),
  RecordActivityTaskHeartbeat: activityAnswers(),
  RespondActivityTaskCompletedById: answersById(),
  RespondActivityTaskFailedById: answersById(),
  RespondActivityTaskCanceledById: answersById(),
  RecordActivityTaskHeartbeatById: answersById(),
  DescribeTaskQueue: [...namespaceRefusals(queue), ...queueRefusals(queue)],
  ListTaskQueuePartitions: [...namespaceRefusals(queue), ...queueRefusals(queue)],
  UpdateTaskQueueConfig: configRefusals(),
  RecordWorkerHeartbeat: namespaceRefusals({ namespace: "default", workerHeartbeat: [{ workerInstanceKey: "w" }] }),
  ListWorkers: [
    ...workerQueries(),
    invalid(
      "a token that is none",
      { namespace: "default", nextPageToken: Buffer.from("nonsense") },
      "invalid next_page_token",
    ),
  ],
  CountWorkers: workerQueries(),
  DescribeWorker: [
    ...namespaceRefusals({ namespace: "default", workerInstanceKey: "w" }),
    notFound("unknown worker", { namespace: "default", workerInstanceKey: "w" }, "Worker w not found"),
    notFound("no key", { namespace: "default" }, "Worker  not found"),
  ],
  ShutdownWorker: namespaceRefusals({ namespace: "default", stickyTaskQueue: "sticky" }),
  ExecuteMultiOperation: [
    ...namespaceRefusals({ namespace: "default", operations: [] }),
    {
      because: "no operations",
      request: { namespace: "default", operations: [] },
      code: Code.INVALID_ARGUMENT,
      message: "Operations have to be exactly [Start, Update].",
    },
  ],
};
