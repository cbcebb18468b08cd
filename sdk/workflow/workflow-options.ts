/** Options that a workflow's code carries with it. */
import type { WorkflowDefinitionConfig, WorkflowDefinitionOptionsOrGetter } from "../common/index.ts";

/**
 * Attaches options to a workflow function: how it is versioned, and which errors fail it rather than its task.
 *
 * @param options or a function that returns them, called once in a run, before the workflow
 *
 * @example
 * ```ts
 * setWorkflowOptions({ versioningBehavior: "PINNED", failureExceptionTypes: [InvalidOrderError] }, orderWorkflow);
 * ```
 */
export function setWorkflowOptions<A extends any[], RT>(
  options: WorkflowDefinitionOptionsOrGetter,
  fn: (...args: A) => Promise<RT>,
): void {
  Object.assign(fn, { workflowDefinitionOptions: options });
}

/**
 * As `setWorkflowOptions`, with types of arguments and result as well; they are known before arguments are decoded.
 *
 * @experimental
 */
export function defineWorkflowOptions<A extends any[], RT>(
  fn: (...args: A) => Promise<RT>,
  config: WorkflowDefinitionConfig,
): void {
  const { workflowDefinitionOptions, staticOptions } = config;
  if (workflowDefinitionOptions !== undefined) Object.assign(fn, { workflowDefinitionOptions });
  if (staticOptions !== undefined) Object.assign(fn, { staticOptions });
}
