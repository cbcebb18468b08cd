/** What a refused call says beyond its code: the details that servers put into `grpc-status-details-bin`. */
import {
  type Any,
  MultiOperationExecutionFailure,
  NamespaceNotFoundFailure,
  Status,
  WorkflowExecutionAlreadyStartedFailure,
} from "../../../api/gen/messages.js";
import { NamespaceNotFoundError, WorkflowNotFoundError } from "../../common/errors.ts";
import { WorkflowExecutionAlreadyStartedError } from "../../common/failure.ts";
import { statusDetailsOf } from "../../connection/index.ts";
import {
  type GrpcServiceError,
  isGrpcServiceError,
  ServiceError,
  WorkflowUpdateRPCTimeoutOrCancelledError,
} from "../errors.ts";
import type { WorkflowExecution } from "../types.ts";
import { ALREADY_EXISTS, CANCELLED, DEADLINE_EXCEEDED, NOT_FOUND } from "../../connection/status-codes.ts";

const MULTI_OPERATION_ABORTED = "temporal.api.failure.v1.MultiOperationExecutionAborted";

/** The details of a call's status. */
export function detailsOf(error: GrpcServiceError): Any[] {
  const bytes = statusDetailsOf(error);
  return bytes === undefined ? [] : Status.decode(bytes).details;
}

/** The detail of this message type. */
export function findDetail<T>(
  details: readonly Any[],
  codec: { readonly typeName: string; decode(bytes: Uint8Array): T },
): T | undefined {
  const detail = details.find(({ typeUrl }) => typeOf(typeUrl) === codec.typeName);
  return detail === undefined ? undefined : codec.decode(detail.value);
}

/** Errors that mean the same whatever was called. */
export function throwKnownError(error: GrpcServiceError): void {
  const namespace = findDetail(detailsOf(error), NamespaceNotFoundFailure);
  if (namespace !== undefined) throw new NamespaceNotFoundError(namespace.namespace);
}

/** A refused call as the error that users catch. */
export function throwServiceError(error: unknown, message: string, execution?: WorkflowExecution): never {
  if (!isGrpcServiceError(error)) {
    throw new ServiceError("Unexpected error while making gRPC request", { cause: error as Error });
  }
  throwKnownError(error);
  if (error.code === NOT_FOUND) {
    throw new WorkflowNotFoundError(error.details, execution?.workflowId ?? "", execution?.runId);
  }
  throw new ServiceError(message, { cause: error });
}

/** The same for updates, whose waiting may end before they do. */
export function throwUpdateError(error: unknown, message: string, execution?: WorkflowExecution): never {
  if (isGrpcServiceError(error) && (error.code === DEADLINE_EXCEEDED || error.code === CANCELLED)) {
    throw new WorkflowUpdateRPCTimeoutOrCancelledError(error.details || "Update call timeout or cancelled", {
      cause: error,
    });
  }
  throwServiceError(error, message, execution);
}

/** A start that was refused. */
export function throwStartError(
  error: unknown,
  message: string,
  start: { workflowId: string; workflowType: string },
): never {
  if (isGrpcServiceError(error) && error.code === ALREADY_EXISTS) {
    throw new WorkflowExecutionAlreadyStartedError(
      "Workflow execution already started",
      start.workflowId,
      start.workflowType,
    );
  }
  throwServiceError(error, message, { workflowId: start.workflowId });
}

/** The errors of a start and an update that were asked for together; undefined where there is none. */
export function multiOperationErrors(
  error: unknown,
  start: { workflowId: string; workflowType: string },
): { start: Error | undefined; update: Error | undefined } | undefined {
  if (!isGrpcServiceError(error)) return undefined;
  const failure = findDetail(detailsOf(error), MultiOperationExecutionFailure);
  if (failure === undefined) return undefined;
  const errors = failure.statuses.map(({ code, message, details }) => {
    if (code === 0 || details.some(({ typeUrl }) => typeOf(typeUrl) === MULTI_OPERATION_ABORTED)) return undefined;
    if (findDetail(details, WorkflowExecutionAlreadyStartedFailure) !== undefined) {
      const { workflowId, workflowType } = start;
      return new WorkflowExecutionAlreadyStartedError("Workflow execution already started", workflowId, workflowType);
    }
    return Object.assign(new Error(message, { cause: error }), {
      code,
      details: message,
      metadata: { get: (name: string) => (name === "grpc-status-details-bin" ? [] : error.metadata.get(name)) },
    });
  });
  return { start: errors[0], update: errors[1] };
}

function typeOf(typeUrl: string): string {
  return typeUrl.slice(typeUrl.lastIndexOf("/") + 1);
}
