/** UpdateWorkflowExecutionOptions: what of a run may be changed from outside, each field as a whole or in parts. */
import type { Input } from "../../../../api/codec.ts";
import { Code, invalidArgument, ServiceError } from "../../../../api/errors.ts";
import { EventType } from "../../../../api/gen/enums.js";
import { Priority } from "../../../../api/gen/messages.js";
import type {
  UpdateWorkflowExecutionOptionsRequest,
  UpdateWorkflowExecutionOptionsResponse,
  WorkflowExecutionOptions,
} from "../../../../api/gen/messages.js";
import { timestamp } from "../../../../api/timestamp.ts";
import type { HistoryEnv, Namespace } from "../../env.ts";
import { assertRunning, decideRun } from "../decide-run.ts";
import { configureTimeSkipping, timeSkippingConfig } from "../machines/time-skipping.ts";
import type { Run } from "../run.ts";
import { skipTime } from "../skip-time.ts";

const NO_PRIORITY: Priority = Priority.decode(new Uint8Array(0));

const PRIORITY_FIELDS: Readonly<Record<string, "priorityKey" | "fairnessKey" | "fairnessWeight">> = {
  "priority.priority_key": "priorityKey",
  "priority.fairness_key": "fairnessKey",
  "priority.fairness_weight": "fairnessWeight",
};

interface Changes {
  readonly timeSkipping: boolean;
  /** Undefined: it stays as it is. */
  readonly priority: Priority | undefined;
}

/** The request is validated. */
export function updateOptions(
  env: HistoryEnv,
  namespace: Namespace,
  request: UpdateWorkflowExecutionOptionsRequest,
): Promise<Input<UpdateWorkflowExecutionOptionsResponse>> {
  const { workflowId = "", runId } = request.workflowExecution ?? {};
  return decideRun(env, namespace, { workflowId, runId }, (run) => {
    assertRunning(run);
    apply(run, request);
    skipTime(run);
    return { workflowExecutionOptions: optionsOf(run), updateTime: timestamp(run.now) };
  });
}

function apply(
  run: Run,
  { workflowExecutionOptions: wanted, updateMask, identity }: UpdateWorkflowExecutionOptionsRequest,
): void {
  const { state } = run;
  const changes = changesOf(run, updateMask?.paths ?? [], wanted);
  const config = changes.timeSkipping ? wanted?.timeSkippingConfig : undefined;
  const changesTime = changes.timeSkipping && (config !== undefined || state.timeSkipping?.configured === true);
  if (!changesTime && changes.priority === undefined) return;
  if (changesTime) state.timeSkipping = configureTimeSkipping(config, run.now);
  if (changes.priority !== undefined) {
    state.rawPriority = Priority.encode(changes.priority);
    state.priorityKey = changes.priority.priorityKey;
  }
  run.addEvent({
    eventType: EventType.EVENT_TYPE_WORKFLOW_EXECUTION_OPTIONS_UPDATED,
    workerMayIgnore: true,
    workflowExecutionOptionsUpdatedEventAttributes: {
      identity,
      priority: changes.priority,
      timeSkippingConfig: changesTime ? timeSkippingConfig(state.timeSkipping) : undefined,
      timeSkippingConfigUpdated: changesTime,
    },
  });
  run.action("update_workflow_options");
  run.view.touch();
}

function changesOf(run: Run, paths: readonly string[], wanted: WorkflowExecutionOptions | undefined): Changes {
  const { rawPriority } = run.state;
  const before = rawPriority.length === 0 ? NO_PRIORITY : Priority.decode(rawPriority);
  const given = wanted?.priority ?? NO_PRIORITY;
  let priority: Priority | undefined;
  let timeSkipping = false;
  for (const path of paths) {
    const field = PRIORITY_FIELDS[path];
    if (path === "time_skipping_config") timeSkipping = true;
    else if (path === "priority") priority = given;
    else if (field !== undefined) priority = { ...(priority ?? before), [field]: given[field] };
    else throw maskFault(path);
  }
  return { timeSkipping, priority };
}

function maskFault(path: string): Error {
  if (path.startsWith("time_skipping_config."))
    return invalidArgument("error applying update_options: time_skipping_config doesn't support partial update");
  if (path === "versioning_override" || path.startsWith("versioning_override."))
    return new ServiceError(Code.UNIMPLEMENTED, "versioning overrides are not supported by this server");
  const message = "temporal.api.workflow.v1.WorkflowExecutionOptions";
  return invalidArgument(
    `error parsing UpdateMask: proto: invalid path ${JSON.stringify(path)} for message "${message}"`,
  );
}

function optionsOf({ state }: Run): Input<WorkflowExecutionOptions> {
  return {
    priority: state.rawPriority.length === 0 ? undefined : Priority.decode(state.rawPriority),
    timeSkippingConfig: timeSkippingConfig(state.timeSkipping),
  };
}
