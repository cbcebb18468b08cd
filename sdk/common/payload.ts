/** The two protobuf messages that converters deal in, as plain objects without their unset fields. */

/** `temporal.api.common.v1.Payload`: one value, encoded. */
export interface Payload {
  /** Says how `data` is to be read; `encoding` always, others as the converter likes. */
  metadata?: Record<string, Uint8Array> | null;
  data?: Uint8Array | null;
}

/** `google.protobuf.Duration`. */
export interface ProtoDuration {
  seconds: number;
  nanos: number;
}

/** `temporal.api.failure.v1.Failure`: an error as it is written to history. Enums are numbers. */
export interface ProtoFailure {
  message?: string | null;
  source?: string | null;
  stackTrace?: string | null;
  /** Message and stack trace, when the failure converter hides them. */
  encodedAttributes?: Payload | null;
  cause?: ProtoFailure | null;
  applicationFailureInfo?: {
    type?: string | null;
    nonRetryable?: boolean | null;
    details?: ProtoPayloads | null;
    nextRetryDelay?: ProtoDuration | null;
    category?: number | null;
  } | null;
  timeoutFailureInfo?: { timeoutType?: number | null; lastHeartbeatDetails?: ProtoPayloads | null } | null;
  canceledFailureInfo?: { details?: ProtoPayloads | null; identity?: string | null } | null;
  terminatedFailureInfo?: { identity?: string | null } | null;
  serverFailureInfo?: { nonRetryable?: boolean | null } | null;
  resetWorkflowFailureInfo?: { lastHeartbeatDetails?: ProtoPayloads | null } | null;
  activityFailureInfo?: {
    scheduledEventId?: number | null;
    startedEventId?: number | null;
    identity?: string | null;
    activityType?: { name?: string | null } | null;
    activityId?: string | null;
    retryState?: number | null;
  } | null;
  childWorkflowExecutionFailureInfo?: {
    namespace?: string | null;
    workflowExecution?: { workflowId?: string | null; runId?: string | null } | null;
    workflowType?: { name?: string | null } | null;
    initiatedEventId?: number | null;
    startedEventId?: number | null;
    retryState?: number | null;
  } | null;
  nexusOperationExecutionFailureInfo?: {
    scheduledEventId?: number | null;
    endpoint?: string | null;
    service?: string | null;
    operation?: string | null;
    operationId?: string | null;
    operationToken?: string | null;
  } | null;
  nexusHandlerFailureInfo?: { type?: string | null; retryBehavior?: number | null } | null;
}

/** `temporal.api.common.v1.Payloads`. */
export interface ProtoPayloads {
  payloads?: Payload[] | null;
}
