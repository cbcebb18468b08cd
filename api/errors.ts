/** Errors as callers of the API meet them: a gRPC status whose detail SDKs branch on (never on the text). */
import type { Codec, Input } from "./codec.ts";
import {
  ActivityExecutionAlreadyStartedFailure,
  CancellationAlreadyRequestedFailure,
  ClientVersionNotSupportedFailure,
  MultiOperationExecutionAborted,
  MultiOperationExecutionFailure,
  NamespaceAlreadyExistsFailure,
  NamespaceInvalidStateFailure,
  NamespaceNotActiveFailure,
  NamespaceNotFoundFailure,
  NamespaceUnavailableFailure,
  NewerBuildExistsFailure,
  NexusOperationExecutionAlreadyStartedFailure,
  NotFoundFailure,
  PermissionDeniedFailure,
  QueryFailedFailure,
  ResourceExhaustedFailure,
  ServerVersionNotSupportedFailure,
  Status,
  SystemWorkflowFailure,
  WorkflowExecutionAlreadyStartedFailure,
  WorkflowNotReadyFailure,
  WorkflowTaskCompletionBufferLostFailure,
} from "./gen/messages.js";

/** The status codes of gRPC. */
export const Code = {
  OK: 0,
  CANCELLED: 1,
  UNKNOWN: 2,
  INVALID_ARGUMENT: 3,
  DEADLINE_EXCEEDED: 4,
  NOT_FOUND: 5,
  ALREADY_EXISTS: 6,
  PERMISSION_DENIED: 7,
  RESOURCE_EXHAUSTED: 8,
  FAILED_PRECONDITION: 9,
  ABORTED: 10,
  OUT_OF_RANGE: 11,
  UNIMPLEMENTED: 12,
  INTERNAL: 13,
  UNAVAILABLE: 14,
  DATA_LOSS: 15,
  UNAUTHENTICATED: 16,
} as const;
export type Code = (typeof Code)[keyof typeof Code];

/** A message of `temporal.api.errordetails.v1`, encoded. */
export interface ErrorDetail {
  /** Full protobuf name. */
  readonly typeName: string;
  readonly bytes: Uint8Array;
}

/** What a call is answered with when it is refused. Has no stack: it is an answer, and thousands a second may be given. */
export class ServiceError extends Error {
  override readonly name = "ServiceError";
  readonly code: Code;
  readonly detail: ErrorDetail | undefined;

  constructor(code: Code, message: string, detail?: ErrorDetail) {
    const limit = Error.stackTraceLimit;
    Error.stackTraceLimit = 0;
    super(message);
    Error.stackTraceLimit = limit;
    this.code = code;
    this.detail = detail;
  }
}

const TYPE_URL = "type.googleapis.com/";

/** `google.rpc.Status`, as it goes into `grpc-status-details-bin`. */
export function encodeStatus(code: Code, message: string, details: readonly ErrorDetail[]): Uint8Array {
  const packed = details.map(({ typeName, bytes }) => ({ typeUrl: TYPE_URL + typeName, value: bytes }));
  return Status.encode({ code, message, details: packed });
}

/** The status of an error; undefined when code and message say everything. */
export function encodeErrorStatus(error: ServiceError): Uint8Array | undefined {
  return error.detail === undefined ? undefined : encodeStatus(error.code, error.message, [error.detail]);
}

function detail<T>(codec: Codec<T>, message: Input<T>): ErrorDetail {
  return { typeName: codec.typeName, bytes: codec.encode(message) };
}

/** An unknown or closed workflow, a stale task token, an unknown schedule. */
export function notFound(message: string): ServiceError {
  return new ServiceError(Code.NOT_FOUND, message, detail(NotFoundFailure, {}));
}

/** SDK workers take this one as fatal. */
export function namespaceNotFound(namespace: string): ServiceError {
  const message = `Namespace ${namespace} is not found.`;
  return new ServiceError(Code.NOT_FOUND, message, detail(NamespaceNotFoundFailure, { namespace }));
}

export function alreadyStarted(message: string, failure: Input<WorkflowExecutionAlreadyStartedFailure>): ServiceError {
  return new ServiceError(Code.ALREADY_EXISTS, message, detail(WorkflowExecutionAlreadyStartedFailure, failure));
}

export function activityAlreadyStarted(
  message: string,
  failure: Input<ActivityExecutionAlreadyStartedFailure>,
): ServiceError {
  return new ServiceError(Code.ALREADY_EXISTS, message, detail(ActivityExecutionAlreadyStartedFailure, failure));
}

export function nexusOperationAlreadyStarted(
  message: string,
  failure: Input<NexusOperationExecutionAlreadyStartedFailure>,
): ServiceError {
  return new ServiceError(Code.ALREADY_EXISTS, message, detail(NexusOperationExecutionAlreadyStartedFailure, failure));
}

export function namespaceAlreadyExists(message: string): ServiceError {
  return new ServiceError(Code.ALREADY_EXISTS, message, detail(NamespaceAlreadyExistsFailure, {}));
}

export function cancellationAlreadyRequested(message: string): ServiceError {
  return new ServiceError(Code.ALREADY_EXISTS, message, detail(CancellationAlreadyRequestedFailure, {}));
}

export function invalidArgument(message: string): ServiceError {
  return new ServiceError(Code.INVALID_ARGUMENT, message);
}

export function failedPrecondition(message: string): ServiceError {
  return new ServiceError(Code.FAILED_PRECONDITION, message);
}

export function namespaceInvalidState(message: string, failure: Input<NamespaceInvalidStateFailure>): ServiceError {
  return new ServiceError(Code.FAILED_PRECONDITION, message, detail(NamespaceInvalidStateFailure, failure));
}

export function namespaceNotActive(message: string, failure: Input<NamespaceNotActiveFailure>): ServiceError {
  return new ServiceError(Code.FAILED_PRECONDITION, message, detail(NamespaceNotActiveFailure, failure));
}

export function namespaceUnavailable(namespace: string): ServiceError {
  const message = `Namespace unavailable: "${namespace}"`;
  return new ServiceError(Code.UNAVAILABLE, message, detail(NamespaceUnavailableFailure, { namespace }));
}

/** `failure` is the encoded failure that the query's handler gave. */
export function queryFailed(message: string, failure: Uint8Array | undefined): ServiceError {
  return new ServiceError(Code.INVALID_ARGUMENT, message, detail(QueryFailedFailure, { failure }));
}

/** A query or update that cannot be answered now. */
export function workflowNotReady(message: string): ServiceError {
  return new ServiceError(Code.FAILED_PRECONDITION, message, detail(WorkflowNotReadyFailure, {}));
}

/** Any limit on rate, size or concurrency. */
export function resourceExhausted(limit: Input<ResourceExhaustedFailure> & { readonly message: string }): ServiceError {
  const { message, cause, scope } = limit;
  return new ServiceError(Code.RESOURCE_EXHAUSTED, message, detail(ResourceExhaustedFailure, { cause, scope }));
}

export function permissionDenied(message: string, reason: string): ServiceError {
  return new ServiceError(Code.PERMISSION_DENIED, message, detail(PermissionDeniedFailure, { reason }));
}

export function newerBuildExists(message: string, defaultBuildId: string): ServiceError {
  return new ServiceError(Code.OUT_OF_RANGE, message, detail(NewerBuildExistsFailure, { defaultBuildId }));
}

export function clientVersionNotSupported(
  message: string,
  failure: Input<ClientVersionNotSupportedFailure>,
): ServiceError {
  return new ServiceError(Code.FAILED_PRECONDITION, message, detail(ClientVersionNotSupportedFailure, failure));
}

export function serverVersionNotSupported(
  message: string,
  failure: Input<ServerVersionNotSupportedFailure>,
): ServiceError {
  return new ServiceError(Code.FAILED_PRECONDITION, message, detail(ServerVersionNotSupportedFailure, failure));
}

/** Pages of a workflow task's completion were lost; the worker sends all of them again. */
export function completionBufferLost(message: string): ServiceError {
  return new ServiceError(Code.ABORTED, message, detail(WorkflowTaskCompletionBufferLostFailure, {}));
}

export function systemWorkflowFailed(message: string, failure: Input<SystemWorkflowFailure>): ServiceError {
  return new ServiceError(Code.INTERNAL, message, detail(SystemWorkflowFailure, failure));
}

/** The status of one operation of several; `undefined` for one that was dropped because of another. */
export type OperationStatus = ServiceError | "ok" | undefined;

const ABORTED_TEXT = "Operation was aborted.";

/** Operations that were asked for together: the code is that of the first that failed by itself. */
export function multiOperation(message: string, operations: readonly OperationStatus[]): ServiceError {
  const first = operations.find((operation) => operation instanceof ServiceError);
  const aborted = new ServiceError(Code.ABORTED, ABORTED_TEXT, detail(MultiOperationExecutionAborted, {}));
  const statuses = operations.map((operation) => {
    if (operation === "ok") return { code: Code.OK };
    const { code, message: text, detail: cause } = operation ?? aborted;
    const details = cause === undefined ? [] : [{ typeUrl: TYPE_URL + cause.typeName, value: cause.bytes }];
    return { code, message: text, details };
  });
  const failure = detail(MultiOperationExecutionFailure, { statuses });
  return new ServiceError(first?.code ?? Code.ABORTED, message, failure);
}
