import type { SignalDefinition, SignalTypeInfo, Workflow, WorkflowResultType } from "./interfaces.ts";
import type { PayloadTypeInfo } from "./type-info.ts";

/** Options of a signal sent by its name. */
export interface WorkflowSignalOptions<Args extends any[] = []> {
  args?: Args;
  typeInfo?: SignalTypeInfo;
}

/** Options of a query asked by its name. */
export interface WorkflowQueryOptions<Args extends any[] = []> {
  args?: Args;
  typeInfo?: PayloadTypeInfo;
}

/** What handles of workflows have in common, in clients and in workflow code. */
export interface BaseWorkflowHandle<T extends Workflow> {
  /** Resolves when the workflow completes. */
  result(): Promise<WorkflowResultType<T>>;
  /** Sends a signal: by its definition, or by its name. */
  signal<Args extends any[] = [], Name extends string = string>(
    def: SignalDefinition<Args, Name> | string,
    ...args: Args
  ): Promise<void>;
  /** Sends a signal by its name, with options. */
  signalWithOptions<Args extends any[] = []>(signalName: string, options: WorkflowSignalOptions<Args>): Promise<void>;
  readonly workflowId: string;
}
