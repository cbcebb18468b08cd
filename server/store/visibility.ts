/** The visibility row of an execution and the filters over it, in the engine's terms. */

/** Value type of a search attribute, as temporal.api.enums.v1.IndexedValueType numbers them. */
export type AttributeType = "Text" | "Keyword" | "Int" | "Double" | "Bool" | "Datetime" | "KeywordList";

/** Datetime values are microseconds since the epoch. Int beyond 2^53 is a bigint. */
export type AttributeValue = string | number | bigint | boolean | readonly string[];

export interface Attribute {
  readonly name: string;
  readonly type: AttributeType;
  readonly value: AttributeValue;
}

/** Written whole at start, at each change of an indexed field, and at close. Times are microseconds since the epoch. */
export interface VisibilityRow {
  readonly slot: number;
  readonly id: number;
  readonly namespace: number;
  readonly kind: number;
  readonly workflowId: string;
  readonly runId: string;
  readonly workflowType: string;
  readonly taskQueue: string;
  /** temporal.api.enums.v1.WorkflowExecutionStatus. */
  readonly status: number;
  readonly startTime: number;
  readonly executionTime: number;
  /** This and the next four are undefined while the execution is open. */
  readonly closeTime: number | undefined;
  readonly historyLength: number | undefined;
  readonly historySizeBytes: number | undefined;
  readonly stateTransitionCount: number | undefined;
  readonly executionDurationNs: number | undefined;
  readonly parentWorkflowId: string | undefined;
  readonly parentRunId: string | undefined;
  readonly rootWorkflowId: string;
  readonly rootRunId: string;
  /** Encoded temporal.api.common.v1.Memo. */
  readonly memo: Uint8Array | undefined;
  /** Encoded temporal.api.common.v1.SearchAttributes as the reply echoes it (custom and predefined ones). */
  readonly searchAttributes: Uint8Array | undefined;
  /** The same, decoded for the index. */
  readonly attributes: readonly Attribute[];
}

/** Columns every execution has. */
export type SystemColumn =
  | "workflowId"
  | "runId"
  | "workflowType"
  | "taskQueue"
  | "status"
  | "startTime"
  | "executionTime"
  | "closeTime"
  | "historyLength"
  | "historySizeBytes"
  | "stateTransitionCount"
  | "executionDurationNs"
  | "parentWorkflowId"
  | "parentRunId"
  | "rootWorkflowId"
  | "rootRunId";

export type VisibilityField =
  | { readonly kind: "system"; readonly column: SystemColumn; readonly type: AttributeType }
  | { readonly kind: "attribute"; readonly name: string; readonly type: AttributeType };

export type Comparison = "=" | "!=" | "<" | "<=" | ">" | ">=";

export type Scalar = string | number | bigint | boolean;

/**
 * A resolved filter: names, types and values are checked, aliases replaced. Comparisons with an absent value are false,
 * and `not` of them follows SQL's three-valued logic (NULL stays excluded).
 */
export type VisibilityFilter =
  | { readonly kind: "and" | "or"; readonly filters: readonly VisibilityFilter[] }
  | { readonly kind: "not"; readonly filter: VisibilityFilter }
  | { readonly kind: "compare"; readonly field: VisibilityField; readonly op: Comparison; readonly value: Scalar }
  | {
      readonly kind: "in";
      readonly field: VisibilityField;
      readonly values: readonly Scalar[];
      readonly negated: boolean;
    }
  | {
      readonly kind: "between";
      readonly field: VisibilityField;
      readonly low: Scalar;
      readonly high: Scalar;
      readonly negated: boolean;
    }
  | { readonly kind: "startsWith"; readonly field: VisibilityField; readonly prefix: string; readonly negated: boolean }
  | { readonly kind: "isNull"; readonly field: VisibilityField; readonly negated: boolean };

/** The order of a list, before the default one; absent values come last either way. */
export interface VisibilitySort {
  readonly field: VisibilityField;
  readonly descending: boolean;
}

/** temporal.api.enums.v1.IndexedValueType. */
export const ATTRIBUTE_TYPE_NUMBER: Readonly<Record<AttributeType, number>> = {
  Text: 1,
  Keyword: 2,
  Int: 3,
  Double: 4,
  Bool: 5,
  Datetime: 6,
  KeywordList: 7,
};

export const ATTRIBUTE_TYPE_BY_NUMBER: ReadonlyMap<number, AttributeType> = new Map(
  Object.entries(ATTRIBUTE_TYPE_NUMBER).map(([type, number]) => [number, type as AttributeType]),
);

/** The attribute that hides an execution from queries that do not speak of it; stores keep it at hand. */
export const DIVISION_NAME = "TemporalNamespaceDivision";
