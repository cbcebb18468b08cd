import type * as api from "../../api/gen/messages.js";
import { makeProtoEnumConverters } from "../common/proto-enum.ts";
import type { Priority } from "../common/priority.ts";
import type { SearchAttributes, SearchAttributeValue, TypedSearchAttributes } from "../common/search-attributes.ts";
import type { Replace } from "../common/type-helpers.ts";
import type {
  CallContext,
  ConnectionPlugin,
  HealthServiceMethods,
  Metadata,
  OperatorServiceMethods,
  TestServiceMethods,
  WorkflowServiceMethods,
} from "../connection/index.ts";

export type { CallContext, Metadata };

/** A run of a workflow, as messages name it. */
export interface WorkflowExecution {
  workflowId: string;
  runId?: string;
}

/** The message of the API. */
export type StartWorkflowExecutionRequest = api.StartWorkflowExecutionRequest;
/** The message of the API. */
export type GetWorkflowExecutionHistoryRequest = api.GetWorkflowExecutionHistoryRequest;
/** The message of the API. */
export type DescribeWorkflowExecutionResponse = api.DescribeWorkflowExecutionResponse;
/** The message of the API. */
export type RawWorkflowExecutionInfo = api.WorkflowExecutionInfo;
/** The message of the API. */
export type TerminateWorkflowExecutionResponse = api.TerminateWorkflowExecutionResponse;
/** The message of the API. */
export type RequestCancelWorkflowExecutionResponse = api.RequestCancelWorkflowExecutionResponse;

/** Where an execution stands, by name. */
export type WorkflowExecutionStatusName =
  | "UNSPECIFIED"
  | "RUNNING"
  | "COMPLETED"
  | "FAILED"
  | "CANCELLED"
  | "TERMINATED"
  | "CONTINUED_AS_NEW"
  | "TIMED_OUT"
  | "PAUSED"
  | "UNKNOWN";

/** An execution in a list. */
export interface WorkflowExecutionInfo {
  type: string;
  workflowId: string;
  runId: string;
  taskQueue: string;
  /** The number of the wire, and its name. */
  status: { code: number; name: WorkflowExecutionStatusName };
  historyLength: number;
  /** In bytes. */
  historySize?: number;
  startTime: Date;
  executionTime?: Date;
  closeTime?: Date;
  memo?: Record<string, unknown>;
  /** @deprecated Use {@link typedSearchAttributes}. */
  searchAttributes: SearchAttributes;
  typedSearchAttributes: TypedSearchAttributes;
  parentExecution?: Required<WorkflowExecution>;
  rootExecution?: Required<WorkflowExecution>;
  /** The message itself; its payloads are encoded. */
  raw: RawWorkflowExecutionInfo;
  priority?: Priority;
}

/** How many executions a query finds, and in which groups. */
export interface CountWorkflowExecution {
  count: number;
  groups: { count: number; groupValues: SearchAttributeValue[] }[];
}

/** All that is known of an execution. */
export type WorkflowExecutionDescription = Replace<
  WorkflowExecutionInfo,
  { raw: DescribeWorkflowExecutionResponse }
> & {
  /** What people read of the workflow: any number of lines. */
  staticDetails: () => Promise<string | undefined>;
  /** What people read of the workflow: one line. */
  staticSummary: () => Promise<string | undefined>;
};

/** The workflow service of a server. */
export type WorkflowService = WorkflowServiceMethods;
/** The operator's service of a server. */
export type OperatorService = OperatorServiceMethods;
/** The service of test servers. */
export type TestService = TestServiceMethods;
/** The health service of a server. */
export type HealthService = HealthServiceMethods;

/** What clients need of a connection. */
export interface ConnectionLike {
  workflowService: WorkflowService;
  operatorService: OperatorService;
  plugins: ConnectionPlugin[];
  close(): Promise<void>;
  ensureConnected(): Promise<void>;
  /** Calls made by `fn` fail with DEADLINE_EXCEEDED after the deadline. */
  withDeadline<R>(deadline: number | Date, fn: () => Promise<R>): Promise<R>;
  /** Calls made by `fn` have this metadata too. */
  withMetadata<R>(metadata: Metadata, fn: () => Promise<R>): Promise<R>;
  /** Calls made by `fn` fail with CANCELLED when the signal is aborted. */
  withAbortSignal<R>(abortSignal: AbortSignal, fn: () => Promise<R>): Promise<R>;
}

/** What connections tell clients beyond their public face. */
export const InternalConnectionLikeSymbol: unique symbol = Symbol.for("__temporal_internal_client_connection_like");
/** A connection with what the SDK itself uses of it. */
export type InternalConnectionLike = ConnectionLike & {
  [InternalConnectionLikeSymbol]?: {
    /** Whether a worker of this connection takes the first task with the answer to the start. */
    readonly supportsEagerStart?: boolean;
  };
};

/** When a query is refused because of the workflow's status. */
export const QueryRejectCondition = {
  NONE: "NONE",
  /** Unless the workflow runs. */
  NOT_OPEN: "NOT_OPEN",
  /** When the workflow failed, timed out or was cancelled or terminated. */
  NOT_COMPLETED_CLEANLY: "NOT_COMPLETED_CLEANLY",
  /** @deprecated Use {@link NONE}. */
  QUERY_REJECT_CONDITION_NONE: "NONE",
  /** @deprecated Use {@link NOT_OPEN}. */
  QUERY_REJECT_CONDITION_NOT_OPEN: "NOT_OPEN",
  /** @deprecated Use {@link NOT_COMPLETED_CLEANLY}. */
  QUERY_REJECT_CONDITION_NOT_COMPLETED_CLEANLY: "NOT_COMPLETED_CLEANLY",
  /** @deprecated Use `undefined`. */
  QUERY_REJECT_CONDITION_UNSPECIFIED: undefined,
} as const;
export type QueryRejectCondition = (typeof QueryRejectCondition)[keyof typeof QueryRejectCondition];

/** From the name that users give to the number that is sent, and back. */
export const [encodeQueryRejectCondition, decodeQueryRejectCondition] = makeProtoEnumConverters(
  { UNSPECIFIED: 0, NONE: 1, NOT_OPEN: 2, NOT_COMPLETED_CLEANLY: 3 },
  "QUERY_REJECT_CONDITION_",
);
