/** Standalone activities. */
import {
  ActivityExecutionAlreadyStartedFailure,
  type ActivityExecutionInfo as RawInfo,
  type ActivityExecutionListInfo,
} from "../../../api/gen/messages.js";
import { systemRandom } from "../../../base/index.ts";
import { headerToBytes, payloadFromBytes } from "../../common/host/wire-payloads.ts";
import {
  decodeTypedSearchAttributes,
  searchAttributePayloadConverter,
} from "../../common/payload-search-attributes.ts";
import { compilePriority, decodePriority } from "../../common/priority.ts";
import { compileRetryPolicy, decompileRetryPolicy } from "../../common/retry-policy.ts";
import type { ActivitySerializationContext } from "../../common/serialization-context.ts";
import { msOptionalToTs, optionalTsToDate, optionalTsToMs } from "../../common/time.ts";
import { convertDeploymentVersion } from "../../common/worker-deployments.ts";
import type { ActivityOptionsUpdate, ActivityOptionsUpdateResult } from "../activity-handle.ts";
import type {
  ActivityCancelInput,
  ActivityDescribeInput,
  ActivityGetResultInput,
  ActivityPauseInput,
  ActivityStartInput,
  ActivityUnpauseInput,
} from "../activity-interceptors.ts";
import {
  type ActivityExecutionDescription,
  type ActivityExecutionInfo,
  type CountActivityExecutions,
  decodeActivityExecutionStatus,
  decodePendingActivityState,
  encodeActivityIdConflictPolicy,
  encodeActivityIdReusePolicy,
} from "../activity-types.ts";
import {
  ActivityExecutionAlreadyStartedError,
  ActivityExecutionFailedError,
  ActivityNotFoundError,
  isGrpcServiceError,
  ServiceError,
} from "../errors.ts";
import type { ClientContext } from "./client-context.ts";
import { detailsOf, findDetail, throwKnownError } from "./known-errors.ts";
import {
  decodeError,
  decodeFirst,
  decodeSearchAttributePayloads,
  decodeValues,
  encodeSearchAttributes,
  encodeUserMetadata,
  encodeValues,
} from "./values.ts";
import { NOT_FOUND } from "../../connection/status-codes.ts";

const NORMAL_QUEUE = 1;
const NO_TOKEN = new Uint8Array(0);

type Run = Pick<ActivityGetResultInput, "activityId" | "activityRunId">;

export async function startActivity(
  client: ClientContext,
  { activityType, options, headers }: ActivityStartInput,
): Promise<{ runId: string }> {
  const { namespace, identity, converter } = client;
  const context = contextOf(client, options.id);
  return call("Failed to start activity", async () => {
    try {
      return await client.workflowService.startActivityExecution({
        namespace,
        identity,
        requestId: systemRandom.uuid(),
        activityId: options.id,
        activityType: { name: activityType },
        taskQueue: { name: options.taskQueue, kind: NORMAL_QUEUE },
        scheduleToCloseTimeout: msOptionalToTs(options.scheduleToCloseTimeout),
        scheduleToStartTimeout: msOptionalToTs(options.scheduleToStartTimeout),
        startToCloseTimeout: msOptionalToTs(options.startToCloseTimeout),
        heartbeatTimeout: msOptionalToTs(options.heartbeatTimeout),
        startDelay: msOptionalToTs(options.startDelay),
        retryPolicy: options.retry === undefined ? undefined : compileRetryPolicy(options.retry),
        input: await encodeValues(converter, options.args ?? [], context, options.typeInfo?.inputTypes),
        idReusePolicy: encodeActivityIdReusePolicy(options.idReusePolicy),
        idConflictPolicy: encodeActivityIdConflictPolicy(options.idConflictPolicy),
        searchAttributes: encodeSearchAttributes(options),
        header: headerToBytes(headers),
        userMetadata: await encodeUserMetadata(converter, { staticSummary: options.summary }, context),
        priority: options.priority === undefined ? undefined : compilePriority(options.priority),
      });
    } catch (error) {
      const existing = isGrpcServiceError(error)
        ? findDetail(detailsOf(error), ActivityExecutionAlreadyStartedFailure)
        : undefined;
      if (existing === undefined) throw error;
      throw new ActivityExecutionAlreadyStartedError("Activity execution already started", options.id, existing.runId);
    }
  });
}

/** Asks until the activity is closed. */
export async function activityResult(client: ClientContext, input: ActivityGetResultInput): Promise<unknown> {
  const context = contextOf(client, input.activityId);
  for (;;) {
    const { outcome, runId } = await call("Failed to get activity result", () =>
      client.workflowService.pollActivityExecution(target(client, input)),
    );
    if (outcome === undefined) continue;
    if (outcome.failure !== undefined) {
      const cause = await decodeError(client.converter, outcome.failure, context);
      throw new ActivityExecutionFailedError("Activity execution failed", cause, input.activityId, runId);
    }
    return decodeFirst(client.converter, outcome.result, context, input.outputType);
  }
}

export async function describeActivity(
  client: ClientContext,
  input: ActivityDescribeInput,
): Promise<ActivityExecutionDescription> {
  const response = await call("Failed to describe activity", () =>
    client.workflowService.describeActivityExecution({ ...target(client, input), ...input.options }),
  );
  const { info, outcome } = response;
  if (info === undefined) throw new TypeError("The server described no activity");
  const { converter } = client;
  const context = contextOf(client, input.activityId);
  const { heartbeatDetails, lastFailure } = info;
  return {
    ...infoOf(info),
    ...detailsOfInfo(info),
    rawInfo: info,
    rawCallbacks: response.callbacks,
    hasHeartbeatDetails: heartbeatDetails !== undefined,
    hasLastFailure: lastFailure !== undefined,
    hasInput: response.input !== undefined,
    hasResult: outcome?.result !== undefined,
    hasOutcomeFailure: outcome?.failure !== undefined,
    getHeartbeatDetails: async () => (await decodeFirst(converter, heartbeatDetails, context)) as never,
    getLastFailure: () => decodeError(converter, lastFailure, context),
    getInput: async () =>
      response.input === undefined ? undefined : ((await decodeValues(converter, response.input, context)) as never),
    getResult: async () => (await decodeFirst(converter, outcome?.result, context)) as never,
    getOutcomeFailure: () => decodeError(converter, outcome?.failure, context),
  };
}

export async function requestCancelActivity(client: ClientContext, input: ActivityCancelInput): Promise<void> {
  const request = { ...change(client, input), reason: input.reason };
  await call("Failed to cancel activity", () => client.workflowService.requestCancelActivityExecution(request));
}

export async function terminateActivity(client: ClientContext, input: ActivityCancelInput): Promise<void> {
  const request = { ...change(client, input), reason: input.reason };
  await call("Failed to terminate activity", () => client.workflowService.terminateActivityExecution(request));
}

export async function pauseActivity(client: ClientContext, input: ActivityPauseInput): Promise<void> {
  const request = { ...change(client, input), reason: input.options.reason };
  await call("Failed to pause activity", () => client.workflowService.pauseActivityExecution(request));
}

export async function unpauseActivity(client: ClientContext, input: ActivityUnpauseInput): Promise<void> {
  const { reason, jitter } = input.options;
  const request = { ...change(client, input), reason, jitter: msOptionalToTs(jitter) };
  await call("Failed to unpause activity", () => client.workflowService.unpauseActivityExecution(request));
}

/** The names of options in an update mask. */
const MASKS: Readonly<Record<keyof ActivityOptionsUpdate, string>> = {
  taskQueue: "task_queue.name",
  scheduleToCloseTimeout: "schedule_to_close_timeout",
  scheduleToStartTimeout: "schedule_to_start_timeout",
  startToCloseTimeout: "start_to_close_timeout",
  heartbeatTimeout: "heartbeat_timeout",
  retry: "retry_policy",
  priority: "priority",
  startDelay: "start_delay",
};

export async function updateActivityOptions(
  client: ClientContext,
  run: Run,
  options: ActivityOptionsUpdate | "original",
): Promise<ActivityOptionsUpdateResult> {
  const request =
    options === "original"
      ? { ...change(client, run), restoreOriginal: true }
      : { ...change(client, run), ...changedOptions(options) };
  const { activityOptions } = await call("Failed to update activity options", () =>
    client.workflowService.updateActivityExecutionOptions(request),
  );
  return {
    taskQueue: activityOptions?.taskQueue?.name,
    scheduleToCloseTimeout: optionalTsToMs(activityOptions?.scheduleToCloseTimeout),
    scheduleToStartTimeout: optionalTsToMs(activityOptions?.scheduleToStartTimeout),
    startToCloseTimeout: optionalTsToMs(activityOptions?.startToCloseTimeout),
    heartbeatTimeout: optionalTsToMs(activityOptions?.heartbeatTimeout),
    retry: decompileRetryPolicy(activityOptions?.retryPolicy),
    priority: decodePriority(activityOptions?.priority),
    startDelay: optionalTsToMs(activityOptions?.startDelay),
  };
}

function changedOptions(options: ActivityOptionsUpdate) {
  const names = (Object.keys(MASKS) as (keyof ActivityOptionsUpdate)[]).filter((name) => options[name] !== undefined);
  return {
    updateMask: { paths: names.map((name) => MASKS[name]) },
    activityOptions: {
      taskQueue: options.taskQueue === undefined ? undefined : { name: options.taskQueue },
      scheduleToCloseTimeout: msOptionalToTs(options.scheduleToCloseTimeout),
      scheduleToStartTimeout: msOptionalToTs(options.scheduleToStartTimeout),
      startToCloseTimeout: msOptionalToTs(options.startToCloseTimeout),
      heartbeatTimeout: msOptionalToTs(options.heartbeatTimeout),
      startDelay: msOptionalToTs(options.startDelay),
      retryPolicy: options.retry ? compileRetryPolicy(options.retry) : undefined,
      priority: options.priority ? compilePriority(options.priority) : undefined,
    },
  };
}

export async function* listActivities(client: ClientContext, query: string): AsyncGenerator<ActivityExecutionInfo> {
  for (let nextPageToken: Uint8Array = NO_TOKEN; ;) {
    const request = { namespace: client.namespace, query, nextPageToken };
    const page = await call("Failed to list activities", () => client.workflowService.listActivityExecutions(request));
    for (const raw of page.executions) yield { ...infoOf(raw), rawListInfo: raw };
    ({ nextPageToken } = page);
    if (nextPageToken.length === 0) return;
  }
}

export async function countActivities(client: ClientContext, query: string): Promise<CountActivityExecutions> {
  const request = { namespace: client.namespace, query };
  const { count, groups } = await call("Failed to count activities", () =>
    client.workflowService.countActivityExecutions(request),
  );
  return {
    count,
    groups: groups.map((group) => ({
      count: group.count,
      groupValues: group.groupValues.map((value) =>
        searchAttributePayloadConverter.fromPayload(payloadFromBytes(value)),
      ),
    })),
  };
}

function infoOf(raw: RawInfo | ActivityExecutionListInfo): ActivityExecutionInfo {
  return {
    activityId: raw.activityId,
    activityRunId: raw.runId,
    activityType: raw.activityType?.name ?? "",
    scheduleTime: optionalTsToDate(raw.scheduleTime),
    closeTime: optionalTsToDate(raw.closeTime),
    status: decodeActivityExecutionStatus(raw.status) ?? "RUNNING",
    typedSearchAttributes: decodeTypedSearchAttributes(decodeSearchAttributePayloads(raw.searchAttributes)),
    taskQueue: raw.taskQueue,
    executionDurationMs: optionalTsToMs(raw.executionDuration),
    executionTime: optionalTsToDate(raw.executionTime),
  };
}

function detailsOfInfo(raw: RawInfo) {
  return {
    runState: decodePendingActivityState(raw.runState),
    scheduleToCloseTimeoutMs: optionalTsToMs(raw.scheduleToCloseTimeout),
    scheduleToStartTimeoutMs: optionalTsToMs(raw.scheduleToStartTimeout),
    startToCloseTimeoutMs: optionalTsToMs(raw.startToCloseTimeout),
    heartbeatTimeoutMs: optionalTsToMs(raw.heartbeatTimeout),
    retryPolicy: decompileRetryPolicy(raw.retryPolicy) ?? {},
    lastHeartbeatTime: optionalTsToDate(raw.lastHeartbeatTime),
    lastStartedTime: optionalTsToDate(raw.lastStartedTime),
    attempt: raw.attempt,
    expirationTime: optionalTsToDate(raw.expirationTime),
    lastWorkerIdentity: raw.lastWorkerIdentity || undefined,
    currentRetryIntervalMs: optionalTsToMs(raw.currentRetryInterval),
    lastAttemptCompleteTime: optionalTsToDate(raw.lastAttemptCompleteTime),
    nextAttemptScheduleTime: optionalTsToDate(raw.nextAttemptScheduleTime),
    lastDeploymentVersion: convertDeploymentVersion(raw.lastDeploymentVersion),
    priority: decodePriority(raw.priority),
    canceledReason: raw.canceledReason || undefined,
    startDelayMs: optionalTsToMs(raw.startDelay),
    totalHeartbeatCount: raw.totalHeartbeatCount,
  };
}

function contextOf({ namespace }: ClientContext, activityId: string): ActivitySerializationContext {
  return { type: "activity", namespace, activityId, isLocal: false };
}

function target({ namespace }: ClientContext, { activityId, activityRunId }: Run) {
  return { namespace, activityId, runId: activityRunId };
}

function change(client: ClientContext, run: Run) {
  return { ...target(client, run), identity: client.identity, requestId: systemRandom.uuid() };
}

async function call<T>(message: string, fn: () => Promise<T>): Promise<T> {
  try {
    return await fn();
  } catch (error) {
    if (!isGrpcServiceError(error)) throw error;
    throwKnownError(error);
    if (error.code === NOT_FOUND) throw new ActivityNotFoundError(error.details || "Activity not found");
    throw new ServiceError(message, { cause: error });
  }
}
