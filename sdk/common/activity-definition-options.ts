import type { ActivityFunction } from "./interfaces.ts";
import type { PayloadTypeInfo } from "./type-info.ts";

/** What is attached to an activity's function. */
export interface ActivityDefinitionOptions {
  /** Decodes the arguments and encodes the result. */
  typeInfo?: PayloadTypeInfo;
}

type ActivityKeys<A> = { [K in keyof A & string]: A[K] extends ActivityFunction ? K : never }[keyof A & string];

/** Type information by activity name. */
export type ActivityTypeInfoMap<A> = Partial<Record<ActivityKeys<A>, PayloadTypeInfo>>;

/** An activity with options of its own, such as the types of its payloads. */
export interface ActivityFunctionWithOptions<Args extends any[] = any[], Return = any> extends ActivityFunction<
  Args,
  Return
> {
  activityDefinitionOptions: ActivityDefinitionOptions;
}

/** Whether a function has options of an activity. */
export function isActivityFunctionWithOptions(value: unknown): value is ActivityFunctionWithOptions<any[], any> {
  return typeof value === "function" && Object.hasOwn(value, "activityDefinitionOptions");
}
