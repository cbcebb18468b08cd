import type { CommonWorkflowOptions, PayloadTypeInfo, VersioningIntent } from "../common/index.ts";
import { makeProtoEnumConverters } from "../common/proto-enum.ts";
import type { EventGroupMarker } from "./event-groups.ts";

/**
 * Whether cancellation of the parent reaches the child, and when the parent's call reports it.
 */
export const ChildWorkflowCancellationType = {
  /** The child is not told; the call fails at once. */
  ABANDON: "ABANDON",
  /** The child is told; the call fails at once. */
  TRY_CANCEL: "TRY_CANCEL",
  /** The call fails when the request is in the child's history. */
  WAIT_CANCELLATION_REQUESTED: "WAIT_CANCELLATION_REQUESTED",
  /** The call ends as the child ends. The default. */
  WAIT_CANCELLATION_COMPLETED: "WAIT_CANCELLATION_COMPLETED",
} as const;
export type ChildWorkflowCancellationType =
  (typeof ChildWorkflowCancellationType)[keyof typeof ChildWorkflowCancellationType];

/** What happens to a child when its parent ends. */
export const ParentClosePolicy = {
  /** The child is terminated. The default. */
  TERMINATE: "TERMINATE",
  /** The child goes on. */
  ABANDON: "ABANDON",
  /** The child is asked to cancel. */
  REQUEST_CANCEL: "REQUEST_CANCEL",
  /** @deprecated leave the option out */
  PARENT_CLOSE_POLICY_UNSPECIFIED: undefined,
  /** @deprecated */
  PARENT_CLOSE_POLICY_TERMINATE: "TERMINATE",
  /** @deprecated */
  PARENT_CLOSE_POLICY_ABANDON: "ABANDON",
  /** @deprecated */
  PARENT_CLOSE_POLICY_REQUEST_CANCEL: "REQUEST_CANCEL",
} as const;
export type ParentClosePolicy = (typeof ParentClosePolicy)[keyof typeof ParentClosePolicy];

export const [encodeParentClosePolicy] = makeProtoEnumConverters(
  { UNSPECIFIED: 0, TERMINATE: 1, ABANDON: 2, REQUEST_CANCEL: 3 },
  "PARENT_CLOSE_POLICY_",
);

/** How a child workflow is started. */
export interface ChildWorkflowOptions extends Omit<CommonWorkflowOptions, "workflowIdConflictPolicy"> {
  /** @experimental */
  typeInfo?: PayloadTypeInfo;
  /** A random UUID when absent; one that means something keeps the child from being started twice. */
  workflowId?: string;
  /** The parent's when absent. */
  taskQueue?: string;
  /** @default "WAIT_CANCELLATION_COMPLETED" */
  cancellationType?: ChildWorkflowCancellationType;
  /** @default "TERMINATE" */
  parentClosePolicy?: ParentClosePolicy;
  /** @deprecated */
  versioningIntent?: VersioningIntent;
  /** @experimental */
  eventGroups?: EventGroupMarker[];
}

export type RequiredChildWorkflowOptions = Required<Pick<ChildWorkflowOptions, "workflowId" | "cancellationType">> & {
  args: unknown[];
};

export type ChildWorkflowOptionsWithDefaults = ChildWorkflowOptions & RequiredChildWorkflowOptions;
