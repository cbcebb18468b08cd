/** Checks of rows whose columns are no blobs: a CRC-32 of the columns in the form in which a batch carries them. */
import type { DatabaseSync } from "node:sqlite";
import { crc32 } from "node:zlib";
import type { EntityIdentity, EntityKey } from "../store.ts";
import { encodeIdentity, encodeVisibilityColumns } from "./batch-codec.ts";
import type { VisibilityColumns } from "./batch-codec.ts";
import { BatchMemoryPool } from "./batch-memory.ts";
import { ByteWriter, readUuid } from "./byte-writer.ts";

/** Enough for a row of usual size; the memory grows for others. */
const ROW_BYTES = 1024;

export class RowChecks {
  readonly #pool = new BatchMemoryPool();

  ofEntity(key: number, identity: Omit<EntityIdentity, keyof EntityKey>): number {
    return this.#check((out) => encodeIdentity(out, key, identity));
  }

  ofVisibility(key: number, columns: VisibilityColumns): number {
    return this.#check((out) => encodeVisibilityColumns(out, key, columns));
  }

  #check(encode: (out: ByteWriter) => void): number {
    const out = new ByteWriter(this.#pool, ROW_BYTES);
    encode(out);
    const { memory, length } = out.finish();
    const check = crc32(memory.bytes.subarray(0, length));
    this.#pool.give(memory);
    return check;
  }
}

/** The columns of a row of `visibility` that its check covers, as they are stored. */
export interface StoredColumns {
  readonly namespace: number;
  readonly kind: number;
  readonly status: number;
  readonly start_time: number;
  readonly close_time: number | null;
  readonly execution_time: number;
  readonly workflow_type: string;
  readonly workflow_id: string;
  readonly run_id: Uint8Array;
  readonly task_queue: string;
  readonly history_length: number | null;
  readonly history_size_bytes: number | null;
  readonly state_transition_count: number | null;
  readonly execution_duration_ns: number | null;
  readonly parent_workflow_id: string | null;
  readonly parent_run_id: Uint8Array | null;
  readonly root_workflow_id: string | null;
  readonly root_run_id: Uint8Array | null;
}

export function columnsOf(row: StoredColumns): VisibilityColumns {
  const runId = readUuid(row.run_id);
  return {
    namespace: row.namespace,
    kind: row.kind,
    workflowId: row.workflow_id,
    runId,
    workflowType: row.workflow_type,
    taskQueue: row.task_queue,
    status: row.status,
    startTime: row.start_time,
    executionTime: row.execution_time,
    closeTime: row.close_time ?? undefined,
    historyLength: row.history_length ?? undefined,
    historySizeBytes: row.history_size_bytes ?? undefined,
    stateTransitionCount: row.state_transition_count ?? undefined,
    executionDurationNs: row.execution_duration_ns ?? undefined,
    parentWorkflowId: row.parent_workflow_id ?? undefined,
    parentRunId: row.parent_run_id === null ? undefined : readUuid(row.parent_run_id),
    rootWorkflowId: row.root_workflow_id ?? row.workflow_id,
    rootRunId: row.root_run_id === null ? runId : readUuid(row.root_run_id),
  };
}

const CHECKED =
  `namespace kind status start_time close_time execution_time workflow_type workflow_id run_id task_queue history_length
  history_size_bytes state_transition_count execution_duration_ns parent_workflow_id parent_run_id root_workflow_id
  root_run_id`.split(/\s+/);

type EntityColumns = [key: number, kind: number, namespace: number, businessId: string, runId: Uint8Array];

/** Makes the checks known to SQL, for the migration that gives rows of older versions theirs. */
export function defineChecks(database: DatabaseSync): void {
  const checks = new RowChecks();
  const entityCheck = (...[key, kind, namespace, businessId, runId]: EntityColumns): number =>
    checks.ofEntity(key, { kind, namespace, businessId, runId: readUuid(runId) });
  database.function("entity_check", { varargs: true }, entityCheck as never);
  const visibilityCheck = (key: number, ...values: unknown[]): number => {
    const row = Object.fromEntries(CHECKED.map((name, index) => [name, values[index]]));
    return checks.ofVisibility(key, columnsOf(row as unknown as StoredColumns));
  };
  database.function("visibility_check", { varargs: true }, visibilityCheck as never);
}
