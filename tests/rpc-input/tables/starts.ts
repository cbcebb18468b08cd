import { Code } from "../../../api/errors.ts";
import { WorkflowIdConflictPolicy as Conflict, WorkflowIdReusePolicy as Reuse } from "../../../api/gen/enums.js";
import { Callback, Link, Memo, Payload, Payloads, SearchAttributes } from "../../../api/gen/messages.js";
import { invalid, LONG_ID, namespaceRefusals, queueRefusals, TOO_LARGE } from "../refusal.ts";
import type { Fields, Refusal, RefusalTable } from "../refusal.ts";

const start: Fields = {
  namespace: "default",
  workflowId: "new",
  workflowType: { name: "Type" },
  taskQueue: { name: "queue" },
  requestId: "request",
};
const signalled: Fields = { ...start, signalName: "signal" };

const seconds = (count: number): Fields => ({ seconds: count, nanos: 0 });
const large = Payload.encode({ data: TOO_LARGE });
const link = (event: Fields): Uint8Array => Link.encode({ workflowEvent: event as never });
const callback = (url: string): Uint8Array => Callback.encode({ nexus: { url } });
const attributes = (fields: Record<string, unknown>): Uint8Array => {
  const payloads = Object.entries(fields).map(([name, value]) => [
    name,
    Payload.encode({ metadata: { encoding: Buffer.from("json/plain") }, data: Buffer.from(JSON.stringify(value)) }),
  ]);
  return SearchAttributes.encode({ indexedFields: Object.fromEntries(payloads) as Record<string, Uint8Array> });
};

function timeRefusals(base: Fields): Refusal[] {
  const negative = (field: string, name: string): Refusal =>
    invalid(
      `negative ${field}`,
      { ...base, [field]: seconds(-1) },
      `An invalid ${name} is set on request. cause: negative duration`,
    );
  return [
    negative("workflowExecutionTimeout", "WorkflowExecutionTimeoutSeconds"),
    negative("workflowRunTimeout", "WorkflowRunTimeoutSeconds"),
    negative("workflowTaskTimeout", "WorkflowTaskTimeoutSeconds"),
    negative("workflowStartDelay", "WorkflowStartDelaySeconds"),
    invalid(
      "a time-out of two signs",
      { ...base, workflowRunTimeout: { seconds: 1, nanos: -1 } },
      "An invalid WorkflowRunTimeoutSeconds is set on request. cause: duration has seconds and nanos with different signs",
    ),
    invalid(
      "schedule and delay",
      { ...base, cronSchedule: "* * * * *", workflowStartDelay: seconds(1) },
      "CronSchedule and WorkflowStartDelay may not be used together.",
    ),
    invalid("a schedule that is none", { ...base, cronSchedule: "often" }, "invalid CronSchedule."),
    invalid(
      "retry coefficient below one",
      { ...base, retryPolicy: { backoffCoefficient: 0.5 } },
      "BackoffCoefficient cannot be less than 1 on retry policy.",
    ),
    invalid(
      "negative retry interval",
      { ...base, retryPolicy: { initialInterval: seconds(-1) } },
      "invalid InitialInterval set on retry policy: negative duration",
    ),
    invalid(
      "negative longest interval",
      { ...base, retryPolicy: { maximumInterval: seconds(-1) } },
      "invalid MaximumInterval set on retry policy: negative duration",
    ),
    invalid(
      "longest interval below the first",
      { ...base, retryPolicy: { initialInterval: seconds(9), maximumInterval: seconds(1) } },
      "MaximumInterval cannot be less than InitialInterval on retry policy.",
    ),
    invalid(
      "negative attempts",
      { ...base, retryPolicy: { maximumAttempts: -1 } },
      "MaximumAttempts cannot be negative on retry policy.",
    ),
    invalid(
      "a time-out type that is none",
      { ...base, retryPolicy: { nonRetryableErrorTypes: ["TemporalTimeout:Never"] } },
      "Invalid timeout type value: Never.",
    ),
  ];
}

function contentRefusals(base: Fields): Refusal[] {
  const event = { namespace: "default", workflowId: "w", runId: "r" };
  return [
    invalid("request id too long", { ...base, requestId: LONG_ID }, "RequestId length exceeds limit."),
    invalid("negative priority", { ...base, priority: { priorityKey: -1 } }, "priority key can't be negative"),
    invalid(
      "fairness key too long",
      { ...base, priority: { fairnessKey: "x".repeat(65) } },
      "fairness key length exceeds limit",
    ),
    invalid("negative fairness weight", { ...base, priority: { fairnessWeight: -1 } }, "must be greater than zero"),
    invalid("link of no kind", { ...base, links: [Link.encode({})] }, "unsupported link variant"),
    invalid(
      "link without a namespace",
      { ...base, links: [link({ ...event, namespace: "" })] },
      "workflow event link must not have an empty namespace field",
    ),
    invalid(
      "link without a workflow id",
      { ...base, links: [link({ ...event, workflowId: "" })] },
      "workflow event link must not have an empty workflow ID field",
    ),
    invalid(
      "link without a run id",
      { ...base, links: [link({ ...event, runId: "" })] },
      "workflow event link must not have an empty run ID field",
    ),
    invalid(
      "link to an event of no type",
      { ...base, links: [link({ ...event, eventRef: { eventId: 1 } })] },
      "workflow event link ref cannot have an unspecified event type and a non-zero event ID",
    ),
    invalid(
      "link too large",
      { ...base, links: [link({ ...event, workflowId: "w".repeat(4000) })] },
      "link exceeds allowed size of 4000, got 4018",
    ),
    invalid(
      "eleven links",
      { ...base, links: Array.from({ length: 11 }, () => link(event)) },
      "cannot attach more than 10 links per request, got 11",
    ),
    invalid(
      "link to a batch of no name",
      { ...base, links: [Link.encode({ batchJob: { jobId: "" } })] },
      "batch job link must not have an empty job ID",
    ),
    invalid(
      "unknown search attribute",
      { ...base, searchAttributes: attributes({ Nowhere: 1 }) },
      "Namespace default has no mapping defined for search attribute Nowhere",
    ),
    invalid(
      "search attribute of the system",
      { ...base, searchAttributes: attributes({ WorkflowId: "w" }) },
      "WorkflowId attribute can't be set in SearchAttributes",
    ),
    invalid(
      "search attribute of another type",
      { ...base, searchAttributes: attributes({ BatcherUser: 17 }) },
      "invalid value for search attribute BatcherUser of type Keyword: 17",
    ),
    invalid(
      "input too large",
      { ...base, input: Payloads.encode({ payloads: [large] }) },
      "Blob data size exceeds limit.",
    ),
    invalid("memo too large", { ...base, memo: Memo.encode({ fields: { m: large } }) }, "Memo size exceeds limit."),
    {
      because: "links that are no messages",
      request: { ...base, links: [Buffer.from([0x0a, 0x7f])] },
      code: Code.INTERNAL,
      message: "grpc: error unmarshalling request",
    },
  ];
}

const terminateWith = (conflict: number): Fields => ({
  workflowIdReusePolicy: Reuse.WORKFLOW_ID_REUSE_POLICY_TERMINATE_IF_RUNNING,
  workflowIdConflictPolicy: conflict,
});
const TERMINATE_TEXT =
  "Invalid WorkflowIDReusePolicy: WORKFLOW_ID_REUSE_POLICY_TERMINATE_IF_RUNNING cannot be used together with a WorkflowIDConflictPolicy";

export const starts: RefusalTable = {
  StartWorkflowExecution: [
    ...namespaceRefusals(start),
    ...queueRefusals(start),
    invalid("no workflow id", { ...start, workflowId: "" }, "WorkflowId is not set on request."),
    invalid(
      "workflow id too long",
      { ...start, workflowId: LONG_ID },
      "WorkflowId exceeds maximum allowed length (1001/1000)",
    ),
    invalid("no type", { ...start, workflowType: undefined }, "WorkflowType is not set on request."),
    invalid("type too long", { ...start, workflowType: { name: LONG_ID } }, "WorkflowType length exceeds limit."),
    ...timeRefusals(start),
    ...contentRefusals(start),
    invalid(
      "two policies about a running one",
      { ...start, ...terminateWith(Conflict.WORKFLOW_ID_CONFLICT_POLICY_FAIL) },
      TERMINATE_TEXT,
    ),
    invalid(
      "policies that contradict each other",
      {
        ...start,
        workflowIdReusePolicy: Reuse.WORKFLOW_ID_REUSE_POLICY_REJECT_DUPLICATE,
        workflowIdConflictPolicy: Conflict.WORKFLOW_ID_CONFLICT_POLICY_TERMINATE_EXISTING,
      },
      "Invalid WorkflowIDReusePolicy: WORKFLOW_ID_REUSE_POLICY_REJECT_DUPLICATE cannot be used together with WorkflowIdConflictPolicy WORKFLOW_ID_CONFLICT_POLICY_TERMINATE_EXISTING",
    ),
    invalid(
      "callbacks to attach without a request id",
      { ...start, onConflictOptions: { attachCompletionCallbacks: true } },
      "attaching request ID is required for attaching completion callbacks",
    ),
    {
      because: "callback of no kind",
      request: { ...start, completionCallbacks: [Callback.encode({})] },
      code: Code.UNIMPLEMENTED,
      message: "unknown callback variant: <nil>",
    },
    invalid(
      "callback to a place that is not allowed",
      { ...start, completionCallbacks: [callback("http://127.0.0.1:1/x")] },
      "invalid url: url does not match any configured callback address: http://127.0.0.1:1/x",
    ),
    invalid(
      "callback to no place",
      { ...start, completionCallbacks: [callback("nonsense")] },
      "invalid url: unknown scheme: nonsense",
    ),
    {
      because: "a running workflow",
      request: { ...start, workflowId: "open" },
      code: Code.ALREADY_EXISTS,
      message: "Workflow execution is already running. WorkflowId: open, RunId: ",
      detail: "WorkflowExecutionAlreadyStartedFailure",
    },
  ],
  SignalWithStartWorkflowExecution: [
    ...namespaceRefusals(signalled),
    ...queueRefusals(signalled),
    invalid("no workflow id", { ...signalled, workflowId: "" }, "WorkflowId is not set on request."),
    invalid("no signal name", { ...signalled, signalName: "" }, "signal not set"),
    invalid(
      "signal name too long",
      { ...signalled, signalName: LONG_ID },
      "signal name exceeds maximum allowed length (1001/1000)",
    ),
    invalid("no type", { ...signalled, workflowType: { name: "" } }, "workflow type not set"),
    ...timeRefusals(signalled),
    ...contentRefusals(signalled),
    invalid(
      "signal input too large",
      { ...signalled, signalInput: Payloads.encode({ payloads: [large] }) },
      "Blob data size exceeds limit.",
    ),
    invalid(
      "two policies about a running one",
      { ...signalled, ...terminateWith(Conflict.WORKFLOW_ID_CONFLICT_POLICY_FAIL) },
      TERMINATE_TEXT,
    ),
    invalid(
      "a policy that leaves nothing to signal",
      { ...signalled, workflowIdConflictPolicy: Conflict.WORKFLOW_ID_CONFLICT_POLICY_FAIL },
      "Invalid WorkflowIDConflictPolicy: WORKFLOW_ID_CONFLICT_POLICY_FAIL is not supported for this operation.",
    ),
  ],
};
