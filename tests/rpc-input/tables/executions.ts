import { Link, Payload, Payloads } from "../../../api/gen/messages.js";
import { Code } from "../../../api/errors.ts";
import {
  executionRefusals,
  invalid,
  LONG_ID,
  namespaceRefusals,
  notFound,
  TOO_LARGE,
  UNKNOWN_RUN,
} from "../refusal.ts";
import type { Fields, RefusalTable } from "../refusal.ts";

const open = { workflowId: "open" };
const closed = { workflowId: "closed" };
const COMPLETED = "workflow execution already completed";
const large = Payloads.encode({ payloads: [Payload.encode({ data: TOO_LARGE })] });

const byExecution: Fields = { namespace: "default", execution: open };
const byWorkflow: Fields = { namespace: "default", workflowExecution: open };
const signal: Fields = { ...byWorkflow, signalName: "signal" };
const query: Fields = { ...byExecution, query: { queryType: "state" } };
const update: Fields = { ...byWorkflow, request: { meta: { updateId: "update" }, input: { name: "change" } } };
const options: Fields = {
  ...byWorkflow,
  workflowExecutionOptions: { priority: { priorityKey: 2 } },
  updateMask: { paths: ["priority"] },
};
const fastForward: Fields = { ...byWorkflow, fastForwardId: "forward" };
const badLink = [Link.encode({})];

const paged = (base: Fields) => [
  invalid("token that is none", { ...base, nextPageToken: Buffer.from("nonsense") }, "Invalid NextPageToken."),
  invalid("token that says nothing", { ...base, nextPageToken: Buffer.from([0x20, 0x01]) }, "Invalid NextPageToken."),
];

export const executions: RefusalTable = {
  SignalWorkflowExecution: [
    ...namespaceRefusals(signal),
    ...executionRefusals(signal, "workflowExecution"),
    invalid("no signal name", { ...signal, signalName: "" }, "SignalName is not set on request."),
    invalid("signal name too long", { ...signal, signalName: LONG_ID }, "SignalName length exceeds limit."),
    invalid("request id too long", { ...signal, requestId: LONG_ID }, "RequestId length exceeds limit."),
    invalid("input too large", { ...signal, input: large }, "Blob data size exceeds limit."),
    invalid("link of no kind", { ...signal, links: badLink }, "unsupported link variant"),
    notFound("closed workflow", { ...signal, workflowExecution: closed }, COMPLETED),
  ],
  RequestCancelWorkflowExecution: [
    ...namespaceRefusals(byWorkflow),
    ...executionRefusals(byWorkflow, "workflowExecution"),
    invalid("link of no kind", { ...byWorkflow, links: badLink }, "unsupported link variant"),
    notFound("another first run", { ...byWorkflow, firstExecutionRunId: UNKNOWN_RUN }, "workflow execution not found"),
  ],
  TerminateWorkflowExecution: [
    ...namespaceRefusals(byWorkflow),
    ...executionRefusals(byWorkflow, "workflowExecution"),
    invalid("link of no kind", { ...byWorkflow, links: badLink }, "unsupported link variant"),
    notFound("another first run", { ...byWorkflow, firstExecutionRunId: UNKNOWN_RUN }, "workflow execution not found"),
    notFound("closed workflow", { ...byWorkflow, workflowExecution: closed }, COMPLETED),
  ],
  DeleteWorkflowExecution: [...namespaceRefusals(byWorkflow), ...executionRefusals(byWorkflow, "workflowExecution")],
  DescribeWorkflowExecution: [...namespaceRefusals(byExecution), ...executionRefusals(byExecution, "execution")],
  GetWorkflowExecutionHistory: [
    ...namespaceRefusals(byExecution),
    ...executionRefusals(byExecution, "execution"),
    ...paged(byExecution),
  ],
  GetWorkflowExecutionHistoryReverse: [
    ...namespaceRefusals(byExecution),
    ...executionRefusals(byExecution, "execution"),
    ...paged(byExecution),
  ],
  UpdateWorkflowExecutionOptions: [
    ...namespaceRefusals(options),
    invalid("no execution", { ...options, workflowExecution: undefined }, "WorkflowId is not set on request."),
    invalid("no workflow id", { ...options, workflowExecution: {} }, "WorkflowId is not set on request."),
    invalid(
      "run id that is no UUID",
      { ...options, workflowExecution: { ...open, runId: "1" } },
      "RunId is not valid UUID.",
    ),
    invalid("no mask", { ...options, updateMask: undefined }, "UpdateMask is required"),
    invalid("no options", { ...options, workflowExecutionOptions: undefined }, "WorkflowExecutionOptions is required"),
    invalid("unknown path", { ...options, updateMask: { paths: ["nonsense"] } }, "error parsing UpdateMask"),
    invalid(
      "override of no behavior",
      {
        ...options,
        workflowExecutionOptions: { versioningOverride: {} },
        updateMask: { paths: ["versioning_override"] },
      },
      "override behavior is required",
    ),
    invalid(
      "part of an override",
      { ...options, updateMask: { paths: ["versioning_override.auto_upgrade"] } },
      "error applying update_options: versioning_override doesn't support partial updates",
    ),
    notFound("unknown workflow", { ...options, workflowExecution: { workflowId: "unknown" } }, "workflow not found"),
    invalid(
      "fast-forward with skipping off",
      { ...options, workflowExecutionOptions: { timeSkippingConfig: { fastForwardConfig: { id: "f" } } } },
      "time_skipping_config: cannot set fast_forward when enabled is false",
    ),
    notFound("closed workflow", { ...options, workflowExecution: closed }, COMPLETED),
  ],
  PollWorkflowExecutionTimeSkipping: [
    ...namespaceRefusals(fastForward),
    ...executionRefusals(fastForward, "workflowExecution"),
    invalid(
      "no fast-forward id",
      { ...fastForward, fastForwardId: "" },
      "Time skipping config invalid: fast_forward_id must be set",
    ),
  ],
  ResetStickyTaskQueue: [
    ...namespaceRefusals(byExecution),
    ...executionRefusals(byExecution, "execution"),
    notFound("closed workflow", { ...byExecution, execution: closed }, COMPLETED),
  ],
  QueryWorkflow: [
    ...namespaceRefusals(query),
    ...executionRefusals(query, "execution"),
    invalid("no query", { ...query, query: undefined }, "WorkflowQuery is not set on request."),
    invalid("no type", { ...query, query: { queryType: "" } }, "QueryType is not set on request."),
    invalid(
      "arguments too large",
      { ...query, query: { queryType: "state", queryArgs: large } },
      "Blob data size exceeds limit.",
    ),
  ],
  UpdateWorkflowExecution: [
    ...namespaceRefusals(update),
    ...executionRefusals(update, "workflowExecution"),
    invalid("no update", { ...update, request: undefined }, "Update meta is not set on request."),
    invalid(
      "no input",
      { ...update, request: { meta: { updateId: "update" } } },
      "Update input is not set on request.",
    ),
    invalid(
      "no name",
      { ...update, request: { meta: { updateId: "update" }, input: { name: "" } } },
      "Update name is not set on request.",
    ),
    invalid(
      "update id too long",
      { ...update, request: { meta: { updateId: LONG_ID }, input: { name: "change" } } },
      "UpdateId length exceeds limit.",
    ),
    {
      because: "a wait for nothing",
      request: { ...update, waitPolicy: { lifecycleStage: 1 } },
      code: Code.PERMISSION_DENIED,
      message: "UpdateWorkflowExecution issued asynchronously and waiting on update admitted is not supported.",
      detail: "PermissionDeniedFailure",
    },
    notFound("closed workflow", { ...update, workflowExecution: closed }, COMPLETED),
  ],
  PollWorkflowExecutionUpdate: [
    ...namespaceRefusals({ namespace: "default", updateRef: { workflowExecution: open, updateId: "u" } }),
    invalid("no reference", { namespace: "default" }, "UpdateRef is not set on request."),
    invalid("no execution", { namespace: "default", updateRef: { updateId: "u" } }, "Execution is not set on request."),
    notFound(
      "unknown update",
      { namespace: "default", updateRef: { workflowExecution: open, updateId: "u" } },
      'update "u" not found',
    ),
  ],
};
