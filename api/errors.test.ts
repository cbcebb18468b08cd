import { expect, test } from "vitest";
import * as errors from "./errors.ts";
import { Code, type ServiceError, encodeErrorStatus, multiOperation } from "./errors.ts";
import * as messages from "./gen/messages.js";
import type { Codec } from "./codec.ts";
import { MultiOperationExecutionFailure, Status } from "./gen/messages.js";

const codecs = messages as unknown as Record<string, Codec<object>>;

const rows: [error: ServiceError, code: Code, detail: string | undefined][] = [
  [errors.notFound("m"), Code.NOT_FOUND, "NotFoundFailure"],
  [errors.namespaceNotFound("n"), Code.NOT_FOUND, "NamespaceNotFoundFailure"],
  [errors.alreadyStarted("m", { runId: "r" }), Code.ALREADY_EXISTS, "WorkflowExecutionAlreadyStartedFailure"],
  [errors.activityAlreadyStarted("m", {}), Code.ALREADY_EXISTS, "ActivityExecutionAlreadyStartedFailure"],
  [errors.nexusOperationAlreadyStarted("m", {}), Code.ALREADY_EXISTS, "NexusOperationExecutionAlreadyStartedFailure"],
  [errors.namespaceAlreadyExists("m"), Code.ALREADY_EXISTS, "NamespaceAlreadyExistsFailure"],
  [errors.cancellationAlreadyRequested("m"), Code.ALREADY_EXISTS, "CancellationAlreadyRequestedFailure"],
  [errors.invalidArgument("m"), Code.INVALID_ARGUMENT, undefined],
  [errors.failedPrecondition("m"), Code.FAILED_PRECONDITION, undefined],
  [errors.namespaceInvalidState("m", {}), Code.FAILED_PRECONDITION, "NamespaceInvalidStateFailure"],
  [errors.namespaceNotActive("m", {}), Code.FAILED_PRECONDITION, "NamespaceNotActiveFailure"],
  [errors.namespaceUnavailable("n"), Code.UNAVAILABLE, "NamespaceUnavailableFailure"],
  [errors.queryFailed("m", new Uint8Array([10, 1, 65])), Code.INVALID_ARGUMENT, "QueryFailedFailure"],
  [errors.workflowNotReady("m"), Code.FAILED_PRECONDITION, "WorkflowNotReadyFailure"],
  [errors.resourceExhausted({ message: "m", cause: 5, scope: 1 }), Code.RESOURCE_EXHAUSTED, "ResourceExhaustedFailure"],
  [errors.permissionDenied("m", "r"), Code.PERMISSION_DENIED, "PermissionDeniedFailure"],
  [errors.newerBuildExists("m", "b"), Code.OUT_OF_RANGE, "NewerBuildExistsFailure"],
  [errors.clientVersionNotSupported("m", {}), Code.FAILED_PRECONDITION, "ClientVersionNotSupportedFailure"],
  [errors.serverVersionNotSupported("m", {}), Code.FAILED_PRECONDITION, "ServerVersionNotSupportedFailure"],
  [errors.completionBufferLost("m"), Code.ABORTED, "WorkflowTaskCompletionBufferLostFailure"],
  [errors.systemWorkflowFailed("m", {}), Code.INTERNAL, "SystemWorkflowFailure"],
];

test.each(rows)("%s has its code and its detail", (error, code, detail) => {
  expect(error.code).toBe(code);
  const encoded = encodeErrorStatus(error);
  if (detail === undefined) {
    expect(encoded).toBeUndefined();
    return;
  }
  const status = Status.decode(encoded!);
  expect(status).toMatchObject({ code, message: error.message });
  expect(status.details.map(({ typeUrl }) => typeUrl)).toEqual([
    `type.googleapis.com/temporal.api.errordetails.v1.${detail}`,
  ]);
  const codec = codecs[detail]!;
  expect(codec.encode(codec.decode(status.details[0]!.value))).toEqual(new Uint8Array(error.detail!.bytes));
});

test("of several operations the code is that of the first that failed itself", () => {
  const error = multiOperation("Update-with-Start could not be executed.", [undefined, errors.invalidArgument("bad")]);
  expect(error.code).toBe(Code.INVALID_ARGUMENT);
  const { statuses } = MultiOperationExecutionFailure.decode(error.detail!.bytes);
  expect(statuses.map(({ code, details }) => [code, details.map(({ typeUrl }) => typeUrl)])).toEqual([
    [Code.ABORTED, ["type.googleapis.com/temporal.api.failure.v1.MultiOperationExecutionAborted"]],
    [Code.INVALID_ARGUMENT, []],
  ]);
});

test("several operations that were all aborted are aborted", () => {
  expect(multiOperation("m", [undefined, undefined]).code).toBe(Code.ABORTED);
});

test("a service error costs no stack trace", () => {
  expect(errors.notFound("m").stack).not.toContain("\n    at ");
  expect(new Error("other").stack).toContain("\n    at ");
});
