import type { Headers, Next } from "../common/interceptors.ts";
import type { SignalTypeInfo } from "../common/interfaces.ts";
import type { PayloadTypeInfo, TypeInfo } from "../common/type-info.ts";
import type { ActivityClientInterceptor } from "./activity-interceptors.ts";
import type { NexusClientInterceptor } from "./nexus-interceptors.ts";
import type { CompiledScheduleOptions } from "./schedule-types.ts";
import type {
  DescribeWorkflowExecutionResponse,
  RequestCancelWorkflowExecutionResponse,
  TerminateWorkflowExecutionResponse,
  WorkflowExecution,
} from "./types.ts";
import type { CompiledWorkflowOptions, WorkflowUpdateOptions } from "./workflow-options.ts";

export type { Headers, Next };
export type * from "./activity-interceptors.ts";
export type * from "./nexus-interceptors.ts";

/** What `start` of an interceptor gets. */
export interface WorkflowStartInput {
  readonly workflowType: string;
  readonly headers: Headers;
  readonly options: CompiledWorkflowOptions;
}

/** What `startUpdate` of an interceptor gets. */
export interface WorkflowStartUpdateInput {
  readonly updateName: string;
  readonly args: unknown[];
  readonly typeInfo?: PayloadTypeInfo;
  readonly workflowExecution: WorkflowExecution;
  readonly firstExecutionRunId?: string;
  readonly headers: Headers;
  readonly options: WorkflowUpdateOptions;
}

/** What `startWithDetails` of an interceptor answers. */
export interface WorkflowStartOutput {
  readonly runId: string;
  readonly eagerlyStarted: boolean;
}

/** `temporal.api.update.v1.Outcome`: one of the two, encoded. */
export interface UpdateOutcome {
  readonly success?: Uint8Array | undefined;
  readonly failure?: Uint8Array | undefined;
}

/** What `startUpdate` of an interceptor answers. */
export interface WorkflowStartUpdateOutput {
  readonly updateId: string;
  readonly workflowRunId: string;
  readonly outcome?: UpdateOutcome | undefined;
  readonly outputTypeInfo?: TypeInfo | undefined;
}

/** What `startUpdateWithStart` of an interceptor gets. */
export interface WorkflowStartUpdateWithStartInput {
  readonly workflowType: string;
  readonly workflowStartOptions: CompiledWorkflowOptions;
  readonly workflowStartHeaders: Headers;
  readonly updateName: string;
  readonly updateArgs: unknown[];
  readonly updateTypeInfo?: PayloadTypeInfo;
  readonly updateOptions: WorkflowUpdateOptions;
  readonly updateHeaders: Headers;
}

/** What `startUpdateWithStart` of an interceptor answers. */
export interface WorkflowStartUpdateWithStartOutput {
  readonly workflowExecution: WorkflowExecution;
  readonly updateId: string;
  readonly updateOutcome?: UpdateOutcome | undefined;
  readonly updateOutputTypeInfo?: TypeInfo | undefined;
}

/** What `signal` of an interceptor gets. */
export interface WorkflowSignalInput {
  readonly signalName: string;
  readonly args: unknown[];
  readonly typeInfo?: SignalTypeInfo;
  readonly workflowExecution: WorkflowExecution;
  readonly headers: Headers;
}

/** What `signalWithStart` of an interceptor gets. */
export interface WorkflowSignalWithStartInput {
  readonly workflowType: string;
  readonly signalName: string;
  readonly signalArgs: unknown[];
  readonly signalTypeInfo?: SignalTypeInfo;
  readonly headers: Headers;
  readonly options: CompiledWorkflowOptions;
}

/** What `query` of an interceptor gets. */
export interface WorkflowQueryInput {
  readonly queryType: string;
  readonly args: unknown[];
  readonly typeInfo?: PayloadTypeInfo;
  readonly workflowExecution: WorkflowExecution;
  /** A number of `QueryRejectCondition`. */
  readonly queryRejectCondition?: number;
  readonly headers: Headers;
}

/** What `terminate` of an interceptor gets. */
export interface WorkflowTerminateInput {
  readonly workflowExecution: WorkflowExecution;
  readonly reason?: string;
  readonly details?: unknown[];
  readonly firstExecutionRunId?: string;
}

/** What `cancel` of an interceptor gets. */
export interface WorkflowCancelInput {
  readonly workflowExecution: WorkflowExecution;
  readonly firstExecutionRunId?: string;
}

/** What `describe` of an interceptor gets. */
export interface WorkflowDescribeInput {
  readonly workflowExecution: WorkflowExecution;
}

/** Around the calls of a workflow client; every method is optional. */
export interface WorkflowClientInterceptor {
  /** @deprecated Use {@link startWithDetails}. */
  start?: (input: WorkflowStartInput, next: Next<this, "start">) => Promise<string>;
  startWithDetails?: (input: WorkflowStartInput, next: Next<this, "startWithDetails">) => Promise<WorkflowStartOutput>;
  startUpdate?: (
    input: WorkflowStartUpdateInput,
    next: Next<this, "startUpdate">,
  ) => Promise<WorkflowStartUpdateOutput>;
  startUpdateWithStart?: (
    input: WorkflowStartUpdateWithStartInput,
    next: Next<this, "startUpdateWithStart">,
  ) => Promise<WorkflowStartUpdateWithStartOutput>;
  signal?: (input: WorkflowSignalInput, next: Next<this, "signal">) => Promise<void>;
  signalWithStart?: (input: WorkflowSignalWithStartInput, next: Next<this, "signalWithStart">) => Promise<string>;
  query?: (input: WorkflowQueryInput, next: Next<this, "query">) => Promise<unknown>;
  terminate?: (
    input: WorkflowTerminateInput,
    next: Next<this, "terminate">,
  ) => Promise<TerminateWorkflowExecutionResponse>;
  cancel?: (input: WorkflowCancelInput, next: Next<this, "cancel">) => Promise<RequestCancelWorkflowExecutionResponse>;
  describe?: (input: WorkflowDescribeInput, next: Next<this, "describe">) => Promise<DescribeWorkflowExecutionResponse>;
}

/** @deprecated Use {@link WorkflowClientInterceptor}. */
export type WorkflowClientCallsInterceptor = WorkflowClientInterceptor;

/** @deprecated */
export interface WorkflowClientCallsInterceptorFactoryInput {
  workflowId: string;
  runId?: string;
}

/** @deprecated Give interceptors without a factory. */
export interface WorkflowClientCallsInterceptorFactory {
  (input: WorkflowClientCallsInterceptorFactoryInput): WorkflowClientCallsInterceptor;
}

/** @deprecated Give interceptors without a factory. */
export interface WorkflowClientInterceptors {
  /** @deprecated */
  calls?: WorkflowClientCallsInterceptorFactory[];
}

/** Around the calls of a schedule client. */
export interface ScheduleClientInterceptor {
  create?: (input: CreateScheduleInput, next: Next<this, "create">) => Promise<CreateScheduleOutput>;
}

/** What `create` of an interceptor gets. */
export interface CreateScheduleInput {
  readonly headers: Headers;
  readonly options: CompiledScheduleOptions;
}

/** What `create` of an interceptor answers. */
export type CreateScheduleOutput = { readonly conflictToken: Uint8Array };

/** The interceptors of all clients. */
export interface ClientInterceptors {
  workflow?: WorkflowClientInterceptors | WorkflowClientInterceptor[];
  schedule?: ScheduleClientInterceptor[];
  nexus?: NexusClientInterceptor[];
  activity?: ActivityClientInterceptor[];
}
