/** The filters of ListOpen- and ListClosedWorkflowExecutions, which have fields instead of a query. */
import type { Scalar, VisibilityField, VisibilityFilter } from "../store/visibility.ts";
import { fieldNamed } from "./attribute-registry.ts";
import { InvalidQueryError } from "./errors.ts";
import { STATUS_RUNNING } from "./execution-status.ts";
import { NO_DIVISION } from "./resolve.ts";

/** Microseconds since the epoch, both ends included. */
export interface TimeRange {
  readonly earliest: number | undefined;
  readonly latest: number | undefined;
}

export interface OpenListing {
  /** Of the start times. */
  readonly times: TimeRange | undefined;
  readonly workflowId?: string | undefined;
  readonly workflowType?: string | undefined;
}

export interface ClosedListing {
  /** Of the close times. */
  readonly times: TimeRange | undefined;
  readonly workflowId?: string | undefined;
  readonly workflowType?: string | undefined;
  readonly status?: number | undefined;
}

export function openListFilter(listing: OpenListing): VisibilityFilter {
  return all([equals("ExecutionStatus", STATUS_RUNNING), ...within("StartTime", listing.times), ...named(listing)]);
}

export function closedListFilter(listing: ClosedListing): VisibilityFilter {
  const { status } = listing;
  if (status === 0 || status === STATUS_RUNNING) {
    throw new InvalidQueryError("StatusFilter must be specified and must be not Running.");
  }
  const byStatus: VisibilityFilter =
    status === undefined
      ? { kind: "compare", field: column("ExecutionStatus"), op: "!=", value: STATUS_RUNNING }
      : equals("ExecutionStatus", status);
  return all([byStatus, ...within("CloseTime", listing.times), ...named(listing)]);
}

function all(filters: readonly VisibilityFilter[]): VisibilityFilter {
  return { kind: "and", filters: [...filters, NO_DIVISION] };
}

function named(listing: { workflowId?: string | undefined; workflowType?: string | undefined }): VisibilityFilter[] {
  const filters: VisibilityFilter[] = [];
  if (listing.workflowId !== undefined) filters.push(equals("WorkflowId", listing.workflowId));
  if (listing.workflowType !== undefined) filters.push(equals("WorkflowType", listing.workflowType));
  return filters;
}

function within(name: string, times: TimeRange | undefined): VisibilityFilter[] {
  if (times === undefined) return [];
  const { earliest, latest } = times;
  if (earliest !== undefined && latest !== undefined && earliest > latest) {
    throw new InvalidQueryError("EarliestTime in StartTimeFilter should not be larger than LatestTime.");
  }
  const filters: VisibilityFilter[] = [];
  const field = column(name);
  if (earliest !== undefined) filters.push({ kind: "compare", field, op: ">=", value: earliest });
  if (latest !== undefined) filters.push({ kind: "compare", field, op: "<=", value: latest });
  return filters;
}

function equals(name: string, value: Scalar): VisibilityFilter {
  return { kind: "compare", field: column(name), op: "=", value };
}

function column(name: string): VisibilityField {
  const named = fieldNamed(name, { typeOf: () => undefined });
  if (named === undefined) throw new TypeError(`no column ${name}`);
  return named.field;
}
