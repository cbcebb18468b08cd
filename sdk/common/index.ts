/** The public names of the shared part; each file has its own documentation. */
export * from "./activity-cancellation-details.ts";
export * from "./activity-definition-options.ts";
export { ActivityCancellationType, type ActivityOptions, type LocalActivityOptions } from "./activity-options.ts";
export { SuggestContinueAsNewReason } from "./continue-as-new.ts";
export * from "./data-converter.ts";
export * from "./encoding-types.ts";
export * from "./errors.ts";
export * from "./external-storage.ts";
export * from "./failure-converter.ts";
export * from "./failure.ts";
export type { Headers, Next } from "./interceptors.ts";
export * from "./interfaces.ts";
export { LoggerWithComposedMetadata, SdkComponent } from "./logger.ts";
export type { Logger, LogLevel, LogMetadata, LogMetaOrFunc } from "./logger.ts";
export * from "./metrics.ts";
export * from "./payload-codec.ts";
export * from "./payload-converter.ts";
export * from "./payload-lists.ts";
export * from "./priority.ts";
export * from "./retry-policy.ts";
export * from "./serialization-context.ts";
export * from "./time.ts";
export { errorCode, errorMessage } from "./type-helpers.ts";
export type * from "./type-info.ts";
export { decode as str, encode as u8 } from "./utf8.ts";
export type { VersioningIntent } from "./versioning-intent.ts";
export * from "./worker-deployments.ts";
export * from "./workflow-definition-options.ts";
export type * from "./workflow-handle.ts";
export * from "./workflow-options.ts";
export { defineSearchAttributeKey, SearchAttributeType, TypedSearchAttributes } from "./search-attributes.ts";
export type {
  SearchAttributePair,
  SearchAttributes,
  SearchAttributeUpdatePair,
  SearchAttributeValue,
} from "./search-attributes.ts";
