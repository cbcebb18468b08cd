/** The attributes every namespace has: those of the execution itself, and predefined ones that are set like custom ones. */
import type { AttributeType, SystemColumn } from "../store/visibility.ts";

export interface SystemAttribute {
  readonly column: SystemColumn;
  readonly type: AttributeType;
}

export const SYSTEM_ATTRIBUTES: ReadonlyMap<string, SystemAttribute> = new Map<string, SystemAttribute>([
  ["WorkflowId", { column: "workflowId", type: "Keyword" }],
  ["RunId", { column: "runId", type: "Keyword" }],
  ["WorkflowType", { column: "workflowType", type: "Keyword" }],
  ["StartTime", { column: "startTime", type: "Datetime" }],
  ["ExecutionTime", { column: "executionTime", type: "Datetime" }],
  ["CloseTime", { column: "closeTime", type: "Datetime" }],
  ["ExecutionStatus", { column: "status", type: "Keyword" }],
  ["TaskQueue", { column: "taskQueue", type: "Keyword" }],
  ["HistoryLength", { column: "historyLength", type: "Int" }],
  ["ExecutionDuration", { column: "executionDurationNs", type: "Int" }],
  ["StateTransitionCount", { column: "stateTransitionCount", type: "Int" }],
  ["HistorySizeBytes", { column: "historySizeBytes", type: "Int" }],
  ["ParentWorkflowId", { column: "parentWorkflowId", type: "Keyword" }],
  ["ParentRunId", { column: "parentRunId", type: "Keyword" }],
  ["RootWorkflowId", { column: "rootWorkflowId", type: "Keyword" }],
  ["RootRunId", { column: "rootRunId", type: "Keyword" }],
]);

export interface PredefinedAttribute {
  readonly type: AttributeType;
  /** Whether a start or an upsert may carry it; the others are the server's to set. */
  readonly settable: boolean;
}

export const PREDEFINED_ATTRIBUTES: ReadonlyMap<string, PredefinedAttribute> = new Map<string, PredefinedAttribute>([
  ["TemporalChangeVersion", { type: "KeywordList", settable: true }],
  ["BinaryChecksums", { type: "KeywordList", settable: true }],
  ["BuildIds", { type: "KeywordList", settable: true }],
  ["BatcherNamespace", { type: "Keyword", settable: true }],
  ["BatcherUser", { type: "Keyword", settable: true }],
  ["TemporalScheduledStartTime", { type: "Datetime", settable: true }],
  ["TemporalScheduledById", { type: "Keyword", settable: true }],
  ["TemporalSchedulePaused", { type: "Bool", settable: true }],
  ["TemporalNamespaceDivision", { type: "Keyword", settable: true }],
  ["TemporalPauseInfo", { type: "KeywordList", settable: true }],
  ["TemporalReportedProblems", { type: "KeywordList", settable: true }],
  ["TemporalWorkerDeployment", { type: "Keyword", settable: false }],
  ["TemporalWorkerDeploymentVersion", { type: "Keyword", settable: false }],
  ["TemporalWorkflowVersioningBehavior", { type: "Keyword", settable: false }],
  ["TemporalUsedWorkerDeploymentVersions", { type: "KeywordList", settable: false }],
  ["TemporalExternalPayloadCount", { type: "Int", settable: false }],
  ["TemporalExternalPayloadSizeBytes", { type: "Int", settable: false }],
]);

/** Names that are columns of other stores of visibility, and so cannot be given to a custom attribute. */
const RESERVED_COLUMNS: ReadonlySet<string> = new Set(["NamespaceId", "Memo", "MemoEncoding", "VisibilityTaskKey"]);

export const TEMPORAL_PREFIX = "Temporal";

/** Neither system nor predefined, so that a namespace's own table decides. */
export function isSystemOrPredefined(name: string): boolean {
  return SYSTEM_ATTRIBUTES.has(name) || PREDEFINED_ATTRIBUTES.has(name);
}

/** Whether a custom attribute may not have this name. */
export function isReservedName(name: string): boolean {
  return isSystemOrPredefined(name) || RESERVED_COLUMNS.has(name) || name.startsWith(TEMPORAL_PREFIX);
}

/** System and predefined attributes with their types, as ListSearchAttributes answers them. */
export function systemAttributeTypes(): ReadonlyMap<string, AttributeType> {
  const types = new Map<string, AttributeType>();
  for (const [name, { type }] of SYSTEM_ATTRIBUTES) types.set(name, type);
  for (const [name, { type }] of PREDEFINED_ATTRIBUTES) types.set(name, type);
  return types;
}
