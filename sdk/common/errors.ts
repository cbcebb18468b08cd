import { markErrorClass } from "./error-class.ts";

/** Thrown from code that receives a value that is unexpected or that it is unable to handle. */
export class ValueError extends Error {
  override readonly cause?: unknown;

  constructor(message: string | undefined, cause?: unknown) {
    super(message);
    this.cause = cause;
  }
}
markErrorClass(ValueError, "ValueError");

/** Thrown when a payload converter is misconfigured. */
export class PayloadConverterError extends ValueError {}
markErrorClass(PayloadConverterError, "PayloadConverterError");

/** An operation is illegal in the current state of the object, such as the use of something already closed. */
export class IllegalStateError extends Error {}
markErrorClass(IllegalStateError, "IllegalStateError");

/**
 * The server knows no workflow of this id: the id is wrong, the workflow is closed (for calls such as `terminate`), or
 * it was deleted when its retention ended.
 */
export class WorkflowNotFoundError extends Error {
  readonly workflowId: string;
  readonly runId: string | undefined;

  constructor(message: string, workflowId: string, runId: string | undefined) {
    super(message);
    this.workflowId = workflowId;
    this.runId = runId;
  }
}
markErrorClass(WorkflowNotFoundError, "WorkflowNotFoundError");

/** The server knows no namespace of this name. */
export class NamespaceNotFoundError extends Error {
  readonly namespace: string;

  constructor(namespace: string) {
    super(`Namespace not found: '${namespace}'`);
    this.namespace = namespace;
  }
}
markErrorClass(NamespaceNotFoundError, "NamespaceNotFoundError");

/**
 * Thrown by an activity to make the worker forget it: the activity is completed later, from anywhere, through the
 * client's async completion.
 */
export class CompleteAsyncError extends Error {}
markErrorClass(CompleteAsyncError, "CompleteAsyncError");

/** A payload refers to external storage, and none is configured. */
export class ExternalStorageNotConfiguredError extends Error {
  constructor(message = "Detected externally stored payload(s) but external storage is not configured.") {
    super(`[TMPRL1105] ${message}`);
  }
}
markErrorClass(ExternalStorageNotConfiguredError, "ExternalStorageNotConfiguredError");
