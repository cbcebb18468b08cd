import {
  ActivityFailure,
  ApplicationFailure,
  CancelledFailure,
  ChildWorkflowFailure,
  decodeApplicationFailureCategory,
  decodeRetryState,
  decodeTimeoutType,
  encodeApplicationFailureCategory,
  encodeRetryState,
  encodeTimeoutType,
  FAILURE_SOURCE,
  NexusOperationFailure,
  ServerFailure,
  TemporalFailure,
  TerminatedFailure,
  TimeoutFailure,
} from "./failure.ts";
import { HandlerError, type HandlerErrorType, isHandlerError } from "./nexus-errors.ts";
import type { PayloadConverter } from "./payload-converter.ts";
import { arrayFromPayloads, fromPayloadsAtIndex, toPayloadsWithContext } from "./payload-lists.ts";
import type { ProtoFailure, ProtoPayloads } from "./payload.ts";
import type { SerializationContext } from "./serialization-context.ts";
import { cutoffStackTrace } from "./stack-trace.ts";
import { msOptionalToTs } from "./time.ts";
import { isError, isRecord } from "./type-helpers.ts";

export { cutoffStackTrace } from "./stack-trace.ts";

/** Between errors and the failures of the wire. {@link DefaultFailureConverter} is what other languages understand. */
export interface FailureConverter {
  errorToFailure(err: unknown, payloadConverter: PayloadConverter, context?: SerializationContext): ProtoFailure;
  /** Returns a `TemporalFailure`. */
  failureToError(err: ProtoFailure, payloadConverter: PayloadConverter, context?: SerializationContext): Error;
}

/** What the payload of encoded attributes holds. */
export interface DefaultEncodedFailureAttributes {
  message: string;
  stack_trace: string;
}

/** Options of `DefaultFailureConverter`. */
export interface DefaultFailureConverterOptions {
  /** Puts messages and stack traces into a payload, which a codec may encrypt. Default false. */
  encodeCommonAttributes: boolean;
}

const NOT_AN_ERROR =
  " [A non-Error value was thrown from your code. We recommend throwing Error objects so that we can provide a stack trace]";

const RETRY_BEHAVIOR = { RETRYABLE: 1, NON_RETRYABLE: 2 } as const;

/** The failure converter that all SDKs agree on. */
export class DefaultFailureConverter implements FailureConverter {
  readonly options: DefaultFailureConverterOptions;

  constructor(options?: Partial<DefaultFailureConverterOptions>) {
    this.options = { encodeCommonAttributes: false, ...options };
  }

  failureToError(failure: ProtoFailure, payloadConverter: PayloadConverter, context?: SerializationContext): Error {
    const opened = openEncodedAttributes(failure, payloadConverter, context);
    const error = this.failureToErrorInner(opened, payloadConverter, context);
    error.stack = opened.stackTrace ?? "";
    if (error instanceof TemporalFailure) error.failure = opened;
    return error;
  }

  /** The error without its stack and its `failure`. */
  failureToErrorInner(failure: ProtoFailure, converter: PayloadConverter, context?: SerializationContext): Error {
    const cause = this.optionalFailureToOptionalError(failure.cause, converter, context);
    const message = failure.message ?? undefined;
    const values = (details: ProtoPayloads | null | undefined): unknown[] =>
      arrayFromPayloads(converter, details?.payloads, context);
    if (failure.applicationFailureInfo) return applicationError(failure, values, cause);
    if (failure.serverFailureInfo) {
      return new ServerFailure(message, Boolean(failure.serverFailureInfo.nonRetryable), cause);
    }
    if (failure.timeoutFailureInfo) {
      const { lastHeartbeatDetails, timeoutType } = failure.timeoutFailureInfo;
      const last = fromPayloadsAtIndex(converter, 0, lastHeartbeatDetails?.payloads, context);
      return withCause(new TimeoutFailure(message, last, decodeTimeoutType(timeoutType)), cause);
    }
    if (failure.terminatedFailureInfo) return new TerminatedFailure(message, cause);
    if (failure.canceledFailureInfo) {
      return new CancelledFailure(message, values(failure.canceledFailureInfo.details), cause);
    }
    if (failure.resetWorkflowFailureInfo) {
      const details = values(failure.resetWorkflowFailureInfo.lastHeartbeatDetails);
      return new ApplicationFailure(message, "ResetWorkflow", false, details, cause);
    }
    if (failure.childWorkflowExecutionFailureInfo) {
      const { namespace, workflowType, workflowExecution, retryState } = failure.childWorkflowExecutionFailureInfo;
      const type = required(workflowType?.name, "workflowType");
      const execution = required(workflowExecution, "workflowExecution");
      return new ChildWorkflowFailure(namespace ?? undefined, execution, type, decodeRetryState(retryState), cause);
    }
    if (failure.activityFailureInfo) {
      const { activityType, activityId, retryState, identity } = failure.activityFailureInfo;
      const type = required(activityType?.name, "activityType");
      return new ActivityFailure(
        message,
        type,
        activityId ?? undefined,
        decodeRetryState(retryState),
        identity ?? undefined,
        cause,
      );
    }
    return nexusError(failure, cause) ?? new TemporalFailure(message, cause);
  }

  errorToFailure(err: unknown, payloadConverter: PayloadConverter, context?: SerializationContext): ProtoFailure {
    const failure = this.errorToFailureInner(err, payloadConverter, context);
    if (!this.options.encodeCommonAttributes) return failure;
    const attributes: DefaultEncodedFailureAttributes = {
      message: failure.message ?? "",
      stack_trace: failure.stackTrace ?? "",
    };
    failure.encodedAttributes = payloadConverter.toPayload(attributes, context);
    failure.message = "Encoded failure";
    failure.stackTrace = "";
    return failure;
  }

  /** The failure with its message and stack trace in plain text. */
  errorToFailureInner(err: unknown, converter: PayloadConverter, context?: SerializationContext): ProtoFailure {
    if (err instanceof TemporalFailure && err.failure) return err.failure;
    if (err instanceof TemporalFailure || isHandlerError(err)) {
      const base: ProtoFailure = {
        message: err.message,
        stackTrace: cutoffStackTrace(err.stack),
        cause: this.optionalErrorToOptionalFailure(err.cause, converter, context),
        source: FAILURE_SOURCE,
      };
      return isHandlerError(err) ? handlerFailure(base, err) : { ...base, ...infoOf(err, converter, context) };
    }
    if (isError(err)) {
      return {
        source: FAILURE_SOURCE,
        message: String(err.message),
        stackTrace: cutoffStackTrace(err.stack),
        cause: this.optionalErrorToOptionalFailure(err.cause, converter, context),
      };
    }
    return { source: FAILURE_SOURCE, message: describe(err) + NOT_AN_ERROR };
  }

  optionalFailureToOptionalError(
    failure: ProtoFailure | undefined | null,
    payloadConverter: PayloadConverter,
    context?: SerializationContext,
  ): Error | undefined {
    return failure ? this.failureToError(failure, payloadConverter, context) : undefined;
  }

  optionalErrorToOptionalFailure(
    err: unknown,
    payloadConverter: PayloadConverter,
    context?: SerializationContext,
  ): ProtoFailure | undefined {
    return err ? this.errorToFailure(err, payloadConverter, context) : undefined;
  }
}

/** A failure whose message and stack trace are what they were before they were encoded. */
function openEncodedAttributes(
  failure: ProtoFailure,
  converter: PayloadConverter,
  context: SerializationContext | undefined,
): ProtoFailure {
  if (!failure.encodedAttributes) return failure;
  const attributes: unknown = converter.fromPayload(failure.encodedAttributes, context);
  if (!isRecord(attributes)) return failure;
  // What was encoded with its attributes hidden stays so when it is written again.
  const { message, stack_trace: stackTrace } = attributes;
  return {
    ...failure,
    ...(typeof message === "string" ? { message } : {}),
    ...(typeof stackTrace === "string" ? { stackTrace } : {}),
  };
}

function applicationError(
  failure: ProtoFailure,
  values: (details: ProtoPayloads | null | undefined) => unknown[],
  cause: Error | undefined,
): ApplicationFailure {
  const info = failure.applicationFailureInfo;
  return new ApplicationFailure(
    failure.message ?? undefined,
    info?.type,
    Boolean(info?.nonRetryable),
    values(info?.details),
    cause,
    undefined,
    decodeApplicationFailureCategory(info?.category),
  );
}

function nexusError(failure: ProtoFailure, cause: Error | undefined): Error | undefined {
  if (failure.nexusOperationExecutionFailureInfo) {
    const info = failure.nexusOperationExecutionFailureInfo;
    return new NexusOperationFailure(
      failure.message ?? undefined,
      info.scheduledEventId ?? undefined,
      info.endpoint ?? "",
      info.service ?? "",
      info.operation ?? "",
      info.operationToken ?? undefined,
      cause,
    );
  }
  if (failure.nexusHandlerFailureInfo) {
    const { type, retryBehavior } = failure.nexusHandlerFailureInfo;
    const isKnown = retryBehavior === RETRY_BEHAVIOR.RETRYABLE || retryBehavior === RETRY_BEHAVIOR.NON_RETRYABLE;
    return new HandlerError((type ?? "UNKNOWN") as HandlerErrorType, failure.message ?? undefined, {
      cause,
      retryableOverride: isKnown ? retryBehavior === RETRY_BEHAVIOR.RETRYABLE : undefined,
      originalFailure: failure,
    });
  }
  return undefined;
}

function handlerFailure(base: ProtoFailure, error: HandlerError): ProtoFailure {
  const { retryableOverride } = error;
  const override = retryableOverride === true ? RETRY_BEHAVIOR.RETRYABLE : RETRY_BEHAVIOR.NON_RETRYABLE;
  const retryBehavior = retryableOverride === undefined ? 0 : override;
  return { ...base, nexusHandlerFailureInfo: { type: error.rawErrorType ?? error.type, retryBehavior } };
}

/** The part of a failure that says what kind it is. */
function infoOf(
  error: TemporalFailure,
  converter: PayloadConverter,
  context: SerializationContext | undefined,
): Partial<ProtoFailure> {
  const payloads = (values: readonly unknown[] | null | undefined): ProtoPayloads | undefined => {
    const list = toPayloadsWithContext(converter, context, values ?? []);
    return list === undefined ? undefined : { payloads: list };
  };
  if (error instanceof ActivityFailure) {
    const { activityType: name, activityId, identity, retryState } = error;
    const state = encodeRetryState(retryState);
    return { activityFailureInfo: { activityType: { name }, activityId, identity, retryState: state } };
  }
  if (error instanceof ChildWorkflowFailure) {
    const { namespace, workflowType: name, execution: workflowExecution, retryState } = error;
    const state = encodeRetryState(retryState);
    return {
      childWorkflowExecutionFailureInfo: { namespace, workflowExecution, workflowType: { name }, retryState: state },
    };
  }
  if (error instanceof ApplicationFailure) {
    const { type, nonRetryable, details, nextRetryDelay, category } = error;
    return {
      applicationFailureInfo: {
        type,
        nonRetryable,
        details: payloads(details),
        nextRetryDelay: msOptionalToTs(nextRetryDelay),
        category: encodeApplicationFailureCategory(category),
      },
    };
  }
  if (error instanceof CancelledFailure) return { canceledFailureInfo: { details: payloads(error.details) } };
  if (error instanceof TimeoutFailure) {
    const { timeoutType, lastHeartbeatDetails } = error;
    return {
      timeoutFailureInfo: {
        timeoutType: encodeTimeoutType(timeoutType),
        lastHeartbeatDetails: lastHeartbeatDetails ? payloads([lastHeartbeatDetails]) : undefined,
      },
    };
  }
  if (error instanceof ServerFailure) return { serverFailureInfo: { nonRetryable: error.nonRetryable } };
  if (error instanceof TerminatedFailure) return { terminatedFailureInfo: {} };
  if (error instanceof NexusOperationFailure) {
    const { scheduledEventId, endpoint, service, operation, operationToken } = error;
    return { nexusOperationExecutionFailureInfo: { scheduledEventId, endpoint, service, operation, operationToken } };
  }
  return {};
}

/** Timeouts have causes on the wire that their constructor does not take. */
function withCause<E extends Error>(error: E, cause: Error | undefined): E {
  if (cause !== undefined) Object.defineProperty(error, "cause", { value: cause, writable: true, configurable: true });
  return error;
}

function required<T>(value: T | null | undefined, name: string): T {
  if (value === null || value === undefined) throw new TypeError(`Missing ${name} in failure`);
  return value;
}

function describe(value: unknown): string {
  if (!isRecord(value)) return String(value);
  try {
    return JSON.stringify(value);
  } catch {
    return String(value);
  }
}
