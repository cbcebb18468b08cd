/** Standalone Nexus operations. */
import {
  type NexusOperationExecutionCancellationInfo as RawCancellation,
  NexusOperationExecutionAlreadyStartedFailure,
  type NexusOperationExecutionInfo,
  type NexusOperationExecutionListInfo,
} from "../../../api/gen/messages.js";
import { systemRandom } from "../../../base/index.ts";
import { payloadFromBytes } from "../../common/host/wire-payloads.ts";
import {
  decodeTypedSearchAttributes,
  typedSearchAttributePayloadConverter,
} from "../../common/payload-search-attributes.ts";
import { msOptionalToTs, optionalTsToDate, optionalTsToMs } from "../../common/time.ts";
import { isGrpcServiceError, ServiceError } from "../errors.ts";
import {
  NexusOperationAlreadyStartedError,
  NexusOperationFailureError,
  NexusOperationNotFoundError,
} from "../nexus-client.ts";
import type {
  CancelNexusOperationInput,
  DescribeNexusOperationInput,
  GetNexusOperationResultInput,
  ListNexusOperationsInput,
  StartNexusOperationInput,
} from "../nexus-interceptors.ts";
import {
  decodeNexusOperationCancellationState,
  decodeNexusOperationExecutionStatus,
  decodePendingNexusOperationState,
  encodeNexusOperationIdConflictPolicy,
  encodeNexusOperationIdReusePolicy,
  type NexusOperationExecution,
  type NexusOperationExecutionCancellationInfo,
  type NexusOperationExecutionCount,
  type NexusOperationExecutionDescription,
} from "../nexus-types.ts";
import type { ClientContext } from "./client-context.ts";
import { detailsOf, findDetail, throwKnownError } from "./known-errors.ts";
import {
  decodeError,
  decodeSearchAttributePayloads,
  decodeUserMetadata,
  decodeValue,
  encodeSearchAttributes,
  encodeUserMetadata,
  encodeValue,
} from "./values.ts";
import { NOT_FOUND } from "../../connection/status-codes.ts";

const CLOSED = 2;
const NO_TOKEN = new Uint8Array(0);

type Run = { readonly operationId: string; readonly runId?: string };

export async function startNexusOperation(
  client: ClientContext,
  input: StartNexusOperationInput,
): Promise<{ runId: string }> {
  const { namespace, identity, converter } = client;
  const { id: operationId, endpoint, service, operation, headers } = input;
  return call("Failed to start Nexus operation", { operationId }, async () =>
    client.workflowService.startNexusOperationExecution({
      namespace,
      identity,
      requestId: systemRandom.uuid(),
      operationId,
      endpoint,
      service,
      operation,
      scheduleToCloseTimeout: msOptionalToTs(input.scheduleToCloseTimeout),
      scheduleToStartTimeout: msOptionalToTs(input.scheduleToStartTimeout),
      startToCloseTimeout: msOptionalToTs(input.startToCloseTimeout),
      input: await encodeValue(converter, input.arg, undefined, input.inputType),
      idReusePolicy: encodeNexusOperationIdReusePolicy(input.idReusePolicy),
      idConflictPolicy: encodeNexusOperationIdConflictPolicy(input.idConflictPolicy),
      searchAttributes: encodeSearchAttributes({ typedSearchAttributes: input.searchAttributes }),
      nexusHeader: headers,
      userMetadata: await encodeUserMetadata(converter, { staticSummary: input.summary }, undefined),
    }),
  );
}

/** Asks until the operation is closed. */
export async function nexusOperationResult(
  client: ClientContext,
  input: GetNexusOperationResultInput,
): Promise<unknown> {
  for (;;) {
    const { result, failure } = await call("Failed to get Nexus operation result", input, () =>
      client.workflowService.pollNexusOperationExecution({ ...target(client, input), waitStage: CLOSED }),
    );
    if (result !== undefined) return decodeValue(client.converter, result, undefined, input.outputType);
    const cause = await decodeError(client.converter, failure, undefined);
    if (cause !== undefined) throw new NexusOperationFailureError("Nexus operation failed", cause);
  }
}

export async function describeNexusOperation(
  client: ClientContext,
  input: DescribeNexusOperationInput,
): Promise<NexusOperationExecutionDescription> {
  const { info } = await call("Failed to describe Nexus operation", input, () =>
    client.workflowService.describeNexusOperationExecution(target(client, input)),
  );
  if (info === undefined) throw new TypeError("The server described no Nexus operation");
  const { converter } = client;
  const metadata = () => decodeUserMetadata(converter, info.userMetadata, undefined);
  return {
    ...executionOf(info),
    raw: info,
    state: decodePendingNexusOperationState(info.state),
    scheduleToCloseTimeout: optionalTsToMs(info.scheduleToCloseTimeout),
    scheduleToStartTimeout: optionalTsToMs(info.scheduleToStartTimeout),
    startToCloseTimeout: optionalTsToMs(info.startToCloseTimeout),
    attempt: info.attempt,
    expirationTime: optionalTsToDate(info.expirationTime),
    lastAttemptCompleteTime: optionalTsToDate(info.lastAttemptCompleteTime),
    nextAttemptScheduleTime: optionalTsToDate(info.nextAttemptScheduleTime),
    lastAttemptFailure: await decodeError(converter, info.lastAttemptFailure, undefined),
    blockedReason: info.blockedReason || undefined,
    requestId: info.requestId,
    operationToken: info.operationToken || undefined,
    identity: info.identity,
    cancellationInfo: info.cancellationInfo && (await cancellationOf(client, info.cancellationInfo)),
    staticSummary: async () => (await metadata()).staticSummary,
    staticDetails: async () => (await metadata()).staticDetails,
  };
}

export async function cancelNexusOperation(client: ClientContext, input: CancelNexusOperationInput): Promise<void> {
  const request = { ...change(client, input), reason: input.reason };
  await call("Failed to cancel Nexus operation", input, () =>
    client.workflowService.requestCancelNexusOperationExecution(request),
  );
}

export async function terminateNexusOperation(client: ClientContext, input: CancelNexusOperationInput): Promise<void> {
  const request = { ...change(client, input), reason: input.reason };
  await call("Failed to terminate Nexus operation", input, () =>
    client.workflowService.terminateNexusOperationExecution(request),
  );
}

export async function* listNexusOperations(
  client: ClientContext,
  options: ListNexusOperationsInput,
): AsyncGenerator<NexusOperationExecution> {
  for (let nextPageToken: Uint8Array = NO_TOKEN; ;) {
    const request = { namespace: client.namespace, nextPageToken, ...options };
    const page = await call("Failed to list Nexus operations", undefined, () =>
      client.workflowService.listNexusOperationExecutions(request),
    );
    for (const raw of page.operations) yield { ...executionOf(raw), raw };
    ({ nextPageToken } = page);
    if (nextPageToken.length === 0) return;
  }
}

export async function countNexusOperations(
  client: ClientContext,
  query: string | undefined,
): Promise<NexusOperationExecutionCount> {
  const { count, groups } = await call("Failed to count Nexus operations", undefined, () =>
    client.workflowService.countNexusOperationExecutions({ namespace: client.namespace, query }),
  );
  return {
    count,
    groups: groups.map((group) => ({
      count: group.count,
      groupValues: group.groupValues.map((value) =>
        typedSearchAttributePayloadConverter.fromPayload(payloadFromBytes(value)),
      ),
    })),
  };
}

function executionOf(raw: NexusOperationExecutionInfo | NexusOperationExecutionListInfo) {
  return {
    operationId: raw.operationId,
    runId: raw.runId,
    endpoint: raw.endpoint,
    service: raw.service,
    operation: raw.operation,
    scheduleTime: optionalTsToDate(raw.scheduleTime),
    closeTime: optionalTsToDate(raw.closeTime),
    status: decodeNexusOperationExecutionStatus(raw.status),
    searchAttributes: decodeTypedSearchAttributes(decodeSearchAttributePayloads(raw.searchAttributes)),
    stateTransitionCount: raw.stateTransitionCount,
    executionDuration: optionalTsToMs(raw.executionDuration),
  };
}

async function cancellationOf(
  client: ClientContext,
  raw: RawCancellation,
): Promise<NexusOperationExecutionCancellationInfo> {
  return {
    requestedTime: optionalTsToDate(raw.requestedTime),
    state: decodeNexusOperationCancellationState(raw.state),
    attempt: raw.attempt,
    lastAttemptCompleteTime: optionalTsToDate(raw.lastAttemptCompleteTime),
    nextAttemptScheduleTime: optionalTsToDate(raw.nextAttemptScheduleTime),
    lastAttemptFailure: await decodeError(client.converter, raw.lastAttemptFailure, undefined),
    blockedReason: raw.blockedReason || undefined,
    reason: raw.reason,
    raw,
  };
}

function target({ namespace }: ClientContext, { operationId, runId }: Run) {
  return { namespace, operationId, runId };
}

function change(client: ClientContext, run: Run) {
  return { ...target(client, run), identity: client.identity, requestId: systemRandom.uuid() };
}

async function call<T>(message: string, run: Run | undefined, fn: () => Promise<T>): Promise<T> {
  try {
    return await fn();
  } catch (error) {
    if (!isGrpcServiceError(error)) throw error;
    const existing = findDetail(detailsOf(error), NexusOperationExecutionAlreadyStartedFailure);
    if (existing !== undefined) throw new NexusOperationAlreadyStartedError(run?.operationId ?? "", existing.runId);
    throwKnownError(error);
    if (error.code === NOT_FOUND && run !== undefined) {
      throw new NexusOperationNotFoundError(run.operationId, run.runId);
    }
    throw new ServiceError(message, { cause: error });
  }
}
