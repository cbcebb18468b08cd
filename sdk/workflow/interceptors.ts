/** What a workflow's interceptors can implement. Each method gets an input and the rest of the chain. */
import type {
  Duration,
  Headers,
  MetricTags,
  Next,
  PayloadTypeInfo,
  SignalTypeInfo,
  TypeInfo,
  WorkflowExecution,
} from "../common/index.ts";
import type { Timestamp } from "../common/index.ts";
import type { Activation, WorkflowCommand } from "./activation.ts";
import type { ActivityOptions, LocalActivityOptions } from "./activity-options.ts";
import type { ChildWorkflowOptionsWithDefaults } from "./child-workflow-options.ts";
import type { ContinueAsNewOptions } from "./continue-as-new.ts";
import type { EventGroupMarker } from "./event-groups.ts";
import type { NexusOperationCancellationType } from "./nexus.ts";

export type { Headers, Next } from "../common/index.ts";

/** What a module of workflow interceptors exports as `interceptors`; called once for each run. */
export type WorkflowInterceptorsFactory = () => WorkflowInterceptors;

/** The interceptors of one run; the first of a list is the outermost. */
export interface WorkflowInterceptors {
  inbound?: WorkflowInboundCallsInterceptor[];
  outbound?: WorkflowOutboundCallsInterceptor[];
  internals?: WorkflowInternalsInterceptor[];
}

/** Around what reaches the workflow. */
export interface WorkflowInboundCallsInterceptor {
  execute?: (input: WorkflowExecuteInput, next: Next<WorkflowInboundCallsInterceptor, "execute">) => Promise<unknown>;
  handleUpdate?: (input: UpdateInput, next: Next<WorkflowInboundCallsInterceptor, "handleUpdate">) => Promise<unknown>;
  validateUpdate?: (input: UpdateInput, next: Next<WorkflowInboundCallsInterceptor, "validateUpdate">) => void;
  handleSignal?: (input: SignalInput, next: Next<WorkflowInboundCallsInterceptor, "handleSignal">) => Promise<void>;
  handleQuery?: (input: QueryInput, next: Next<WorkflowInboundCallsInterceptor, "handleQuery">) => Promise<unknown>;
}

/** What `execute` of an interceptor gets. */
export interface WorkflowExecuteInput {
  readonly args: unknown[];
  readonly headers: Headers;
}

/** What `handleUpdate` and `validateUpdate` of an interceptor get. */
export interface UpdateInput {
  readonly updateId: string;
  readonly name: string;
  readonly args: unknown[];
  readonly headers: Headers;
}

/** What `handleSignal` of an interceptor gets. */
export interface SignalInput {
  readonly signalName: string;
  readonly args: unknown[];
  readonly headers: Headers;
}

/** What `handleQuery` of an interceptor gets. */
export interface QueryInput {
  readonly queryId: string;
  readonly queryName: string;
  readonly args: unknown[];
  readonly headers: Headers;
}

/** Around what the workflow asks for. */
export interface WorkflowOutboundCallsInterceptor {
  startTimer?: (input: TimerInput, next: Next<WorkflowOutboundCallsInterceptor, "startTimer">) => Promise<void>;
  scheduleActivity?: (
    input: ActivityInput,
    next: Next<WorkflowOutboundCallsInterceptor, "scheduleActivity">,
  ) => Promise<unknown>;
  scheduleLocalActivity?: (
    input: LocalActivityInput,
    next: Next<WorkflowOutboundCallsInterceptor, "scheduleLocalActivity">,
  ) => Promise<unknown>;
  startNexusOperation?: (
    input: StartNexusOperationInput,
    next: Next<WorkflowOutboundCallsInterceptor, "startNexusOperation">,
  ) => Promise<StartNexusOperationOutput>;
  /** The first promise is of the child's run id, the second of its result. */
  startChildWorkflowExecution?: (
    input: StartChildWorkflowExecutionInput,
    next: Next<WorkflowOutboundCallsInterceptor, "startChildWorkflowExecution">,
  ) => Promise<[Promise<string>, Promise<unknown>]>;
  signalWorkflow?: (
    input: SignalWorkflowInput,
    next: Next<WorkflowOutboundCallsInterceptor, "signalWorkflow">,
  ) => Promise<void>;
  continueAsNew?: (
    input: ContinueAsNewInput,
    next: Next<WorkflowOutboundCallsInterceptor, "continueAsNew">,
  ) => Promise<never>;
  /** What it returns is attached to each log line. */
  getLogAttributes?: (
    input: GetLogAttributesInput,
    next: Next<WorkflowOutboundCallsInterceptor, "getLogAttributes">,
  ) => Record<string, unknown>;
  /** What it returns comes before the tags of the metric and of the call. */
  getMetricTags?: (
    input: GetMetricTagsInput,
    next: Next<WorkflowOutboundCallsInterceptor, "getMetricTags">,
  ) => MetricTags;
}

/** What `startTimer` of an interceptor gets. */
export interface TimerInput {
  readonly durationMs: number;
  readonly seq: number;
  readonly options?: TimerOptions;
}

/** Options of `sleep`, and of timers that other calls start. */
export interface TimerOptions {
  /** One line that says what the timer is for. */
  readonly summary?: string;
  /** @experimental */
  readonly eventGroups?: EventGroupMarker[];
}

/** What `scheduleActivity` of an interceptor gets. */
export interface ActivityInput {
  readonly activityType: string;
  readonly args: unknown[];
  readonly options: ActivityOptions;
  readonly headers: Headers;
  readonly seq: number;
  /** Interceptors may replace it. */
  readonly typeInfo?: PayloadTypeInfo;
}

/** What `scheduleLocalActivity` of an interceptor gets. */
export interface LocalActivityInput {
  readonly activityType: string;
  readonly args: unknown[];
  readonly options: LocalActivityOptions;
  readonly headers: Headers;
  readonly seq: number;
  readonly originalScheduleTime?: Timestamp;
  readonly attempt: number;
  /** Interceptors may replace it. */
  readonly typeInfo?: PayloadTypeInfo;
}

/** What `startNexusOperation` of an interceptor gets. */
export interface StartNexusOperationInput {
  readonly input: unknown;
  readonly inputType?: TypeInfo;
  readonly outputType?: TypeInfo;
  readonly endpoint: string;
  readonly service: string;
  readonly options: StartNexusOperationOptions;
  readonly operation: string;
  readonly seq: number;
  readonly headers: Record<string, string>;
}

/** Options of a Nexus operation. */
export interface StartNexusOperationOptions {
  /** From the call to the result. */
  readonly scheduleToCloseTimeout?: Duration;
  /** From the call to the start. */
  readonly scheduleToStartTimeout?: Duration;
  /** From the start to the result, for operations that end later. */
  readonly startToCloseTimeout?: Duration;
  /** @default "WAIT_CANCELLATION_COMPLETED" */
  readonly cancellationType?: NexusOperationCancellationType;
  /** One line that says what the operation is for. */
  readonly summary?: string;
  /** @experimental */
  readonly eventGroups?: EventGroupMarker[];
}

/** What `startNexusOperation` of an interceptor answers. */
export interface StartNexusOperationOutput {
  /** undefined when the operation was done at once. */
  readonly token?: string;
  readonly result: Promise<unknown>;
}

/** What `startChildWorkflowExecution` of an interceptor gets. */
export interface StartChildWorkflowExecutionInput {
  readonly workflowType: string;
  readonly options: ChildWorkflowOptionsWithDefaults;
  readonly headers: Headers;
  readonly seq: number;
}

/** What `signalWorkflow` of an interceptor gets: a signal to a child or to another workflow. */
export interface SignalWorkflowInput {
  readonly seq: number;
  readonly signalName: string;
  readonly args: unknown[];
  readonly typeInfo?: SignalTypeInfo;
  readonly headers: Headers;
  readonly target:
    | { readonly type: "external"; readonly workflowExecution: WorkflowExecution }
    | { readonly type: "child"; readonly childWorkflowId: string };
}

/** What `continueAsNew` of an interceptor gets. */
export interface ContinueAsNewInput {
  readonly args: unknown[];
  readonly headers: Headers;
  readonly options: ContinueAsNewInputOptions;
}

/** Options of a `continueAsNew`, with the type of the next run. */
export type ContinueAsNewInputOptions = ContinueAsNewOptions & Required<Pick<ContinueAsNewOptions, "workflowType">>;

/** Attributes that lines of the log have already. */
export type GetLogAttributesInput = Record<string, unknown>;

/** Tags that metrics have already. */
export type GetMetricTagsInput = MetricTags;

/**
 * Around the machinery. The activation and the commands are those of `activation.ts`.
 *
 * @experimental
 */
export interface WorkflowInternalsInterceptor {
  activate?(input: ActivateInput, next: Next<this, "activate">): void;
  /** May change the commands. */
  concludeActivation?(input: ConcludeActivationInput, next: Next<this, "concludeActivation">): ConcludeActivationOutput;
  dispose?(input: DisposeInput, next: Next<this, "dispose">): void;
}

/** What `activate` of an interceptor gets: the jobs of one activation. */
export interface ActivateInput {
  readonly activation: Activation;
  readonly batchIndex: number;
}

/** What `dispose` of an interceptor gets. */
export interface DisposeInput {}

/** What `concludeActivation` of an interceptor gets: the commands of one activation. */
export interface ConcludeActivationInput {
  readonly commands: readonly WorkflowCommand[];
}

/** The commands that are sent. */
export type ConcludeActivationOutput = ConcludeActivationInput;
