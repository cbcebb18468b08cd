/** A database with the real schema and rows of visibility, for tests of the SQL. */
import { DatabaseSync } from "node:sqlite";
import type { VisibilityFilter, VisibilityRow } from "../visibility.ts";
import { ATTRIBUTE_TYPE_NUMBER, DIVISION_NAME } from "../visibility.ts";
import { filterSql } from "../visibility-sql/filter-sql.ts";
import { keySources } from "../visibility-sql/key-source.ts";
import { withoutNegations } from "../visibility-sql/normal-form.ts";
import { scopeNumber } from "../visibility-sql/scope.ts";
import type { Statement } from "../visibility-sql/statement.ts";
import { SQLITE_DIALECT } from "./visibility-dialect.ts";
import { defineChecks } from "./row-checks.ts";
import { readMigrations } from "./schema.ts";
import { uuidBlob } from "../visibility-sql/uuid-bound.ts";

export const NAMESPACE = 7;
export const SCOPE = { namespace: NAMESPACE, kind: 1 } as const;

export function openVisibility(): DatabaseSync {
  const db = new DatabaseSync(":memory:");
  defineChecks(db);
  for (const { sql } of readMigrations()) db.exec(sql);
  return db;
}

export function insertRows(db: DatabaseSync, rows: readonly VisibilityRow[]): void {
  const insertRow = db.prepare(
    `INSERT INTO visibility (key, namespace, kind, status, start_time, close_time, execution_time, workflow_type,
       workflow_id, run_id, task_queue, history_length, history_size_bytes, state_transition_count,
       execution_duration_ns, parent_workflow_id, parent_run_id, root_workflow_id, root_run_id, attribute_count, division)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const insertValue = db.prepare(
    "INSERT INTO visibility_attribute (key, name, type, value, scope) VALUES (?, ?, ?, ?, ?)",
  );
  const insertEntity = db.prepare(
    "INSERT INTO entity (key, kind, namespace, business_id, run_id, state) VALUES (?, ?, ?, ?, ?, x'00')",
  );
  for (const row of rows) {
    const key = row.id;
    insertEntity.run(key, row.kind, row.namespace, row.workflowId, uuidBlob(row.runId) as Uint8Array);
    const values = row.attributes.flatMap(({ name, type, value }) =>
      (typeof value === "object" ? [...new Set(value)] : [value]).map((one) => ({ name, type, one })),
    );
    const division = (row.attributes.find(({ name }) => name === DIVISION_NAME)?.value ?? null) as string | null;
    const scope = scopeNumber(row, division !== null);
    insertRow.run(
      key,
      row.namespace,
      row.kind,
      row.status,
      row.startTime,
      row.closeTime ?? null,
      row.executionTime,
      row.workflowType,
      row.workflowId,
      uuidBlob(row.runId) as Uint8Array,
      row.taskQueue,
      row.historyLength ?? null,
      row.historySizeBytes ?? null,
      row.stateTransitionCount ?? null,
      row.executionDurationNs ?? null,
      row.parentWorkflowId ?? null,
      row.parentRunId === undefined ? null : (uuidBlob(row.parentRunId) as Uint8Array),
      row.rootWorkflowId === row.workflowId ? null : row.rootWorkflowId,
      row.rootRunId === row.runId ? null : (uuidBlob(row.rootRunId) as Uint8Array),
      values.length,
      division,
    );
    for (const { name, type, one } of values) {
      const stored = typeof one === "boolean" ? Number(one) : one;
      insertValue.run(key, name, ATTRIBUTE_TYPE_NUMBER[type], stored, scope);
    }
  }
}

/** The exact condition of a filter, and where its keys can be read. */
export function compileFilter(filter: VisibilityFilter): Statement & { readonly keySources: readonly Statement[] } {
  const positive = withoutNegations(filter);
  const scopes = [false, true].map((hasDivision) => scopeNumber(SCOPE, hasDivision));
  return {
    ...filterSql(positive, SQLITE_DIALECT),
    keySources: keySources(positive, { scope: SCOPE, scopes, dialect: SQLITE_DIALECT }),
  };
}
