/** Visibility's SQL as SQLite speaks it. */
import type { Scalar, VisibilityField } from "../visibility.ts";
import type { VisibilityDialect } from "../visibility-sql/index.ts";
import { readUuid } from "./byte-writer.ts";

/** The function that throws when nobody waits for the answer any more. */
export const GOES_ON = "visibility_goes_on";

/** A prime near 1,000: about so many rows are read between two looks at whether to go on. */
const ROWS_BETWEEN = 1_021;

export const SQLITE_DIALECT: VisibilityDialect = {
  bindable: (value) => (typeof value === "boolean" ? Number(value) : value),
  attributeName: (name) => name,
  // Whole numbers beyond 2^53 would not cross otherwise.
  readable: (expression, { type }) =>
    type === "Int" || type === "Datetime" ? `CAST(${expression} AS TEXT)` : expression,
  read: readScalar,
  from: (index) => (index === undefined ? "visibility v" : `visibility v INDEXED BY ${index}`),
  keyAmong: (select) => `v.key IN (${select})`,
  existsBeside: undefined,
  withoutIndex: (column) => `+${column}`,
  lotOf: (row) => `(${row}.key >> 23)`,
  isEmbedded: true,
  indexed: new Set([
    "runId",
    "workflowType",
    "status",
    "taskQueue",
    "startTime",
    "executionTime",
    "parentWorkflowId",
    "rootWorkflowId",
    "historyLength",
    "historySizeBytes",
    "stateTransitionCount",
    "executionDurationNs",
  ]),
  goesOn: (key) => `(${key} % ${ROWS_BETWEEN} <> 0 OR ${GOES_ON}())`,
};

function readScalar(value: unknown, { type }: VisibilityField): Scalar | undefined {
  if (value === null || value === undefined) return undefined;
  if (type === "Int" || type === "Datetime") {
    const whole = BigInt(value as string);
    return Number.isSafeInteger(Number(whole)) ? Number(whole) : whole;
  }
  if (type === "Bool") return value === 1;
  return value instanceof Uint8Array ? readUuid(value) : (value as Scalar);
}
