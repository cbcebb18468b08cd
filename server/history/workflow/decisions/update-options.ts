/** UpdateWorkflowExecutionOptions: what of a run may be changed from outside, each field as a whole or in parts. */
import type { Input } from "../../../../api/codec.ts";
import { failedPrecondition, invalidArgument, ServiceError } from "../../../../api/errors.ts";
import { EventType } from "../../../../api/gen/enums.js";
import { Priority, VersioningOverride } from "../../../../api/gen/messages.js";
import type {
  UpdateWorkflowExecutionOptionsRequest,
  UpdateWorkflowExecutionOptionsResponse,
  WorkflowExecutionOptions,
} from "../../../../api/gen/messages.js";
import { timestamp } from "../../../../api/timestamp.ts";
import type { HistoryEnv, Namespace } from "../../env.ts";
import { assertRunning, decideRun } from "../decide-run.ts";
import type { ActivityPart } from "../../gen/messages.js";
import { moveActivity } from "../machines/activity.ts";
import { configureTimeSkipping, timeSkippingConfig } from "../machines/time-skipping.ts";
import { moveWorkflowTask } from "../machines/workflow-task.ts";
import { partPrefix } from "../parts.ts";
import type { Run } from "../run.ts";
import { skipTime } from "../skip-time.ts";

const PARSING = "error parsing UpdateMask: ";
const TIME_SKIPPING = "time_skipping_config";
const NO_BYTES = new Uint8Array(0);
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
  /** Encoded; empty takes it away. Undefined: it stays as it is. */
  readonly override: Uint8Array | undefined;
}

/** What an update changes, whoever asks for it. */
export type OptionsUpdate = Pick<
  UpdateWorkflowExecutionOptionsRequest,
  "workflowExecutionOptions" | "updateMask" | "identity"
>;

/** The request is validated. */
export function updateOptions(
  env: HistoryEnv,
  namespace: Namespace,
  request: UpdateWorkflowExecutionOptionsRequest,
): Promise<Input<UpdateWorkflowExecutionOptionsResponse>> {
  const { workflowId = "", runId } = request.workflowExecution ?? {};
  const isTimed = request.updateMask?.paths.includes(TIME_SKIPPING) === true;
  return decideRun(env, namespace, { workflowId, runId }, (run) => {
    assertRunning(run);
    applyOptions(run, request);
    skipTime(run);
    return { workflowExecutionOptions: optionsOf(run), updateTime: isTimed ? timestamp(run.now) : undefined };
  });
}

/** As part of a reset. */
export function applyOptionsAfterReset(run: Run, update: Omit<OptionsUpdate, "identity">): void {
  try {
    applyOptions(run, { ...update, identity: "" });
  } catch (error) {
    if (!(error instanceof ServiceError) || !error.message.startsWith(PARSING)) throw error;
    throw invalidArgument(`error applying update_options: ${error.message.slice(PARSING.length)}`);
  }
}

/** Writes an event that has all options as they are afterwards; none when nothing changes. */
export function applyOptions(run: Run, update: OptionsUpdate): void {
  const { workflowExecutionOptions: wanted, updateMask, identity } = update;
  const { state } = run;
  const changes = changesOf(run, updateMask?.paths ?? [], wanted);
  const config = changes.timeSkipping ? wanted?.timeSkippingConfig : undefined;
  const changesTime = changes.timeSkipping && (config !== undefined || state.timeSkipping?.configured === true);
  const rawPriority = changes.priority === undefined ? state.rawPriority : Priority.encode(changes.priority);
  const override = changes.override ?? state.rawVersioningOverride;
  const isSame = equalBytes(rawPriority, state.rawPriority) && equalBytes(override, state.rawVersioningOverride);
  if (!changesTime && isSame) return;
  if (changesTime) state.timeSkipping = configureTimeSkipping(config, run.now);
  const movesTasks = !equalBytes(rawPriority, state.rawPriority);
  state.rawPriority = rawPriority;
  if (changes.priority !== undefined) state.priorityKey = changes.priority.priorityKey;
  state.rawVersioningOverride = override;
  run.addEvent({
    eventType: EventType.EVENT_TYPE_WORKFLOW_EXECUTION_OPTIONS_UPDATED,
    workerMayIgnore: true,
    workflowExecutionOptionsUpdatedEventAttributes: {
      identity,
      versioningOverride: override.length === 0 ? undefined : VersioningOverride.decode(override),
      unsetVersioningOverride: !isSame && override.length === 0,
      priority: rawPriority.length === 0 || isSame ? undefined : Priority.decode(rawPriority),
      timeSkippingConfig: changesTime ? timeSkippingConfig(state.timeSkipping) : undefined,
      timeSkippingConfigUpdated: changesTime,
    },
  });
  if (movesTasks) moveTasks(run);
  run.action("update_workflow_options");
  run.view.touch();
}

/** Tasks that wait take the place in their queues that the run's priority gives them now. */
function moveTasks(run: Run): void {
  moveWorkflowTask(run);
  for (const [, activity] of run.view.partsOf<ActivityPart>(partPrefix.activity)) moveActivity(run, activity);
}

function equalBytes(one: Uint8Array, other: Uint8Array): boolean {
  return Buffer.compare(one, other) === 0;
}

function changesOf(run: Run, paths: readonly string[], wanted: WorkflowExecutionOptions | undefined): Changes {
  const { rawPriority } = run.state;
  const before = rawPriority.length === 0 ? NO_PRIORITY : Priority.decode(rawPriority);
  const given = wanted?.priority ?? NO_PRIORITY;
  let priority: Priority | undefined;
  let override: Uint8Array | undefined;
  let timeSkipping = false;
  for (const path of paths) {
    const field = PRIORITY_FIELDS[path];
    if (path === TIME_SKIPPING) timeSkipping = true;
    else if (path === "versioning_override") override = encodedOverride(run, wanted?.versioningOverride);
    else if (path === "priority") priority = given;
    else if (field !== undefined) priority = { ...(priority ?? before), [field]: given[field] };
    else throw maskFault(path);
  }
  return { timeSkipping, priority, override };
}

/** There are no worker deployments here to be pinned to. */
function encodedOverride(run: Run, override: VersioningOverride | undefined): Uint8Array {
  if (override === undefined) return NO_BYTES;
  const { pinned, oneTime } = override;
  const version = pinned?.version ?? oneTime?.targetDeploymentVersion;
  if (version === undefined) return VersioningOverride.encode(override);
  throw failedPrecondition(
    `Pinned version '${version.deploymentName}:${version.buildId}' is not present in task queue '${run.state.taskQueue}' of type 'Workflow'`,
  );
}

/** What is wrong with a path of an update mask. */
function maskFault(path: string): Error {
  for (const whole of [TIME_SKIPPING, "versioning_override"]) {
    if (!path.startsWith(`${whole}.`)) continue;
    const updates = whole === TIME_SKIPPING ? "update" : "updates";
    return invalidArgument(`error applying update_options: ${whole} doesn't support partial ${updates}`);
  }
  const message = "temporal.api.workflow.v1.WorkflowExecutionOptions";
  return invalidArgument(`${PARSING}proto: invalid path ${JSON.stringify(path)} for message "${message}"`);
}

function optionsOf({ state }: Run): Input<WorkflowExecutionOptions> {
  const { rawPriority, rawVersioningOverride: override } = state;
  return {
    versioningOverride: override.length === 0 ? undefined : VersioningOverride.decode(override),
    priority: rawPriority.length === 0 ? undefined : Priority.decode(rawPriority),
    timeSkippingConfig: timeSkippingConfig(state.timeSkipping),
  };
}
