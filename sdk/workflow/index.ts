/** What workflow code imports. The machinery around it is `run.ts`. */
export type { ActivityOptions, LocalActivityOptions } from "./activity-options.ts";
export * from "./activities.ts";
export { scheduleActivity } from "./remote-activities.ts";
export { scheduleLocalActivity } from "./local-activities.ts";
export { AsyncLocalStorage } from "./async-context.ts";
export { CancellationScope, type CancellationScopeOptions } from "./cancellation-scope.ts";
export {
  type ChildWorkflowOptions,
  ChildWorkflowCancellationType,
  ParentClosePolicy,
} from "./child-workflow-options.ts";
export { addDefaultWorkflowOptions, type ChildWorkflowHandle, executeChild, startChild } from "./child-workflows.ts";
export { condition } from "./conditions.ts";
export * from "./continue-as-new.ts";
export { getCurrentDetails, setCurrentDetails } from "./current-details.ts";
export { inWorkflowContext } from "./current-run.ts";
export { DeterminismViolationError, isCancellation, LocalActivityDoBackoff, WorkflowError } from "./errors.ts";
export { createEventGroup, type EventGroupMarker } from "./event-groups.ts";
export { type ExternalWorkflowHandle, getExternalWorkflowHandle } from "./external-workflows.ts";
export { type ParentWorkflowInfo, type RootWorkflowInfo, type UnsafeRandomSource } from "./info.ts";
export { type UnsafeWorkflowInfo, type UpdateInfo, type WorkflowInfo, workflowInfo } from "./info.ts";
export type * from "./interceptors.ts";
export { log, type LoggerSinks } from "./log.ts";
export { enhancedStackTraceQuery, stackTraceQuery, workflowMetadataQuery } from "./built-in-queries.ts";
export * from "./message-definitions.ts";
export { metricMeter } from "./metrics.ts";
export { createNexusServiceClient, NexusOperationCancellationType, type NexusOperationHandle } from "./nexus.ts";
export type { NexusServiceClient, NexusServiceClientOptions } from "./nexus.ts";
export { deprecatePatch, patched } from "./patches.ts";
export { getRandomStream, uuid4, workflowRandom, type WorkflowRandomStream } from "./random-streams.ts";
export * from "./reexports.ts";
export { proxySinks, type Sink, type SinkCall, type SinkFunction, type Sinks } from "./sinks.ts";
export type { EnhancedStackTrace, StackTrace, StackTraceFileLocation } from "./stack-traces.ts";
export type { StackTraceFileSlice, StackTraceSDKInfo } from "./stack-traces.ts";
export { sleep } from "./timers.ts";
export { Trigger } from "./trigger.ts";
export { currentUpdateInfo } from "./updates.ts";
export { upsertMemo, upsertSearchAttributes } from "./upserts.ts";
export { defineWorkflowOptions, setWorkflowOptions } from "./workflow-options.ts";
