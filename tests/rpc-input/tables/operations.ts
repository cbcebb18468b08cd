import { Code } from "../../../api/errors.ts";
import { executionRefusals, invalid, LONG_ID, namespaceRefusals, notFound, UNKNOWN_RUN } from "../refusal.ts";
import type { Fields, Refusal, RefusalTable } from "../refusal.ts";

const open = { workflowId: "open" };
const COMPLETED = "workflow execution already completed";

const reset: Fields = {
  namespace: "default",
  workflowExecution: open,
  requestId: "reset",
  workflowTaskFinishEventId: 4,
};
const activity: Fields = { namespace: "default", execution: open, id: "activity" };
const options: Fields = {
  ...activity,
  activityOptions: { heartbeatTimeout: { seconds: 9, nanos: 0 } },
  updateMask: { paths: ["heartbeat_timeout"] },
};
const pause: Fields = { namespace: "default", workflowId: "open" };

/** What every operation on activities refuses. */
function activityRefusals(base: Fields): Refusal[] {
  const execution = (given: unknown): Fields => ({ ...base, execution: given });
  const noSuch = "Can't find pending activity with such ID. Invalid activityID or activity already completed";
  return [
    ...namespaceRefusals(base),
    invalid("no execution", execution(undefined), "WorkflowId is not set on request."),
    invalid("no workflow id", execution({ workflowId: "" }), "WorkflowId is not set on request."),
    invalid("run id that is no UUID", execution({ workflowId: "open", runId: "1" }), "RunId is not valid UUID."),
    notFound("unknown workflow", execution({ workflowId: "unknown" }), "workflow not found for ID: unknown"),
    notFound("unknown run", execution({ ...open, runId: UNKNOWN_RUN }), "workflow execution not found"),
    notFound("closed workflow", execution({ workflowId: "closed" }), COMPLETED),
    invalid("no activity", { ...base, id: undefined }, "Either Activity.Id or Activity.Type should be set on request."),
    notFound("unknown activity", { ...base, id: "unknown" }, noSuch),
    notFound("unknown type", { ...base, id: undefined, type: "unknown" }, noSuch),
  ];
}

/** What pausing and unpausing a workflow refuse alike. */
function pauseRefusals(base: Fields): Refusal[] {
  return [
    ...namespaceRefusals(base),
    invalid("no workflow id", { ...base, workflowId: "" }, "Can't load workflow execution. WorkflowId not set."),
    invalid("run id that is no UUID", { ...base, runId: "1" }, "RunId is not valid UUID."),
    invalid("reason too long", { ...base, reason: LONG_ID }, "reason is too long."),
    invalid("request id too long", { ...base, requestId: LONG_ID }, "request id is too long."),
    invalid("identity too long", { ...base, identity: LONG_ID }, "identity is too long."),
    notFound("unknown workflow", { ...base, workflowId: "unknown" }, "workflow not found for ID: unknown"),
    notFound("closed workflow", { ...base, workflowId: "closed" }, COMPLETED),
  ];
}

export const operations: RefusalTable = {
  ResetWorkflowExecution: [
    ...namespaceRefusals(reset),
    ...executionRefusals(reset, "workflowExecution"),
    invalid("no request id", { ...reset, requestId: "" }, "RequestId is not set on request."),
    invalid("request id too long", { ...reset, requestId: LONG_ID }, "RequestId length exceeds limit."),
    invalid("unknown way of reapplying", { ...reset, resetReapplyType: 99 }, "unknown reset reapply type"),
    invalid(
      "an event before the first task",
      { ...reset, workflowTaskFinishEventId: 1 },
      "Workflow task finish ID must be > 1 && <= workflow last event ID.",
    ),
    invalid(
      "an event that is not there",
      { ...reset, workflowTaskFinishEventId: 1_000 },
      "Workflow task finish ID must be > 1 && <= workflow last event ID.",
    ),
    invalid(
      "an event within a transition",
      { ...reset, workflowTaskFinishEventId: 5 },
      "this event must be at the boundary",
    ),
    invalid(
      "an operation of no kind",
      { ...reset, postResetOperations: [{}] },
      "unsupported post reset operation: <nil>",
    ),
    invalid(
      "an operation that is not served",
      { ...reset, postResetOperations: [{ signalWorkflow: { signalName: "signal" } }] },
      "unsupported post reset operation: *workflow.PostResetOperation_SignalWorkflow_",
    ),
    invalid(
      "options of an unknown path",
      {
        ...reset,
        postResetOperations: [
          { updateWorkflowOptions: { workflowExecutionOptions: {}, updateMask: { paths: ["nonsense"] } } },
        ],
      },
      "error applying update_options: proto: invalid path",
    ),
  ],
  PauseActivity: activityRefusals(activity),
  UnpauseActivity: activityRefusals(activity),
  ResetActivity: [
    ...activityRefusals(activity),
    invalid("negative jitter", { ...activity, jitter: { seconds: -1, nanos: 0 } }, "invalid Jitter: negative duration"),
  ],
  UpdateActivityOptions: [
    ...activityRefusals(options),
    invalid("no mask", { ...options, updateMask: undefined }, "UpdateMask is not provided"),
    invalid("no options", { ...options, activityOptions: undefined }, "ActivityOptions are not provided"),
    invalid(
      "mask and original options",
      { ...options, restoreOriginal: true },
      "Both UpdateMask and RestoreOriginal are provided",
    ),
    invalid(
      "negative time-out",
      { ...options, activityOptions: { heartbeatTimeout: { seconds: -9, nanos: 0 } } },
      "invalid HeartbeatTimeout: negative duration",
    ),
    invalid(
      "no queue name",
      { ...options, activityOptions: { taskQueue: { name: "" } }, updateMask: { paths: ["task_queue.name"] } },
      "missing task queue name",
    ),
  ],
  PauseWorkflowExecution: [
    {
      because: "not enabled",
      request: pause,
      code: Code.UNIMPLEMENTED,
      message: "workflow pause is not enabled for namespace: default",
    },
    ...namespaceRefusals(pause),
  ],
  UnpauseWorkflowExecution: [
    ...pauseRefusals(pause),
    {
      because: "a workflow that is not paused",
      request: pause,
      code: Code.FAILED_PRECONDITION,
      message: "workflow is not paused.",
    },
  ],
};
