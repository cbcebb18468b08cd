import type { Input } from "../../../api/codec.ts";
import type {
  DescribeScheduleResponse,
  NewWorkflowExecutionInfo,
  Schedule,
  ScheduleActionResult,
  SchedulePatch,
  WorkflowExecution,
} from "../../../api/gen/messages.js";
import { systemRandom } from "../../../base/index.ts";
import { headerToBytes } from "../../common/host/wire-payloads.ts";
import type { Headers } from "../../common/interceptors.ts";
import { decodeSearchAttributes, decodeTypedSearchAttributes } from "../../common/payload-search-attributes.ts";
import { compilePriority, decodePriority } from "../../common/priority.ts";
import { compileRetryPolicy, decompileRetryPolicy } from "../../common/retry-policy.ts";
import { msOptionalToTs, optionalDateToTs, optionalTsToDate, optionalTsToMs, tsToDate } from "../../common/time.ts";
import { isGrpcServiceError, ServiceError } from "../errors.ts";
import type { CreateScheduleInput, CreateScheduleOutput } from "../interceptors.ts";
import { ScheduleAlreadyRunning, type ListScheduleOptions, ScheduleNotFoundError } from "../schedule-client.ts";
import { compileUpdatedScheduleOptions } from "../schedule-options.ts";
import {
  type Backfill,
  type CompiledScheduleAction,
  type CompiledScheduleUpdateOptions,
  decodeScheduleOverlapPolicy,
  encodeScheduleOverlapPolicy,
  type ScheduleDescription,
  type ScheduleDescriptionAction,
  type ScheduleExecutionResult,
  type ScheduleExecutionStartWorkflowActionResult,
  type ScheduleOptions,
  type ScheduleOverlapPolicy,
  type ScheduleSummary,
  type ScheduleUpdateOptions,
} from "../schedule-types.ts";
import { type ClientContext, workflowContext } from "./client-context.ts";
import { throwKnownError } from "./known-errors.ts";
import { decodeSpec, encodeSpec } from "./schedule-spec.ts";
import {
  decodeMemo,
  decodeSearchAttributePayloads,
  decodeUserMetadata,
  decodeValues,
  encodeMemo,
  encodeSearchAttributes,
  encodeUserMetadata,
  encodeValues,
} from "./values.ts";
import { ALREADY_EXISTS, NOT_FOUND } from "../../connection/status-codes.ts";

const NORMAL_QUEUE = 1;
const NO_TOKEN = new Uint8Array(0);

type Change =
  | { readonly kind: "trigger"; readonly overlap: ScheduleOverlapPolicy | undefined }
  | { readonly kind: "backfill"; readonly backfills: readonly Backfill[] }
  | { readonly kind: "pause" | "unpause"; readonly note: string };

export async function createSchedule(
  client: ClientContext,
  { options, headers }: CreateScheduleInput,
): Promise<CreateScheduleOutput> {
  const { namespace, identity, converter } = client;
  const { scheduleId, state, memo } = options;
  const isPatched = state?.triggerImmediately === true || state?.backfill !== undefined;
  try {
    const { conflictToken } = await client.workflowService.createSchedule({
      namespace,
      identity,
      requestId: systemRandom.uuid(),
      scheduleId,
      schedule: await encodeSchedule(client, options, headers),
      memo: await encodeMemo(converter, memo, undefined),
      searchAttributes: encodeSearchAttributes(options),
      initialPatch: isPatched
        ? {
            triggerImmediately: state.triggerImmediately === true ? { overlapPolicy: ALLOW_ALL } : undefined,
            backfillRequest: state.backfill?.map(encodeBackfill),
          }
        : undefined,
    });
    return { conflictToken };
  } catch (error) {
    if (isGrpcServiceError(error) && error.code === ALREADY_EXISTS) {
      throw new ScheduleAlreadyRunning("Schedule already exists and is running", scheduleId);
    }
    return throwScheduleError(error, "Failed to create schedule", scheduleId);
  }
}

const ALLOW_ALL = 6;

export async function describeSchedule(client: ClientContext, scheduleId: string): Promise<ScheduleDescription> {
  const raw = await describeRaw(client, scheduleId);
  const { schedule, info } = raw;
  if (schedule?.spec === undefined || schedule.action?.startWorkflow === undefined || info === undefined) {
    throw new Error("Received invalid Schedule description from server: missing spec, action or info");
  }
  const { policies, state } = schedule;
  const fields = decodeSearchAttributePayloads(raw.searchAttributes);
  const memo = await decodeMemo(client.converter, raw.memo, undefined);
  return {
    scheduleId,
    spec: decodeSpec(schedule.spec),
    action: await decodeAction(client, schedule.action.startWorkflow),
    ...(memo === undefined ? {} : { memo }),
    searchAttributes: decodeSearchAttributes(fields),
    typedSearchAttributes: decodeTypedSearchAttributes(fields),
    policies: {
      overlap: decodeScheduleOverlapPolicy(policies?.overlapPolicy) ?? "SKIP",
      catchupWindow: optionalTsToMs(policies?.catchupWindow) ?? 60_000,
      pauseOnFailure: policies?.pauseOnFailure ?? false,
    },
    state: {
      paused: state?.paused ?? false,
      note: state?.notes ?? "",
      ...(state?.limitedActions ? { remainingActions: state.remainingActions } : {}),
    },
    info: {
      recentActions: info.recentActions.map(decodeResult),
      nextActionTimes: info.futureActionTimes.map(tsToDate),
      createdAt: optionalTsToDate(info.createTime) ?? new Date(0),
      lastUpdatedAt: optionalTsToDate(info.updateTime),
      runningActions: info.runningWorkflows.map(decodeRunning),
      numActionsMissedCatchupWindow: info.missedCatchupWindow,
      numActionsSkippedOverlap: info.overlapSkipped,
      numActionsTaken: info.actionCount,
    },
    raw,
  };
}

async function describeRaw(client: ClientContext, scheduleId: string): Promise<DescribeScheduleResponse> {
  try {
    return await client.workflowService.describeSchedule({ namespace: client.namespace, scheduleId });
  } catch (error) {
    return throwScheduleError(error, "Failed to describe schedule", scheduleId);
  }
}

export async function updateSchedule(
  client: ClientContext,
  scheduleId: string,
  updateFn: (previous: ScheduleDescription) => ScheduleUpdateOptions,
): Promise<void> {
  const { namespace, identity } = client;
  const current = await describeSchedule(client, scheduleId);
  const changed = compileUpdatedScheduleOptions(scheduleId, updateFn(current));
  const header = current.raw.schedule?.action?.startWorkflow?.header;
  try {
    const schedule = await encodeSchedule(client, changed, {});
    const startWorkflow = schedule.action?.startWorkflow;
    await client.workflowService.updateSchedule({
      namespace,
      identity,
      scheduleId,
      schedule: { ...schedule, action: { startWorkflow: { ...startWorkflow, header } } },
      requestId: systemRandom.uuid(),
      searchAttributes: encodeSearchAttributes(changed),
    });
  } catch (error) {
    throwScheduleError(error, "Failed to update schedule", scheduleId);
  }
}

export async function patchSchedule(client: ClientContext, scheduleId: string, change: Change): Promise<void> {
  const { namespace, identity } = client;
  try {
    await client.workflowService.patchSchedule({
      namespace,
      identity,
      scheduleId,
      requestId: systemRandom.uuid(),
      patch: encodeChange(change),
    });
  } catch (error) {
    throwScheduleError(error, "Failed to patch schedule", scheduleId);
  }
}

export async function deleteSchedule(client: ClientContext, scheduleId: string): Promise<void> {
  const { namespace, identity } = client;
  try {
    await client.workflowService.deleteSchedule({ namespace, identity, scheduleId });
  } catch (error) {
    throwScheduleError(error, "Failed to delete schedule", scheduleId);
  }
}

export async function* listSchedules(
  client: ClientContext,
  { pageSize, query }: ListScheduleOptions,
): AsyncGenerator<ScheduleSummary> {
  const { namespace } = client;
  for (let nextPageToken: Uint8Array = NO_TOKEN; ;) {
    let response;
    try {
      response = await client.workflowService.listSchedules({
        namespace,
        nextPageToken,
        maximumPageSize: pageSize,
        query,
      });
    } catch (error) {
      throwScheduleError(error, "Failed to list schedules", undefined);
    }
    for (const { scheduleId, info, memo, searchAttributes } of response.schedules) {
      const fields = decodeSearchAttributePayloads(searchAttributes);
      yield {
        scheduleId,
        spec: info?.spec && decodeSpec(info.spec),
        action: info?.workflowType && { type: "startWorkflow", workflowType: info.workflowType.name },
        memo: await decodeMemo(client.converter, memo, undefined),
        searchAttributes: decodeSearchAttributes(fields),
        typedSearchAttributes: decodeTypedSearchAttributes(fields),
        state: { paused: info?.paused ?? false, note: info?.notes ?? "" },
        info: {
          recentActions: (info?.recentActions ?? []).map(decodeResult),
          nextActionTimes: (info?.futureActionTimes ?? []).map(tsToDate),
        },
      };
    }
    ({ nextPageToken } = response);
    if (nextPageToken.length === 0) return;
  }
}

type Encodable = Pick<CompiledScheduleUpdateOptions, "spec" | "action" | "policies"> & Pick<ScheduleOptions, "state">;

async function encodeSchedule(client: ClientContext, options: Encodable, headers: Headers): Promise<Input<Schedule>> {
  const { spec, action, policies, state } = options;
  return {
    spec: encodeSpec(spec),
    action: { startWorkflow: await encodeAction(client, action, headers) },
    policies: {
      overlapPolicy: encodeScheduleOverlapPolicy(policies?.overlap),
      catchupWindow: msOptionalToTs(policies?.catchupWindow),
      pauseOnFailure: policies?.pauseOnFailure,
    },
    state: {
      paused: state?.paused,
      notes: state?.note,
      limitedActions: state?.remainingActions !== undefined,
      remainingActions: state?.remainingActions,
    },
  };
}

async function encodeAction(
  client: ClientContext,
  action: CompiledScheduleAction,
  headers: Headers,
): Promise<Input<NewWorkflowExecutionInfo>> {
  const { converter } = client;
  const context = workflowContext(client, action.workflowId);
  return {
    workflowId: action.workflowId,
    workflowType: { name: action.workflowType },
    taskQueue: { name: action.taskQueue, kind: NORMAL_QUEUE },
    input: await encodeValues(converter, action.args, context),
    workflowExecutionTimeout: msOptionalToTs(action.workflowExecutionTimeout),
    workflowRunTimeout: msOptionalToTs(action.workflowRunTimeout),
    workflowTaskTimeout: msOptionalToTs(action.workflowTaskTimeout),
    retryPolicy: action.retry === undefined ? undefined : compileRetryPolicy(action.retry),
    memo: await encodeMemo(converter, action.memo, context),
    searchAttributes: encodeSearchAttributes(action),
    header: headerToBytes(headers),
    userMetadata: await encodeUserMetadata(converter, action, context),
    priority: action.priority === undefined ? undefined : compilePriority(action.priority),
  };
}

async function decodeAction(
  client: ClientContext,
  action: NewWorkflowExecutionInfo,
): Promise<ScheduleDescriptionAction> {
  const { converter } = client;
  const context = workflowContext(client, action.workflowId);
  const fields = decodeSearchAttributePayloads(action.searchAttributes);
  return {
    type: "startWorkflow",
    workflowId: action.workflowId,
    workflowType: action.workflowType?.name ?? "",
    taskQueue: action.taskQueue?.name ?? "",
    args: await decodeValues(converter, action.input, context),
    memo: await decodeMemo(converter, action.memo, context),
    retry: decompileRetryPolicy(action.retryPolicy),
    searchAttributes: decodeSearchAttributes(fields),
    typedSearchAttributes: decodeTypedSearchAttributes(fields),
    workflowExecutionTimeout: optionalTsToMs(action.workflowExecutionTimeout),
    workflowRunTimeout: optionalTsToMs(action.workflowRunTimeout),
    workflowTaskTimeout: optionalTsToMs(action.workflowTaskTimeout),
    priority: decodePriority(action.priority),
    ...(await decodeUserMetadata(converter, action.userMetadata, context)),
  };
}

function encodeChange(change: Change): Input<SchedulePatch> {
  switch (change.kind) {
    case "trigger":
      return { triggerImmediately: { overlapPolicy: encodeScheduleOverlapPolicy(change.overlap) ?? ALLOW_ALL } };
    case "backfill":
      return { backfillRequest: change.backfills.map(encodeBackfill) };
    case "pause":
      return { pause: change.note };
    case "unpause":
      return { unpause: change.note };
  }
}

function encodeBackfill({ start, end, overlap }: Backfill) {
  return {
    startTime: optionalDateToTs(start),
    endTime: optionalDateToTs(end),
    overlapPolicy: encodeScheduleOverlapPolicy(overlap),
  };
}

function decodeResult(result: ScheduleActionResult): ScheduleExecutionResult {
  return {
    scheduledAt: optionalTsToDate(result.scheduleTime) ?? new Date(0),
    takenAt: optionalTsToDate(result.actualTime) ?? new Date(0),
    action: decodeRunning(result.startWorkflowResult),
  };
}

function decodeRunning(execution: WorkflowExecution | undefined): ScheduleExecutionStartWorkflowActionResult {
  const workflow = { workflowId: execution?.workflowId ?? "", firstExecutionRunId: execution?.runId ?? "" };
  return { type: "startWorkflow", workflow };
}

function throwScheduleError(error: unknown, message: string, scheduleId: string | undefined): never {
  if (!isGrpcServiceError(error)) {
    throw new ServiceError("Unexpected error while making gRPC request", { cause: error as Error });
  }
  throwKnownError(error);
  if (error.code === NOT_FOUND)
    throw new ScheduleNotFoundError(error.details || "Schedule not found", scheduleId ?? "");
  throw new ServiceError(message, { cause: error });
}
