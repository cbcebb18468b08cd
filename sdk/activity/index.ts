/** What activity code imports. */
export { asyncLocalStorage, Context } from "./context.ts";
export * from "./current.ts";
export type { Info } from "./info.ts";
export { ApplicationFailure, CancelledFailure, CompleteAsyncError } from "../common/index.ts";
export type {
  ActivityDefinitionOptions,
  ActivityFunction,
  ActivityInterface,
  ActivityTypeInfoMap,
  UntypedActivities,
} from "../common/index.ts";
