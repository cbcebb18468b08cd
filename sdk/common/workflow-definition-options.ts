import type { PayloadTypeInfo } from "./type-info.ts";
import type { VersioningBehavior } from "./worker-deployments.ts";

/** What is attached to a workflow's function. */
export interface WorkflowDefinitionConfig {
  /** May be evaluated for each execution. */
  workflowDefinitionOptions?: WorkflowDefinitionOptionsOrGetter;
  /** Needed before the input is decoded. */
  staticOptions?: WorkflowStaticOptions;
}

/** Options of `setWorkflowOptions`. */
export interface WorkflowDefinitionOptions {
  versioningBehavior?: VersioningBehavior;
  /**
   * Errors of these classes, thrown by the workflow or a handler of a signal or update, fail the execution or the
   * update and not the workflow task. Errors of non-determinism are never meant.
   */
  failureExceptionTypes?: Array<new (...args: any[]) => Error>;
}

export interface WorkflowStaticOptions {
  /** Converts the input and the output. */
  typeInfo?: PayloadTypeInfo;
}

type AsyncFunction<Args extends any[], Return> = (...args: Args) => Promise<Return>;
export type WorkflowDefinitionOptionsOrGetter = WorkflowDefinitionOptions | (() => WorkflowDefinitionOptions);

export interface WorkflowFunctionWithOptions<Args extends any[], Return> extends AsyncFunction<Args, Return> {
  workflowDefinitionOptions: WorkflowDefinitionOptionsOrGetter;
}

export interface WorkflowFunctionWithStaticOptions<Args extends any[], Return> extends AsyncFunction<Args, Return> {
  staticOptions: WorkflowStaticOptions;
}

export function isWorkflowFunctionWithOptions(obj: unknown): obj is WorkflowFunctionWithOptions<any[], any> {
  return typeof obj === "function" && Object.hasOwn(obj, "workflowDefinitionOptions");
}

export function isWorkflowFunctionWithStaticOptions(
  obj: unknown,
): obj is WorkflowFunctionWithStaticOptions<any[], any> {
  return typeof obj === "function" && Object.hasOwn(obj, "staticOptions");
}
