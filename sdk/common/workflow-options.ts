import type { Duration } from "./duration.ts";
import type { Workflow } from "./interfaces.ts";
import type { Priority } from "./priority.ts";
import { makeProtoEnumConverters } from "./proto-enum.ts";
import type { RetryPolicy } from "./retry-policy.ts";
import type { SearchAttributePair, SearchAttributes, TypedSearchAttributes } from "./search-attributes.ts";
import type { PayloadTypeInfo } from "./type-info.ts";
import { isWorkflowFunctionWithStaticOptions } from "./workflow-definition-options.ts";

/** What happens when a workflow of the same id has *closed*. */
export const WorkflowIdReusePolicy = {
  /** Start another; the default. */
  ALLOW_DUPLICATE: "ALLOW_DUPLICATE",
  /** Start another unless the last one completed. */
  ALLOW_DUPLICATE_FAILED_ONLY: "ALLOW_DUPLICATE_FAILED_ONLY",
  /** Never start another. */
  REJECT_DUPLICATE: "REJECT_DUPLICATE",
  /** @deprecated Use `workflowIdConflictPolicy: "TERMINATE_EXISTING"`. */
  TERMINATE_IF_RUNNING: "TERMINATE_IF_RUNNING",
  /** @deprecated Use `undefined`. */
  WORKFLOW_ID_REUSE_POLICY_UNSPECIFIED: undefined,
  /** @deprecated Use {@link ALLOW_DUPLICATE}. */
  WORKFLOW_ID_REUSE_POLICY_ALLOW_DUPLICATE: "ALLOW_DUPLICATE",
  /** @deprecated Use {@link ALLOW_DUPLICATE_FAILED_ONLY}. */
  WORKFLOW_ID_REUSE_POLICY_ALLOW_DUPLICATE_FAILED_ONLY: "ALLOW_DUPLICATE_FAILED_ONLY",
  /** @deprecated Use {@link REJECT_DUPLICATE}. */
  WORKFLOW_ID_REUSE_POLICY_REJECT_DUPLICATE: "REJECT_DUPLICATE",
  /** @deprecated Use {@link TERMINATE_IF_RUNNING}. */
  WORKFLOW_ID_REUSE_POLICY_TERMINATE_IF_RUNNING: "TERMINATE_IF_RUNNING",
} as const;
export type WorkflowIdReusePolicy = (typeof WorkflowIdReusePolicy)[keyof typeof WorkflowIdReusePolicy];

/** From the name that users give to the number that is sent, and back. */
export const [encodeWorkflowIdReusePolicy, decodeWorkflowIdReusePolicy] = makeProtoEnumConverters(
  {
    UNSPECIFIED: 0,
    ALLOW_DUPLICATE: 1,
    ALLOW_DUPLICATE_FAILED_ONLY: 2,
    REJECT_DUPLICATE: 3,
    TERMINATE_IF_RUNNING: 4,
  },
  "WORKFLOW_ID_REUSE_POLICY_",
);

/** What happens when a workflow of the same id is *running*. */
export const WorkflowIdConflictPolicy = {
  /** The start fails with `WorkflowExecutionAlreadyStartedError`. */
  FAIL: "FAIL",
  /** The start gives a handle of the one that runs. */
  USE_EXISTING: "USE_EXISTING",
  /** The one that runs is terminated. */
  TERMINATE_EXISTING: "TERMINATE_EXISTING",
} as const;
export type WorkflowIdConflictPolicy = (typeof WorkflowIdConflictPolicy)[keyof typeof WorkflowIdConflictPolicy];

/** From the name that users give to the number that is sent, and back. */
export const [encodeWorkflowIdConflictPolicy, decodeWorkflowIdConflictPolicy] = makeProtoEnumConverters(
  { UNSPECIFIED: 0, FAIL: 1, USE_EXISTING: 2, TERMINATE_EXISTING: 3 },
  "WORKFLOW_ID_CONFLICT_POLICY_",
);

/** Options of a workflow, whoever starts it. */
export interface BaseWorkflowOptions {
  /** Default `ALLOW_DUPLICATE`. */
  workflowIdReusePolicy?: WorkflowIdReusePolicy;
  /** Default `FAIL`. */
  workflowIdConflictPolicy?: WorkflowIdConflictPolicy;
  /** Workflows are not tried again unless this is given. */
  retry?: RetryPolicy;
  /** A cron schedule, in UTC: each run starts when the last has ended and the schedule is due. */
  cronSchedule?: string;
  /** Values kept with the workflow, not indexed. */
  memo?: Record<string, unknown>;
  /** @deprecated Use {@link typedSearchAttributes}. */
  searchAttributes?: SearchAttributes;
  /** Indexed values. They are never encoded by a codec: keep secrets out. */
  typedSearchAttributes?: SearchAttributePair[] | TypedSearchAttributes;
  /** What people read of the workflow: any number of lines. */
  staticDetails?: string;
  /** What people read of the workflow: one line. */
  staticSummary?: string;
  priority?: Priority;
}

/** Options with the arguments of a workflow; required when it takes any. */
export type WithWorkflowArgs<W extends Workflow, T> = T &
  (Parameters<W> extends [any, ...any[]]
    ? { args: Parameters<W> | Readonly<Parameters<W>> }
    : { args?: Parameters<W> | Readonly<Parameters<W>> });

/** How long a workflow, a run and a task of it may take. */
export interface WorkflowDurationOptions {
  /** A run that takes longer is timed out. For limits of the application use a timer in the workflow. */
  workflowRunTimeout?: Duration;
  /** An execution that takes longer, with its retries and continuations, is timed out. */
  workflowExecutionTimeout?: Duration;
  /** Time of one workflow task; default 10 seconds. */
  workflowTaskTimeout?: Duration;
}

/** What clients and workflows can say when they start a workflow. */
export type CommonWorkflowOptions = BaseWorkflowOptions & WorkflowDurationOptions;

/** What a workflow is called, and by which types its payloads are converted. */
export interface WorkflowTypeOptions {
  type: string;
  typeInfo?: PayloadTypeInfo;
}

/**
 * The name of a workflow given by name or function, and its type information: the call's if given, else the function's.
 *
 * @throws TypeError for anything else and for functions without a name.
 */
export function extractWorkflowTypeAndConfig<T extends Workflow>(
  workflowTypeOrFunc: string | T,
  callSiteTypeInfo?: PayloadTypeInfo,
): WorkflowTypeOptions {
  if (typeof workflowTypeOrFunc === "string") return { type: workflowTypeOrFunc, typeInfo: callSiteTypeInfo };
  if (typeof workflowTypeOrFunc !== "function") {
    throw new TypeError(
      `Invalid workflow type: expected either a string or a function, got '${typeof workflowTypeOrFunc}'`,
    );
  }
  if (!workflowTypeOrFunc.name) throw new TypeError("Invalid workflow type: the workflow function is anonymous");
  const own = isWorkflowFunctionWithStaticOptions(workflowTypeOrFunc)
    ? workflowTypeOrFunc.staticOptions.typeInfo
    : undefined;
  return { type: workflowTypeOrFunc.name, typeInfo: callSiteTypeInfo ?? own };
}

/** The name of a workflow given by name or function. */
export function extractWorkflowType<T extends Workflow>(workflowTypeOrFunc: string | T): string {
  return extractWorkflowTypeAndConfig(workflowTypeOrFunc).type;
}
