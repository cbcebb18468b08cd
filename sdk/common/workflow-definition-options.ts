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

/** Options of a workflow that are known without a run. */
export interface WorkflowStaticOptions {
  /** Converts the input and the output. */
  typeInfo?: PayloadTypeInfo;
}

type AsyncFunction<Args extends any[], Return> = (...args: Args) => Promise<Return>;
/** Options of a workflow, or a function that is asked when a run begins. */
export type WorkflowDefinitionOptionsOrGetter = WorkflowDefinitionOptions | (() => WorkflowDefinitionOptions);

/** A workflow with options of its own: see `setWorkflowOptions`. */
export interface WorkflowFunctionWithOptions<Args extends any[], Return> extends AsyncFunction<Args, Return> {
  workflowDefinitionOptions: WorkflowDefinitionOptionsOrGetter;
}

/** A workflow with options that are known without a run. */
export interface WorkflowFunctionWithStaticOptions<Args extends any[], Return> extends AsyncFunction<Args, Return> {
  staticOptions: WorkflowStaticOptions;
}

/** Whether a function has options of a workflow. */
export function isWorkflowFunctionWithOptions(obj: unknown): obj is WorkflowFunctionWithOptions<any[], any> {
  return typeof obj === "function" && Object.hasOwn(obj, "workflowDefinitionOptions");
}

/** Whether a function has options of a workflow that are known without a run. */
export function isWorkflowFunctionWithStaticOptions(
  obj: unknown,
): obj is WorkflowFunctionWithStaticOptions<any[], any> {
  return typeof obj === "function" && Object.hasOwn(obj, "staticOptions");
}
