/** Point and range reads on the engine thread's own connection. Each is one statement: no snapshot outlives a call. */
import type { DatabaseSync, StatementSync } from "node:sqlite";
import { packKey, unpackKey } from "../entity-key.ts";
import type {
  DueEntity,
  EntityIdentity,
  EntityKey,
  FindEntity,
  HistoryNode,
  LoadedEntity,
  ReadByCloseTime,
  ReadDue,
  ReadHistory,
} from "../store.ts";
import { SLOTS } from "../store.ts";
import { scopeNumber } from "../visibility-sql/scope.ts";
import { OPEN_CLOSE_ORDER } from "../visibility-cursor.ts";
import { readUuid, writeUuid } from "./byte-writer.ts";
import { keySeed, meteringSeed, textSeed, unseal, verifyCheck } from "./checksum.ts";
import { RowChecks } from "./row-checks.ts";

interface EntityRow {
  readonly kind: number;
  readonly namespace: number;
  readonly business_id: string;
  readonly run_id: Uint8Array;
  readonly due_at: number | null;
  readonly state: Uint8Array;
  readonly ids_check: number;
}

interface FoundRow extends Omit<EntityRow, "due_at" | "state"> {
  readonly key: number;
}

const FOUND = "key, kind, namespace, business_id, run_id, ids_check";

export interface ReadMetering {
  readonly lane: number;
  readonly afterEpoch: number;
  readonly afterBatchNo: number;
  readonly limit: number;
}

export class Reader {
  readonly #checks = new RowChecks();
  readonly #entity: StatementSync;
  readonly #parts: StatementSync;
  readonly #current: StatementSync;
  readonly #candidates: StatementSync;
  readonly #chain: StatementSync;
  readonly #shown: StatementSync;
  readonly #history: StatementSync;
  readonly #due: StatementSync;
  readonly #byCloseTime: StatementSync;
  readonly #meta: StatementSync;
  readonly #metering: StatementSync;

  constructor(database: DatabaseSync) {
    const prepare = (sql: string): StatementSync => database.prepare(sql);
    this.#entity = prepare(`SELECT ${FOUND}, due_at, state FROM entity WHERE key = ?`);
    this.#parts = prepare("SELECT part, blob FROM part WHERE key = ? ORDER BY part");
    this.#current = prepare(
      `SELECT ${FOUND} FROM entity WHERE namespace = ? AND kind = ? AND business_id = ? AND (key & ${SLOTS - 1}) = ?
       ORDER BY key DESC LIMIT 1`,
    );
    this.#candidates = prepare(
      `SELECT ${FOUND} FROM entity WHERE namespace = ? AND kind = ? AND business_id = ? AND (key & ${SLOTS - 1}) = ?
       AND run_id = ? ORDER BY key DESC LIMIT 1`,
    );
    this.#chain = prepare(
      `SELECT ${FOUND} FROM entity WHERE namespace = ? AND kind = ? AND business_id = ? AND (key & ${SLOTS - 1}) = ?`,
    );
    this.#shown = prepare("SELECT namespace, workflow_id AS business_id, run_id FROM visibility WHERE key = ?");
    this.#history = prepare(
      `SELECT node, blob FROM history WHERE key = ?1 AND node < ?3
       AND node >= coalesce((SELECT max(node) FROM history WHERE key = ?1 AND node <= ?2), 0) ORDER BY node`,
    );
    this.#due = prepare(
      `SELECT key, due_at FROM entity INDEXED BY entity_due_at
       WHERE due_at IS NOT NULL AND due_at <= ? AND (due_at, key & ${SLOTS - 1}, key) > (?, ?, ?) AND due_at >= ?
       AND (key & ${SLOTS - 1}) >= ? AND (key & ${SLOTS - 1}) < ?
       ORDER BY due_at, key & ${SLOTS - 1}, key LIMIT ?`,
    );
    this.#byCloseTime = prepare(
      `SELECT key, close_order FROM visibility INDEXED BY visibility_order
       WHERE scope = ? AND close_order <= ? ORDER BY close_order, start_time, key LIMIT ?`,
    );
    this.#meta = prepare("SELECT key, blob FROM meta WHERE key >= ? ORDER BY key");
    this.#metering = prepare(
      `SELECT epoch, batch_no, blob FROM metering WHERE lane = ? AND (epoch, batch_no) > (?, ?)
       ORDER BY epoch, batch_no LIMIT ?`,
    );
  }

  loadEntity(key: EntityKey): LoadedEntity | undefined {
    const packed = packKey(key);
    const row = this.#entity.get(packed) as unknown as EntityRow | undefined;
    if (row === undefined) return undefined;
    const seed = keySeed(packed, 0);
    const identity = this.#identify(key, row);
    const state = unseal(row.state, seed, () => `state of ${nameRun(identity)}`);
    const parts = (this.#parts.all(packed) as { part: string; blob: Uint8Array }[]).map(({ part, blob }) => ({
      part,
      blob: unseal(blob, seed, () => `part ${JSON.stringify(part)} of ${nameRun(identity)}`),
    }));
    return { ...identity, dueAt: row.due_at ?? undefined, state, parts };
  }

  findEntity(find: FindEntity): EntityIdentity | undefined {
    const { slot, namespace, kind, businessId } = find;
    const row =
      find.runId === undefined
        ? this.#current.get(namespace, kind, businessId, slot)
        : this.#candidates.get(namespace, kind, businessId, slot, uuidBytes(find.runId));
    if (row !== undefined) return this.#identifyFound(row as unknown as FoundRow);
    // A run that is not there by its id may be one whose id is damaged; that one is named then.
    if (find.runId !== undefined) {
      for (const other of this.#chain.iterate(namespace, kind, businessId, slot)) {
        this.#identifyFound(other as unknown as FoundRow);
      }
    }
    return undefined;
  }

  #identifyFound(row: FoundRow): EntityIdentity {
    return this.#identify(unpackKey(row.key), row);
  }

  /** What the row says of itself, checked. */
  #identify(key: EntityKey, row: Omit<FoundRow, "key">): EntityIdentity {
    const identity = identify(key, row);
    verifyCheck(
      row.ids_check,
      this.#checks.ofEntity(packKey(key), identity),
      () => `ids of ${this.#nameShown(identity)}`,
    );
    return identity;
  }

  /** Only for a message about damage: where the row itself is wrong, visibility still knows the run. */
  #nameShown(identity: EntityIdentity): string {
    const shown = this.#shown.get(packKey(identity)) as unknown as Omit<FoundRow, "kind"> | undefined;
    return nameRun(shown === undefined ? identity : identify(identity, { ...shown, kind: identity.kind }));
  }

  readHistory(read: ReadHistory): HistoryNode[] {
    const packed = packKey(read);
    const nodes: HistoryNode[] = [];
    let bytes = 0;
    for (const row of this.#history.iterate(packed, read.fromNode, read.toNode)) {
      const node = row["node"] as number;
      const blob = unseal(row["blob"] as Uint8Array, keySeed(packed, node), () => this.#nameHistory(read, node));
      nodes.push({ node, blob });
      bytes += blob.length;
      if (bytes >= read.bytesMax) break;
    }
    return nodes;
  }

  readDue(read: ReadDue): DueEntity[] {
    const after = read.after;
    const [dueAt, slot, key] = after === undefined ? [-1, -1, -1] : [after.dueAt, after.slot, packKey(after)];
    const rows = this.#due.all(read.upTo, dueAt, slot, key, dueAt, read.slotFrom, read.slotTo, read.limit);
    return (rows as { key: number; due_at: number }[]).map((row) => ({ ...unpackKey(row.key), dueAt: row.due_at }));
  }

  readByCloseTime({ namespace, kind, before, limit, skip }: ReadByCloseTime): EntityKey[] {
    const last = before === undefined ? OPEN_CLOSE_ORDER : before - 1;
    const rows = [false, true].flatMap((isDivided) =>
      this.#byCloseTime.all(scopeNumber({ namespace, kind }, isDivided), last, skip + limit),
    ) as unknown as { key: number; close_order: number }[];
    rows.sort((a, b) => a.close_order - b.close_order);
    return rows.slice(skip, skip + limit).map(({ key }) => unpackKey(key));
  }

  readMeta(prefix: string): { key: string; blob: Uint8Array }[] {
    const found: { key: string; blob: Uint8Array }[] = [];
    for (const row of this.#meta.iterate(prefix)) {
      const key = row["key"] as string;
      if (!key.startsWith(prefix)) break;
      const blob = unseal(row["blob"] as Uint8Array, textSeed(key), () => `registry entry ${JSON.stringify(key)}`);
      found.push({ key, blob });
    }
    return found;
  }

  readMetering(read: ReadMetering): { epoch: number; batchNo: number; blob: Uint8Array }[] {
    const rows = this.#metering.all(read.lane, read.afterEpoch, read.afterBatchNo, read.limit);
    return (rows as { epoch: number; batch_no: number; blob: Uint8Array }[]).map((row) => {
      const { epoch, batch_no: batchNo } = row;
      const name = (): string => `metering of lane ${read.lane}, epoch ${epoch}, batch ${batchNo}`;
      return { epoch, batchNo, blob: unseal(row.blob, meteringSeed(read.lane, epoch, batchNo), name) };
    });
  }

  /** Only for a message about damage: the run is looked up then, not on every read. */
  #nameHistory(key: EntityKey, node: number): string {
    const row = this.#entity.get(packKey(key)) as unknown as EntityRow | undefined;
    const run = row === undefined ? `entity ${key.slot}/${key.id}` : nameRun(identify(key, row));
    return `history node ${node} of ${run}`;
  }
}

function identify(
  key: EntityKey,
  row: Pick<EntityRow, "kind" | "namespace" | "business_id" | "run_id">,
): EntityIdentity {
  const { kind, namespace, business_id: businessId } = row;
  return { slot: key.slot, id: key.id, kind, namespace, businessId, runId: readUuid(row.run_id) };
}

export function nameRun(identity: Pick<EntityIdentity, "runId" | "businessId" | "namespace">): string {
  return `run ${identity.runId} of ${JSON.stringify(identity.businessId)} in namespace ${identity.namespace}`;
}

export function uuidBytes(text: string): Uint8Array {
  const bytes = new Uint8Array(16);
  writeUuid(text, bytes, 0);
  return bytes;
}
