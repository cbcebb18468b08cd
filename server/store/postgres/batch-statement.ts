/**
 * One statement that writes a whole batch: the lane's row first, and everything else only if that was written.
 *
 * The text depends only on which kinds of rows there are, so that few texts exist and each is prepared once per connection.
 * Rows come as arrays, a column each. Two checks that have no statement of their own are divisions by zero.
 */
import { packKey } from "../entity-key.ts";
import type { CommitRequest } from "../store.ts";
import { keySeed, meteringSeed, textSeed } from "../sqlite/checksum.ts";
import { RowChecks } from "../sqlite/row-checks.ts";
import { OPEN_CLOSE_ORDER } from "../visibility-cursor.ts";
import { ATTRIBUTE_TYPE_NUMBER } from "../visibility.ts";
import { byteaArray, int4Array, int8Array, sealedArray, textArray, uuidArray } from "./binary-array.ts";
import type { Statement } from "./connection.ts";
import { orderedBytes } from "./ordered-bytes.ts";
import type { ReducedBatch } from "./reduced-batch.ts";

/** A part of the statement for one kind of row: its columns in the order of their parameters. */
interface Section {
  readonly name: string;
  readonly types: readonly string[];
  /** `rows` is the columns' arrays unfolded; `f` has a row if the lane's row was written. */
  readonly sql: (rows: string) => string;
  readonly count: (batch: ReducedBatch) => number;
  readonly columns: (batch: ReducedBatch) => Buffer[];
}

const checks = new RowChecks();

const VISIBILITY_COLUMNS = `key namespace kind status start_time close_time close_order execution_time workflow_type
  workflow_id run_id task_queue history_length history_size_bytes state_transition_count execution_duration_ns
  parent_workflow_id parent_run_id root_workflow_id root_run_id row_check memo search_attributes
  attribute_count scope division`.split(/\s+/);

const SECTIONS: readonly Section[] = [
  {
    name: "creates",
    types: ["int8", "int4", "int4", "bytea", "uuid", "int4", "int8", "bytea"],
    sql: (rows) =>
      `INSERT INTO entity (key, kind, namespace, business_id, run_id, ids_check, due_at, state) SELECT x.* FROM f, ${rows}`,
    count: ({ creates }) => creates.length,
    columns: ({ creates }) => [
      int8Array(creates.map(({ key }) => key)),
      int4Array(creates.map(({ kind }) => kind)),
      int4Array(creates.map(({ namespace }) => namespace)),
      textArray(creates.map(({ businessId }) => businessId)),
      uuidArray(creates.map(({ runId }) => runId)),
      int4Array(creates.map((create) => checks.ofEntity(create.key, create) | 0)),
      int8Array(creates.map(({ dueAt }) => dueAt)),
      sealedArray(creates.map(({ key, state }) => ({ blob: state, seed: keySeed(key, 0) }))),
    ],
  },
  {
    name: "updates",
    types: ["int8", "int8", "bytea"],
    sql: (rows) => `UPDATE entity e SET due_at = x.b, state = x.c FROM f, ${rows} WHERE e.key = x.a RETURNING 1`,
    count: ({ updates }) => updates.length,
    columns: ({ updates }) => [
      int8Array(updates.map(({ key }) => key)),
      int8Array(updates.map(({ dueAt }) => dueAt)),
      sealedArray(updates.map(({ key, state }) => ({ blob: state, seed: keySeed(key, 0) }))),
    ],
  },
  {
    // A part that is written again is left to be replaced.
    name: "part_clears",
    types: ["int8", "int8", "bytea"],
    sql: () =>
      `DELETE FROM part p USING f WHERE p.key = ANY ($1)
       AND NOT EXISTS (SELECT 1 FROM unnest($2, $3) AS x (a, b) WHERE x.a = p.key AND x.b = p.part)`,
    count: ({ partClears }) => partClears.length,
    columns: ({ partClears, partWrites }) => [
      int8Array(partClears),
      int8Array(partWrites.map(({ key }) => key)),
      textArray(partWrites.map(({ part }) => part)),
    ],
  },
  {
    name: "part_deletes",
    types: ["int8", "bytea"],
    sql: (rows) => `DELETE FROM part p USING f, ${rows} WHERE p.key = x.a AND p.part = x.b`,
    count: ({ partDeletes }) => partDeletes.length,
    columns: ({ partDeletes }) => [
      int8Array(partDeletes.map(({ key }) => key)),
      textArray(partDeletes.map(({ part }) => part)),
    ],
  },
  {
    name: "part_writes",
    types: ["int8", "bytea", "bytea"],
    sql: (rows) =>
      `INSERT INTO part (key, part, blob) SELECT x.* FROM f, ${rows}
       ON CONFLICT (key, part) DO UPDATE SET blob = excluded.blob`,
    count: ({ partWrites }) => partWrites.length,
    columns: ({ partWrites }) => [
      int8Array(partWrites.map(({ key }) => key)),
      textArray(partWrites.map(({ part }) => part)),
      sealedArray(partWrites.map(({ key, blob }) => ({ blob, seed: keySeed(key, 0) }))),
    ],
  },
  {
    name: "history",
    types: ["int8", "int4", "bytea"],
    sql: (rows) => `INSERT INTO history (key, node, blob) SELECT x.* FROM f, ${rows}`,
    count: ({ history }) => history.length,
    columns: ({ history }) => [
      int8Array(history.map(({ key }) => key)),
      int4Array(history.map(({ node }) => node)),
      sealedArray(history.map(({ key, node, blob }) => ({ blob, seed: keySeed(key, node) }))),
    ],
  },
  {
    name: "visibility",
    types: `int8 int4 int4 int8 int8 int8 int8 int8 bytea bytea uuid bytea int8 int8 int8 int8 bytea uuid bytea uuid
      int4 bytea bytea int4 int8 bytea`.split(/\s+/),
    sql: (rows) =>
      `INSERT INTO visibility (${VISIBILITY_COLUMNS.join(", ")}) SELECT x.* FROM f, ${rows} ON CONFLICT (key)
       DO UPDATE SET ${VISIBILITY_COLUMNS.slice(1)
         .map((name) => `${name} = excluded.${name}`)
         .join(", ")}`,
    count: ({ visibility }) => visibility.length,
    columns: visibilityColumns,
  },
  {
    // Not those that are written again: both happen at once.
    name: "attribute_deletes",
    types: ["int8", "int8", "bytea", "int4", "bytea"],
    sql: () =>
      `DELETE FROM visibility_attribute v USING f WHERE v.key = ANY ($1) AND NOT EXISTS (
         SELECT 1 FROM unnest($2, $3, $4, $5) AS x (a, b, c, d)
         WHERE x.a = v.key AND x.b = v.name AND x.c = v.type AND x.d = v.value)`,
    count: ({ visibility }) => visibility.length,
    columns: (batch) => [int8Array(batch.visibility.map(({ key }) => key)), ...attributeColumns(batch)],
  },
  {
    name: "attributes",
    types: ["int8", "bytea", "int4", "bytea", "int8"],
    sql: (rows) =>
      `INSERT INTO visibility_attribute (key, name, type, value, scope) SELECT x.* FROM f, ${rows}
       ON CONFLICT (key, name, type, value) DO UPDATE SET scope = excluded.scope`,
    count: ({ attributes }) => attributes.length,
    columns: (batch) => [...attributeColumns(batch), int8Array(batch.attributes.map(({ scope }) => scope))],
  },
  ...["entity", "part", "history", "visibility", "visibility_attribute"].map((table): Section => ({
    name: `all_of_${table}`,
    types: ["int8"],
    sql: () => `DELETE FROM ${table} t USING f WHERE t.key = ANY ($1)`,
    count: ({ deletes }) => deletes.length,
    columns: ({ deletes }) => [int8Array(deletes)],
  })),
  {
    name: "meta_deletes",
    types: ["bytea"],
    sql: () => `DELETE FROM meta m USING f WHERE m.key = ANY ($1)`,
    count: ({ metaDeletes }) => metaDeletes.length,
    columns: ({ metaDeletes }) => [textArray(metaDeletes.map(({ key }) => key))],
  },
  {
    name: "meta_writes",
    types: ["bytea", "bytea"],
    sql: (rows) =>
      `INSERT INTO meta (key, blob) SELECT x.* FROM f, ${rows} ON CONFLICT (key) DO UPDATE SET blob = excluded.blob`,
    count: ({ metaWrites }) => metaWrites.length,
    columns: ({ metaWrites }) => [
      textArray(metaWrites.map(({ key }) => key)),
      sealedArray(metaWrites.map(({ key, blob }) => ({ blob, seed: textSeed(key) }))),
    ],
  },
];

function attributeColumns({ attributes }: ReducedBatch): Buffer[] {
  return [
    int8Array(attributes.map(({ key }) => key)),
    textArray(attributes.map(({ name }) => name)),
    int4Array(attributes.map(({ type }) => ATTRIBUTE_TYPE_NUMBER[type])),
    byteaArray(attributes.map(({ type, value }) => orderedBytes(type, value))),
  ];
}

function visibilityColumns({ visibility }: ReducedBatch): Buffer[] {
  const rows = visibility.map(({ row }) => row);
  const seeds = visibility.map(({ key }) => keySeed(key, 0));
  const sealed = (blobs: readonly (Uint8Array | undefined)[]): Buffer =>
    sealedArray(blobs.map((blob, i) => ({ blob, seed: seeds[i] as number })));
  return [
    int8Array(visibility.map(({ key }) => key)),
    int4Array(rows.map((row) => row.namespace)),
    int4Array(rows.map((row) => row.kind)),
    int8Array(rows.map((row) => row.status)),
    int8Array(rows.map((row) => row.startTime)),
    int8Array(rows.map((row) => row.closeTime)),
    int8Array(rows.map((row) => row.closeTime ?? OPEN_CLOSE_ORDER)),
    int8Array(rows.map((row) => row.executionTime)),
    textArray(rows.map((row) => row.workflowType)),
    textArray(rows.map((row) => row.workflowId)),
    uuidArray(rows.map((row) => row.runId)),
    textArray(rows.map((row) => row.taskQueue)),
    int8Array(rows.map((row) => row.historyLength)),
    int8Array(rows.map((row) => row.historySizeBytes)),
    int8Array(rows.map((row) => row.stateTransitionCount)),
    int8Array(rows.map((row) => row.executionDurationNs)),
    textArray(rows.map((row) => row.parentWorkflowId)),
    uuidArray(rows.map((row) => row.parentRunId)),
    textArray(rows.map((row) => (row.rootWorkflowId === row.workflowId ? undefined : row.rootWorkflowId))),
    uuidArray(rows.map((row) => (row.rootRunId === row.runId ? undefined : row.rootRunId))),
    int4Array(rows.map((row) => checks.ofVisibility(packKey(row), row) | 0)),
    sealed(rows.map((row) => row.memo)),
    sealed(rows.map((row) => row.searchAttributes)),
    int4Array(visibility.map(({ attributeCount }) => attributeCount)),
    int8Array(visibility.map(({ scope }) => scope)),
    textArray(visibility.map(({ division }) => division)),
  ];
}

const texts = new Map<number, string>();

const FENCE = `UPDATE lane SET batch_no = $3, next_id = $4 WHERE lane = $1 AND epoch = $2 AND ticket = $5
  AND batch_no = $3::int8 - 1 AND next_id <= $4 RETURNING 1`;
const FENCE_TYPES = ["int4", "int8", "int8", "int8", "int8"];

export interface Fence extends Omit<CommitRequest, "batch"> {
  readonly ticket: number;
}

/** Answers one row: 1 when it was written, 0 when the lane's row was not as expected. */
export function batchStatement(fence: Fence, batch: ReducedBatch): Statement {
  const values: unknown[] = [fence.lane, fence.epoch, fence.batchNo, batch.nextId, fence.ticket];
  let shape = 0;
  SECTIONS.forEach((section, index) => {
    if (section.count(batch) === 0) return;
    shape |= 1 << index;
    values.push(...section.columns(batch));
  });
  if (batch.metering !== undefined) {
    shape |= 1 << SECTIONS.length;
    const seed = meteringSeed(fence.lane, fence.epoch, fence.batchNo);
    values.push(sealedArray([{ blob: batch.metering, seed }]));
  }
  if (batch.updates.length > 0) values.push(batch.updates.length);
  return { name: `batch_${shape}`, text: textOf(shape), values };
}

function textOf(shape: number): string {
  const known = texts.get(shape);
  if (known !== undefined) return known;
  const ctes = [`f AS (${FENCE})`];
  const types = [...FENCE_TYPES];
  SECTIONS.forEach((section, index) => {
    if ((shape & (1 << index)) === 0) return;
    const first = types.length + 1;
    types.push(...section.types.map((type) => `${type}[]`));
    const places = section.types.map((type, i) => `$${first + i}::${type}[]`);
    const rows = `unnest(${places.join(", ")}) AS x (${section.types.map((_, i) => letter(i)).join(", ")})`;
    // Sections without `rows` number their parameters from 1.
    const sql = section.sql("\u0000").replaceAll(/\$(\d+)/g, (_, n: string) => places[Number(n) - 1] as string);
    ctes.push(`${section.name} AS (${sql.replace("\u0000", rows)})`);
  });
  if ((shape & (1 << SECTIONS.length)) !== 0) {
    types.push("bytea[]");
    ctes.push(
      `metering_writes AS (INSERT INTO metering (lane, epoch, batch_no, blob)
       SELECT $1, $2, $3, x.a FROM f, unnest($${types.length}::bytea[]) AS x (a))`,
    );
  }
  const hasUpdates = (shape & (1 << SECTIONS.findIndex(({ name }) => name === "updates"))) !== 0;
  // An update of an entity that is not there would go unnoticed.
  const check = hasUpdates
    ? `, 1 / (CASE WHEN (SELECT count(*) FROM updates) = (SELECT count(*) FROM f) * $${types.length + 1}::int8 THEN 1 ELSE 0 END)`
    : "";
  const text = `WITH ${ctes.join(",\n")}\nSELECT (SELECT count(*) FROM f)${check}`;
  texts.set(shape, text);
  return text;
}

/** Names of columns: a, b, … */
function letter(index: number): string {
  return String.fromCharCode(97 + index);
}

/** Deletions after everything else, in the transaction of a statement that was written. */
export function deletionStatements(keys: readonly number[]): Statement[] {
  return ["entity", "part", "history", "visibility", "visibility_attribute"].map((table) => ({
    name: `delete_${table}`,
    text: `DELETE FROM ${table} WHERE key = ANY ($1::int8[])`,
    values: [int8Array(keys)],
  }));
}
