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
