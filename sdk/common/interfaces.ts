import type { PayloadTypeInfo } from "./type-info.ts";

export type { Payload } from "./payload.ts";

/** What a workflow's function returns. */
export type WorkflowReturnType = Promise<any>;
/** A function that takes an update and answers it. */
export type WorkflowUpdateType = (...args: any[]) => Promise<any> | any;
/** Refuses an update by throwing: never async. */
export type WorkflowUpdateValidatorType = (...args: any[]) => void;
/** The handler of an update with its validator, and what is told about it. */
export type WorkflowUpdateAnnotatedType = {
  handler: WorkflowUpdateType;
  unfinishedPolicy: HandlerUnfinishedPolicy;
  validator?: WorkflowUpdateValidatorType;
  description?: string;
  typeInfo?: PayloadTypeInfo;
};
/** A function that takes a signal. */
export type WorkflowSignalType = (...args: any[]) => Promise<void> | void;
/** The handler of a signal, with what is told about it. */
export type WorkflowSignalAnnotatedType = {
  handler: WorkflowSignalType;
  unfinishedPolicy: HandlerUnfinishedPolicy;
  description?: string;
  typeInfo?: SignalTypeInfo;
};
/** A function that answers a query: never async. */
export type WorkflowQueryType = (...args: any[]) => any;
/** The handler of a query, with what is told about it. */
export type WorkflowQueryAnnotatedType = {
  handler: WorkflowQueryType;
  description?: string;
  typeInfo?: PayloadTypeInfo;
};

/** The broadest workflow function. */
export type Workflow = (...args: any[]) => WorkflowReturnType;

declare const argsBrand: unique symbol;
declare const retBrand: unique symbol;

/** Options of {@link UpdateDefinition}. */
export interface UpdateDefinitionOptions {
  /** Converts arguments and results. */
  typeInfo?: PayloadTypeInfo;
}

/** An update's name with the types of its arguments and result, as `defineUpdate` returns it. */
export interface UpdateDefinition<Ret, Args extends any[] = [], Name extends string = string> {
  type: "update";
  name: Name;
  typeInfo?: PayloadTypeInfo;
  /** Exists for the type checker only. */
  [argsBrand]: Args;
  /** Exists for the type checker only. */
  [retBrand]: Ret;
}

/** Types of the arguments of a signal, for converters that need them. */
export type SignalTypeInfo = Pick<PayloadTypeInfo, "inputTypes">;

/** Options of {@link SignalDefinition}. */
export interface SignalDefinitionOptions {
  /** Converts arguments. */
  typeInfo?: SignalTypeInfo;
}

/** A signal's name with the types of its arguments, as `defineSignal` returns it. */
export interface SignalDefinition<Args extends any[] = [], Name extends string = string> {
  type: "signal";
  name: Name;
  typeInfo?: SignalTypeInfo;
  /** Exists for the type checker only. */
  [argsBrand]: Args;
}

/** Options of {@link QueryDefinition}. */
export interface QueryDefinitionOptions {
  /** Converts arguments and results. */
  typeInfo?: PayloadTypeInfo;
}

/** A query's name with the types of its arguments and result, as `defineQuery` returns it. */
export interface QueryDefinition<Ret, Args extends any[] = [], Name extends string = string> {
  type: "query";
  name: Name;
  typeInfo?: PayloadTypeInfo;
  /** Exists for the type checker only. */
  [argsBrand]: Args;
  /** Exists for the type checker only. */
  [retBrand]: Ret;
}

/** What the promise of workflow `W` resolves to. */
export type WorkflowResultType<W extends Workflow> = ReturnType<W> extends Promise<infer R> ? R : never;

/** An activity: a function whose arguments and result pass through the data converter. */
export interface ActivityFunction<P extends any[] = any[], R = any> {
  (...args: P): Promise<R>;
}

/** Mapping of activity name to function. */
export type ActivityInterface = Record<string, ActivityFunction>;
/** Mapping of activity name to function. */
export type UntypedActivities = Record<string, ActivityFunction>;

/** A workflow's history and id, for replay. */
export interface HistoryAndWorkflowId {
  workflowId: string;
  history: unknown;
}

/** What happens to handlers of signals and updates that still run when the workflow ends. */
export const HandlerUnfinishedPolicy = {
  /** Warns (unless the workflow fails) and abandons the handler. */
  WARN_AND_ABANDON: "WARN_AND_ABANDON",
  /** Abandons the handler; the caller of an update gets an error. */
  ABANDON: "ABANDON",
} as const;
export type HandlerUnfinishedPolicy = (typeof HandlerUnfinishedPolicy)[keyof typeof HandlerUnfinishedPolicy];
