/** What the official SDKs do not have, for workflow code and the process around it alike. See `host/` for the rest. */
export { type CompensationError, CompensationFailure } from "./compensation-failure.ts";
export { type HostFunctions, hostFunctions } from "./host-functions.ts";
export { type Compensation, Saga, saga, type SagaOptions } from "./saga.ts";
export { defineActivity, type ActivityDefinition } from "./schema/define-activity.ts";
export { defineQuery, defineSignal, defineUpdate } from "./schema/define-messages.ts";
export type { SchemaQuery, SchemaSignal, SchemaUpdate } from "./schema/define-messages.ts";
export type { InputOf, OutputOf, SchemaIssue, SchemaResult, StandardSchema } from "./schema/standard-schema.ts";
export { SCHEMA_FAILURE } from "./schema/validate.ts";
export { step, type StepOptions } from "./step.ts";
