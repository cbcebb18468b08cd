/** Visibility's SQL as PostgreSQL speaks it, over our columns: texts and attributes are bytes, run ids are UUIDs. */
import type { Scalar, VisibilityField } from "../visibility.ts";
import type { VisibilityDialect } from "../visibility-sql/index.ts";
import { fromOrderedBytes, orderedBytes } from "./ordered-bytes.ts";

export const POSTGRES_DIALECT: VisibilityDialect = {
  bindable(value, field) {
    if (typeof value === "object") return value;
    if (field.kind === "attribute") return orderedBytes(field.type, value);
    if (typeof value === "string") return Buffer.from(value, "utf8");
    return typeof value === "boolean" ? Number(value) : value;
  },
  attributeName: (name) => Buffer.from(name, "utf8"),
  readable: (expression) => expression,
  read: readScalar,
  from: () => "visibility v",
  // Both say how to read. The planner takes values of an attribute to be as common as those of all together, and would
  // rather read a whole table for some thousands of rows, or for a page of them.
  keyAmong: (select) => `v.key = ANY (ARRAY(${select}))`,
  existsBeside: (from) => `((SELECT true ${from} LIMIT 1) IS NOT NULL)`,
  withoutIndex: (column) => `(${column} + 0)`,
  lotOf: undefined,
  isEmbedded: false,
  // Every index is written twice for each execution here, at its start and at its close: fewer than SQLite has.
  indexed: new Set(["workflowType", "status", "runId", "parentWorkflowId", "rootWorkflowId"]),
  // The session is told to cancel.
  goesOn: () => undefined,
};

function readScalar(value: unknown, field: VisibilityField): Scalar | undefined {
  if (value === null || value === undefined) return undefined;
  if (!(value instanceof Uint8Array)) return value as Scalar;
  const bytes = Buffer.from(value);
  return field.kind === "attribute" ? (fromOrderedBytes(field.type, bytes) as Scalar) : bytes.toString("utf8");
}
