/** Lists and counts, on a connection of their own: nothing else waits for a slow one. */
import { unpackKey } from "../entity-key.ts";
import { keySeed, verifyCheck } from "../sqlite/checksum.ts";
import { nameRun } from "../sqlite/reader.ts";
import { RowChecks } from "../sqlite/row-checks.ts";
import type { VisibilityColumns } from "../sqlite/batch-codec.ts";
import type { CountVisibility, ListVisibility, VisibilityCount, VisibilityPage } from "../store.ts";
import { countExchange } from "../visibility-sql/count.ts";
import { listExchange } from "../visibility-sql/list.ts";
import type { Row, Statement } from "../visibility-sql/statement.ts";
import { converseLater } from "../visibility-sql/statement.ts";
import type { Attribute, AttributeType, VisibilityRow } from "../visibility.ts";
import { ATTRIBUTE_TYPE_BY_NUMBER } from "../visibility.ts";
import { int8Array } from "./binary-array.ts";
import { unsealed } from "./unsealed.ts";
import type { Connection } from "./connection.ts";
import { fromOrderedBytes } from "./ordered-bytes.ts";
import { POSTGRES_DIALECT } from "./visibility-dialect.ts";

interface StoredRow {
  readonly key: number;
  readonly namespace: number;
  readonly kind: number;
  readonly status: number;
  readonly start_time: number;
  readonly close_time: number | null;
  readonly execution_time: number;
  readonly workflow_type: Buffer;
  readonly workflow_id: Buffer;
  readonly run_id: string;
  readonly task_queue: Buffer;
  readonly history_length: number | null;
  readonly history_size_bytes: number | null;
  readonly state_transition_count: number | null;
  readonly execution_duration_ns: number | null;
  readonly parent_workflow_id: Buffer | null;
  readonly parent_run_id: string | null;
  readonly root_workflow_id: Buffer | null;
  readonly root_run_id: string | null;
  readonly memo: Buffer | null;
  readonly search_attributes: Buffer | null;
  readonly attribute_count: number;
  readonly row_check: number;
}

export class VisibilityReader {
  readonly #checks = new RowChecks();
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /** In one transaction that sees one moment: rows and their attributes belong together. */
  async list(list: ListVisibility, signal: AbortSignal | undefined): Promise<VisibilityPage> {
    signal?.throwIfAborted();
    const { page, attributes } = await this.#connection.snapshot(signal, async (run) => {
      const found = await converseLater(listExchange(list, POSTGRES_DIALECT), (one) => run(numbered(one)));
      return { page: found, attributes: await readAttributes(found.rows, (one) => run(numbered(one))) };
    });
    const rows: VisibilityRow[] = [];
    for (const row of page.rows as unknown as StoredRow[])
      rows.push(await this.#decode(row, attributes.get(row.key) ?? []));
    return { rows, next: page.next };
  }

  async count(count: CountVisibility, signal: AbortSignal | undefined): Promise<VisibilityCount> {
    signal?.throwIfAborted();
    return this.#connection.snapshot(signal, (run) =>
      converseLater(countExchange(count, POSTGRES_DIALECT), (one) => run(numbered(one))),
    );
  }

  async #decode(row: StoredRow, attributes: Attribute[]): Promise<VisibilityRow> {
    const seed = keySeed(row.key, 0);
    const columns = columnsOf(row);
    try {
      const blob = (stored: Buffer | null): Uint8Array | undefined =>
        stored === null ? undefined : unsealed(stored, seed, () => "");
      verifyCheck(row.row_check >>> 0, this.#checks.ofVisibility(row.key, columns), () => "");
      const [memo, searchAttributes] = [blob(row.memo), blob(row.search_attributes)];
      return { ...unpackKey(row.key), ...columns, memo, searchAttributes, attributes };
    } catch {
      return this.#nameDamage(row, columns);
    }
  }

  /** The row itself may be wrong, the entity's is another. */
  async #nameDamage(row: StoredRow, columns: VisibilityColumns): Promise<never> {
    const [other] = await this.#connection.query({
      text: "SELECT business_id, run_id::text FROM entity WHERE key = $1::int8",
      values: [row.key],
    });
    const [businessId, runId] = (other ?? []) as [Buffer?, string?];
    const run = nameRun({
      runId: runId ?? columns.runId,
      businessId: businessId?.toString("utf8") ?? columns.workflowId,
      namespace: columns.namespace,
    });
    const seed = keySeed(row.key, 0);
    verifyCheck(row.row_check >>> 0, this.#checks.ofVisibility(row.key, columns), () => `visibility of ${run}`);
    if (row.memo !== null) unsealed(row.memo, seed, () => `memo of ${run}`);
    unsealed(row.search_attributes as Buffer, seed, () => `search attributes of ${run}`);
    throw new Error("unreachable: one of the checks has failed before");
  }
}

async function readAttributes(
  rows: readonly Row[],
  run: (statement: Statement) => Promise<readonly Row[]>,
): Promise<Map<number, Attribute[]>> {
  const keys = (rows as unknown as StoredRow[]).filter((row) => row.attribute_count > 0).map(({ key }) => key);
  const byKey = new Map<number, Attribute[]>();
  if (keys.length === 0) return byKey;
  const found = await run({
    sql: "SELECT key, name, type, value FROM visibility_attribute WHERE key = ANY (?::int8[]) ORDER BY key, name, type, value",
    parameters: [int8Array(keys)],
  });
  for (const row of found as unknown as { key: number; name: Buffer; type: number; value: Buffer }[]) {
    const attributes = byKey.get(row.key) ?? [];
    byKey.set(row.key, attributes);
    const type = ATTRIBUTE_TYPE_BY_NUMBER.get(row.type) as AttributeType;
    const name = row.name.toString("utf8");
    const value = fromOrderedBytes(type, row.value);
    const last = attributes.at(-1);
    if (type === "KeywordList" && last?.name === name && last.type === type)
      (last.value as string[]).push(value as string);
    else attributes.push({ name, type, value: type === "KeywordList" ? [value as string] : value });
  }
  return byKey;
}

function columnsOf(row: StoredRow): VisibilityColumns {
  const workflowId = row.workflow_id.toString("utf8");
  return {
    namespace: row.namespace,
    kind: row.kind,
    workflowId,
    runId: row.run_id,
    workflowType: row.workflow_type.toString("utf8"),
    taskQueue: row.task_queue.toString("utf8"),
    status: row.status,
    startTime: row.start_time,
    executionTime: row.execution_time,
    closeTime: row.close_time ?? undefined,
    historyLength: row.history_length ?? undefined,
    historySizeBytes: row.history_size_bytes ?? undefined,
    stateTransitionCount: row.state_transition_count ?? undefined,
    executionDurationNs: row.execution_duration_ns ?? undefined,
    parentWorkflowId: row.parent_workflow_id?.toString("utf8"),
    parentRunId: row.parent_run_id ?? undefined,
    rootWorkflowId: row.root_workflow_id?.toString("utf8") ?? workflowId,
    rootRunId: row.root_run_id ?? row.run_id,
  };
}

/** Parameters by number, as PostgreSQL wants them; texts as the bytes that our columns hold. */
function numbered({ sql, parameters }: Statement): { text: string; values: unknown[] } {
  let count = 0;
  const text = sql.replaceAll("?", () => `$${(count += 1)}`);
  const values = parameters.map((value) => {
    if (typeof value === "string") return Buffer.from(value, "utf8");
    return typeof value === "bigint" ? value.toString() : value;
  });
  return { text, values };
}
