/** Children: workflows that this workflow starts. */
import type { BaseWorkflowHandle, WithWorkflowArgs, Workflow, WorkflowResultType } from "../common/index.ts";
import { extractWorkflowTypeAndConfig } from "../common/workflow-options.ts";
import {
  ChildWorkflowCancellationType,
  type ChildWorkflowOptions,
  type ChildWorkflowOptionsWithDefaults,
} from "./child-workflow-options.ts";
import { requireRun } from "./current-run.ts";
import { outbound } from "./interceptor-chain.ts";
import { signalMethods } from "./signal-external.ts";
import { startChildExecution } from "./start-child-execution.ts";
import { uuid4 } from "./random-streams.ts";

/** A started child, to signal and to await. Queries to it belong in an activity. */
export interface ChildWorkflowHandle<T extends Workflow> extends BaseWorkflowHandle<T> {
  readonly firstExecutionRunId: string;
}

type ChildWorkflowDefinitionOptions = Omit<ChildWorkflowOptions, "typeInfo"> & { typeInfo?: never };

/** Fills in a workflow id and the way of cancellation. */
export function addDefaultWorkflowOptions<T extends Workflow>(
  options: WithWorkflowArgs<T, ChildWorkflowOptions>,
): ChildWorkflowOptionsWithDefaults {
  const { args, workflowId, ...rest } = options as ChildWorkflowOptions & { args?: readonly unknown[] };
  return {
    workflowId: workflowId ?? uuid4(),
    args: (args ?? []) as unknown[],
    cancellationType: ChildWorkflowCancellationType.WAIT_CANCELLATION_COMPLETED,
    ...rest,
  };
}

/**
 * Starts a child and returns when it has started.
 *
 * @throws WorkflowExecutionAlreadyStartedError when the workflow id is taken
 */
export function startChild<T extends Workflow>(
  workflowType: string,
  options: WithWorkflowArgs<T, ChildWorkflowOptions>,
): Promise<ChildWorkflowHandle<T>>;
export function startChild<T extends Workflow>(
  workflowFunc: T,
  options: WithWorkflowArgs<T, ChildWorkflowDefinitionOptions>,
): Promise<ChildWorkflowHandle<T>>;
export function startChild<T extends () => Promise<any>>(workflowType: string): Promise<ChildWorkflowHandle<T>>;
export function startChild<T extends () => Promise<any>>(workflowFunc: T): Promise<ChildWorkflowHandle<T>>;
export async function startChild<T extends Workflow>(
  workflowTypeOrFunc: string | T,
  options?: WithWorkflowArgs<T, ChildWorkflowOptions>,
): Promise<ChildWorkflowHandle<T>> {
  const { workflowId, started } = beginChild("startChild", workflowTypeOrFunc, options);
  const [start, completion] = await started;
  const firstExecutionRunId = await start;
  return {
    workflowId,
    firstExecutionRunId,
    result: async () => (await completion) as WorkflowResultType<T>,
    ...signalMethods({ type: "child", childWorkflowId: workflowId }),
  };
}

/**
 * Runs a child and returns its result.
 *
 * @throws ChildWorkflowFailure when it fails, is cancelled, terminated or timed out
 * @throws WorkflowExecutionAlreadyStartedError when the workflow id is taken
 */
export function executeChild<T extends Workflow>(
  workflowType: string,
  options: WithWorkflowArgs<T, ChildWorkflowOptions>,
): Promise<WorkflowResultType<T>>;
export function executeChild<T extends Workflow>(
  workflowFunc: T,
  options: WithWorkflowArgs<T, ChildWorkflowDefinitionOptions>,
): Promise<WorkflowResultType<T>>;
export function executeChild<T extends () => Promise<any>>(workflowType: string): Promise<WorkflowResultType<T>>;
export function executeChild<T extends () => Promise<any>>(workflowFunc: T): Promise<WorkflowResultType<T>>;
export async function executeChild<T extends Workflow>(
  workflowTypeOrFunc: string | T,
  options?: WithWorkflowArgs<T, ChildWorkflowOptions>,
): Promise<WorkflowResultType<T>> {
  const { started } = beginChild("executeChild", workflowTypeOrFunc, options);
  // The number of microtasks from the child's end to here is that of the official SDK, and part of what a replay repeats.
  return started.then(([, completion]) => completion) as Promise<WorkflowResultType<T>>;
}

function beginChild<T extends Workflow>(
  functionName: string,
  workflowTypeOrFunc: string | T,
  options: WithWorkflowArgs<T, ChildWorkflowOptions> | undefined,
): { workflowId: string; started: Promise<[Promise<string>, Promise<unknown>]> } {
  const run = requireRun(functionName);
  const given = (options ?? {}) as WithWorkflowArgs<T, ChildWorkflowOptions>;
  const withDefaults = addDefaultWorkflowOptions(given);
  const { type, typeInfo } = extractWorkflowTypeAndConfig(workflowTypeOrFunc, withDefaults.typeInfo);
  const started = outbound(
    run,
    "startChildWorkflowExecution",
    startChildExecution,
  )({
    seq: run.nextSequence("childWorkflow"),
    options: typeInfo === undefined ? withDefaults : { ...withDefaults, typeInfo },
    headers: {},
    workflowType: type,
  });
  return { workflowId: withDefaults.workflowId, started };
}
