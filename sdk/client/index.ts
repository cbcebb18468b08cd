/** The public names of the client; each file has its own documentation. */
export * from "../common/errors.ts";
export { ActivityFailure, ApplicationFailure, CancelledFailure, ChildWorkflowFailure } from "../common/failure.ts";
export { ServerFailure, TemporalFailure, TerminatedFailure, TimeoutFailure } from "../common/failure.ts";
export { type ProtoFailure, WorkflowExecutionAlreadyStartedError } from "../common/failure.ts";
export type { DataConverter } from "../common/data-converter.ts";
export * from "../common/interfaces.ts";
export { defaultPayloadConverter } from "../common/payload-converter.ts";
export type { RetryPolicy } from "../common/retry-policy.ts";
export type * from "../common/workflow-handle.ts";
export {
  Connection,
  defaultGrpcRetryOptions,
  isRetryableError,
  LOCAL_TARGET,
  makeGrpcRetryInterceptor,
} from "../connection/index.ts";
export type * from "../connection/index.ts";
export * from "./activity-client.ts";
export * from "./activity-types.ts";
export * from "./async-completion-client.ts";
export type * from "./build-id-types.ts";
export * from "./client.ts";
export * from "./errors.ts";
export { IndexedValueType } from "./indexed-value-type.ts";
export type * from "./interceptors.ts";
export * from "./nexus-client.ts";
export * from "./nexus-types.ts";
export * from "./schedule-client.ts";
export * from "./schedule-types.ts";
export * from "./task-queue-client.ts";
export * from "./types.ts";
export * from "./workflow-client.ts";
export * from "./workflow-options.ts";
export { WorkflowUpdateStage } from "./workflow-update-stage.ts";
