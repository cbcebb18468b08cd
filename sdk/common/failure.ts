/** The errors that cross the boundaries of workflows and activities, and what makes one of any other error. */
import type { Duration } from "./duration.ts";
import { markErrorClass } from "./error-class.ts";
import type { ProtoFailure } from "./payload.ts";
import { makeProtoEnumConverters } from "./proto-enum.ts";
import { errorMessage, isError, isRecord } from "./type-helpers.ts";

export type { ProtoFailure } from "./payload.ts";

/** `source` of every failure written here: a workflow may move between this SDK and the official one. */
export const FAILURE_SOURCE = "TypeScriptSDK";

/** Which time was over. */
export const TimeoutType = {
  START_TO_CLOSE: "START_TO_CLOSE",
  SCHEDULE_TO_START: "SCHEDULE_TO_START",
  SCHEDULE_TO_CLOSE: "SCHEDULE_TO_CLOSE",
  HEARTBEAT: "HEARTBEAT",
  /** @deprecated Use {@link START_TO_CLOSE}. */
  TIMEOUT_TYPE_START_TO_CLOSE: "START_TO_CLOSE",
  /** @deprecated Use {@link SCHEDULE_TO_START}. */
  TIMEOUT_TYPE_SCHEDULE_TO_START: "SCHEDULE_TO_START",
  /** @deprecated Use {@link SCHEDULE_TO_CLOSE}. */
  TIMEOUT_TYPE_SCHEDULE_TO_CLOSE: "SCHEDULE_TO_CLOSE",
  /** @deprecated Use {@link HEARTBEAT}. */
  TIMEOUT_TYPE_HEARTBEAT: "HEARTBEAT",
  /** @deprecated Use `undefined`. */
  TIMEOUT_TYPE_UNSPECIFIED: undefined,
} as const;
export type TimeoutType = (typeof TimeoutType)[keyof typeof TimeoutType];

/** From the name that users see to the number that is sent, and back. */
export const [encodeTimeoutType, decodeTimeoutType] = makeProtoEnumConverters(
  { UNSPECIFIED: 0, START_TO_CLOSE: 1, SCHEDULE_TO_START: 2, SCHEDULE_TO_CLOSE: 3, HEARTBEAT: 4 },
  "TIMEOUT_TYPE_",
);

/** Why an activity or workflow is not tried again. */
export const RetryState = {
  IN_PROGRESS: "IN_PROGRESS",
  NON_RETRYABLE_FAILURE: "NON_RETRYABLE_FAILURE",
  TIMEOUT: "TIMEOUT",
  MAXIMUM_ATTEMPTS_REACHED: "MAXIMUM_ATTEMPTS_REACHED",
  RETRY_POLICY_NOT_SET: "RETRY_POLICY_NOT_SET",
  INTERNAL_SERVER_ERROR: "INTERNAL_SERVER_ERROR",
  CANCEL_REQUESTED: "CANCEL_REQUESTED",
  /** @deprecated Use {@link IN_PROGRESS}. */
  RETRY_STATE_IN_PROGRESS: "IN_PROGRESS",
  /** @deprecated Use {@link NON_RETRYABLE_FAILURE}. */
  RETRY_STATE_NON_RETRYABLE_FAILURE: "NON_RETRYABLE_FAILURE",
  /** @deprecated Use {@link TIMEOUT}. */
  RETRY_STATE_TIMEOUT: "TIMEOUT",
  /** @deprecated Use {@link MAXIMUM_ATTEMPTS_REACHED}. */
  RETRY_STATE_MAXIMUM_ATTEMPTS_REACHED: "MAXIMUM_ATTEMPTS_REACHED",
  /** @deprecated Use {@link RETRY_POLICY_NOT_SET}. */
  RETRY_STATE_RETRY_POLICY_NOT_SET: "RETRY_POLICY_NOT_SET",
  /** @deprecated Use {@link INTERNAL_SERVER_ERROR}. */
  RETRY_STATE_INTERNAL_SERVER_ERROR: "INTERNAL_SERVER_ERROR",
  /** @deprecated Use {@link CANCEL_REQUESTED}. */
  RETRY_STATE_CANCEL_REQUESTED: "CANCEL_REQUESTED",
  /** @deprecated Use `undefined`. */
  RETRY_STATE_UNSPECIFIED: undefined,
} as const;
export type RetryState = (typeof RetryState)[keyof typeof RetryState];

/** From the name that users see to the number that is sent, and back. */
export const [encodeRetryState, decodeRetryState] = makeProtoEnumConverters(
  {
    UNSPECIFIED: 0,
    IN_PROGRESS: 1,
    NON_RETRYABLE_FAILURE: 2,
    TIMEOUT: 3,
    MAXIMUM_ATTEMPTS_REACHED: 4,
    RETRY_POLICY_NOT_SET: 5,
    INTERNAL_SERVER_ERROR: 6,
    CANCEL_REQUESTED: 7,
  },
  "RETRY_STATE_",
);

/** How severe an application failure is: a benign one is logged at `DEBUG` and not counted. */
export const ApplicationFailureCategory = { BENIGN: "BENIGN" } as const;
export type ApplicationFailureCategory = (typeof ApplicationFailureCategory)[keyof typeof ApplicationFailureCategory];

/** From the name that users give to the number that is sent, and back. */
export const [encodeApplicationFailureCategory, decodeApplicationFailureCategory] = makeProtoEnumConverters(
  { UNSPECIFIED: 0, BENIGN: 1 },
  "APPLICATION_ERROR_CATEGORY_",
);

/** A run of a workflow, or its current run. */
export interface WorkflowExecution {
  workflowId?: string | null;
  runId?: string | null;
}

/** A failure that may cross the boundaries of workflows and activities. Throw {@link ApplicationFailure}, extend none. */
export class TemporalFailure extends Error {
  override readonly cause?: Error | undefined;
  /** What this error was made from, when it came from elsewhere. */
  failure?: ProtoFailure;

  constructor(message?: string | undefined | null, cause?: Error | undefined) {
    super(message ?? undefined);
    this.cause = cause;
  }
}
markErrorClass(TemporalFailure, "TemporalFailure");

/** An error of the service itself. */
export class ServerFailure extends TemporalFailure {
  readonly nonRetryable: boolean;

  constructor(message: string | undefined, nonRetryable: boolean, cause?: Error) {
    super(message, cause);
    this.nonRetryable = nonRetryable;
  }
}
markErrorClass(ServerFailure, "ServerFailure");

/** What a failure of an application is made of; see `ApplicationFailure.create`. */
export interface ApplicationFailureOptions {
  message?: string;
  /** Compared with the retry policy's `nonRetryableErrorTypes`. */
  type?: string;
  /** Default false. */
  nonRetryable?: boolean;
  /** Converted by the payload converter. */
  details?: unknown[];
  /** The delay until the next attempt, instead of the retry policy's. */
  nextRetryDelay?: Duration;
  cause?: Error;
  category?: ApplicationFailureCategory;
}

/**
 * An application's own failure: fails the workflow that throws it, and an activity's attempt. Any other error that an
 * activity throws is made into one; any other error that a workflow throws fails its workflow task only.
 */
export class ApplicationFailure extends TemporalFailure {
  readonly type?: string | undefined | null;
  readonly nonRetryable?: boolean | undefined | null;
  readonly details?: unknown[] | undefined | null;
  readonly nextRetryDelay?: Duration | undefined | null;
  readonly category?: ApplicationFailureCategory | undefined | null;

  /** {@link ApplicationFailure.create} and {@link ApplicationFailure.fromError} are easier to read. */
  constructor(
    message?: string | undefined | null,
    type?: string | undefined | null,
    nonRetryable?: boolean | undefined | null,
    details?: unknown[] | undefined | null,
    cause?: Error,
    nextRetryDelay?: Duration | undefined | null,
    category?: ApplicationFailureCategory | undefined | null,
  ) {
    super(message, cause);
    this.type = type;
    this.nonRetryable = nonRetryable;
    this.details = details;
    this.nextRetryDelay = nextRetryDelay;
    this.category = category;
  }

  /** The application failure of any error ({@link ensureApplicationFailure}), with some fields replaced. */
  static fromError(error: Error | unknown, overrides?: ApplicationFailureOptions): ApplicationFailure {
    const failure = ensureApplicationFailure(error);
    Object.assign(failure, overrides);
    return failure;
  }

  /** Retryable unless the options or the retry policy say otherwise. */
  static create(options: ApplicationFailureOptions): ApplicationFailure {
    const { message, type, nonRetryable = false, details, nextRetryDelay, cause, category } = options;
    return new ApplicationFailure(message, type, nonRetryable, details, cause, nextRetryDelay, category);
  }

  /** Tried again, unless its type is one that the retry policy excludes. */
  static retryable(message?: string | null, type?: string | null, ...details: unknown[]): ApplicationFailure {
    return new ApplicationFailure(message, type ?? "Error", false, details);
  }

  /** Never tried again. */
  static nonRetryable(message?: string | null, type?: string | null, ...details: unknown[]): ApplicationFailure {
    return new ApplicationFailure(message, type ?? "Error", true, details);
  }
}
markErrorClass(ApplicationFailure, "ApplicationFailure");

/** For converters and codecs that understand a payload and reject it: not retryable. */
export function createPayloadValidationError(details: unknown): ApplicationFailure {
  return ApplicationFailure.create({
    message: "Payload validation failed",
    type: "PayloadValidationError",
    nonRetryable: true,
    details: details === undefined || details === null ? [] : [details],
  });
}

/** Cancellation was requested. Let it propagate to be cancelled, or catch it to go on; it comes once. */
export class CancelledFailure extends TemporalFailure {
  readonly details: unknown[];

  constructor(message: string | undefined, details: unknown[] = [], cause?: Error) {
    super(message, cause);
    this.details = details;
  }
}
markErrorClass(CancelledFailure, "CancelledFailure");

/** The `cause` of the failure of a workflow that was terminated. */
export class TerminatedFailure extends TemporalFailure {}
markErrorClass(TerminatedFailure, "TerminatedFailure");

/** An activity or a workflow took too long. */
export class TimeoutFailure extends TemporalFailure {
  readonly lastHeartbeatDetails: unknown;
  readonly timeoutType: TimeoutType;

  constructor(message: string | undefined, lastHeartbeatDetails: unknown, timeoutType: TimeoutType) {
    super(message);
    this.lastHeartbeatDetails = lastHeartbeatDetails;
    this.timeoutType = timeoutType;
  }
}
markErrorClass(TimeoutFailure, "TimeoutFailure");

/** An activity failed; the reason is the `cause`. Thrown by the SDK only. */
export class ActivityFailure extends TemporalFailure {
  readonly activityType: string;
  readonly activityId: string | undefined;
  readonly retryState: RetryState;
  readonly identity: string | undefined;

  constructor(
    message: string | undefined,
    activityType: string,
    activityId: string | undefined,
    retryState: RetryState,
    identity: string | undefined,
    cause?: Error,
  ) {
    super(message, cause);
    this.activityType = activityType;
    this.activityId = activityId;
    this.retryState = retryState;
    this.identity = identity;
  }
}
markErrorClass(ActivityFailure, "ActivityFailure");

/** A child workflow failed; the reason is the `cause`. Thrown by the SDK only. */
export class ChildWorkflowFailure extends TemporalFailure {
  readonly namespace: string | undefined;
  readonly execution: WorkflowExecution;
  readonly workflowType: string;
  readonly retryState: RetryState;

  constructor(
    namespace: string | undefined,
    execution: WorkflowExecution,
    workflowType: string,
    retryState: RetryState,
    cause?: Error,
  ) {
    super("Child Workflow execution failed", cause);
    this.namespace = namespace;
    this.execution = execution;
    this.workflowType = workflowType;
    this.retryState = retryState;
  }
}
markErrorClass(ChildWorkflowFailure, "ChildWorkflowFailure");

/** A Nexus operation called by a workflow failed. */
export class NexusOperationFailure extends TemporalFailure {
  readonly scheduledEventId: number | undefined;
  readonly endpoint: string;
  readonly service: string;
  readonly operation: string;
  readonly operationToken: string | undefined;

  constructor(
    message: string | undefined,
    scheduledEventId: number | undefined,
    endpoint: string,
    service: string,
    operation: string,
    operationToken: string | undefined,
    cause?: Error,
  ) {
    super(message, cause);
    this.scheduledEventId = scheduledEventId;
    this.endpoint = endpoint;
    this.service = service;
    this.operation = operation;
    this.operationToken = operationToken;
  }
}
markErrorClass(NexusOperationFailure, "NexusOperationFailure");

/** A workflow of this id runs, or has run and the reuse policy forbids another. */
export class WorkflowExecutionAlreadyStartedError extends TemporalFailure {
  readonly workflowId: string;
  readonly workflowType: string;

  constructor(message: string, workflowId: string, workflowType: string) {
    super(message);
    this.workflowId = workflowId;
    this.workflowType = workflowType;
  }
}
markErrorClass(WorkflowExecutionAlreadyStartedError, "WorkflowExecutionAlreadyStartedError");

/** `error` itself if it is an {@link ApplicationFailure}, else one with its message, class name, stack and cause. */
export function ensureApplicationFailure(error: unknown): ApplicationFailure {
  if (error instanceof ApplicationFailure) return error;
  const message = (isRecord(error) && String(error["message"])) || String(error);
  const name = isRecord(error) ? (error.constructor?.name ?? (error["name"] as string | undefined)) : undefined;
  const cause = isRecord(error) && isError(error["cause"]) ? error["cause"] : undefined;
  const failure = new ApplicationFailure(message, name, false, undefined, cause);
  failure.stack = isRecord(error) ? String(error["stack"] ?? "") : "";
  return failure;
}

/** `error` itself if it is a {@link TemporalFailure}, else its {@link ensureApplicationFailure}. */
export function ensureTemporalFailure(error: unknown): TemporalFailure {
  return error instanceof TemporalFailure ? error : ensureApplicationFailure(error);
}

/** The message of the innermost cause of a {@link TemporalFailure}, or the error's own. */
export function rootCause(error: unknown): string | undefined {
  if (error instanceof TemporalFailure && error.cause !== undefined) return rootCause(error.cause);
  return errorMessage(error);
}
