/** What clients load with their first call: everything that knows the API's messages. */
export * from "./activities.ts";
export * from "./async-completion.ts";
export { executionInfo } from "./execution-info.ts";
export * from "./list.ts";
export * from "./messages-to-workflow.ts";
export * from "./nexus-operations.ts";
export { workflowResult } from "./result.ts";
export * from "./schedules.ts";
export { signalWithStart, startWorkflow } from "./start.ts";
export * from "./updates.ts";
export { decodeUserMetadata } from "./values.ts";
