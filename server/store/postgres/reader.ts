/** Point and range reads. Each is one statement, so each sees one moment. */
import { packKey, unpackKey } from "../entity-key.ts";
import type {
  DueEntity,
  EntityIdentity,
  EntityKey,
  FindEntity,
  HistoryNode,
  LoadedEntity,
  ReadDue,
  ReadHistory,
  Store,
} from "../store.ts";
import { SLOTS } from "../store.ts";
import { keySeed, meteringSeed, textSeed, verifyCheck } from "../sqlite/checksum.ts";
import { nameRun } from "../sqlite/reader.ts";
import { RowChecks } from "../sqlite/row-checks.ts";
import { OPEN_CLOSE_ORDER } from "../visibility-cursor.ts";
import { scopeNumber } from "../visibility-sql/scope.ts";
import { textSuccessor } from "../visibility-sql/text-successor.ts";
import { int4Array, int8Array, textArray, uuidArray } from "./binary-array.ts";
import { unsealed } from "./unsealed.ts";
import type { Connection, Row } from "./connection.ts";
import { GroupedRead } from "./grouped-read.ts";

const SLOT = `& ${SLOTS - 1}`;
const FOUND = "e.key, e.kind, e.namespace, e.business_id, e.run_id::text, e.ids_check";
type FoundRow = readonly [number, number, number, Buffer, string, number];

/** A history is read so many nodes at a time, of which those that are wanted are sent. */
const NODES_PER_READ = 256;

interface Found {
  readonly identity: EntityIdentity;
  readonly check: number;
}

export class Reader {
  readonly #connection: Connection;
  readonly #checks = new RowChecks();
  readonly #loads = new GroupedRead((keys: readonly EntityKey[]) => this.#loadAll(keys));
  readonly #currents = new GroupedRead((finds: readonly FindEntity[]) => this.#findCurrent(finds));
  readonly #runs = new GroupedRead((finds: readonly FindEntity[]) => this.#findRuns(finds));

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  loadEntity(key: EntityKey): Promise<LoadedEntity | undefined> {
    return this.#loads.read(key);
  }

  async findEntity(find: FindEntity): Promise<EntityIdentity | undefined> {
    const found = await (find.runId === undefined ? this.#currents : this.#runs).read(find);
    if (found !== undefined) return this.#checked(found);
    // A run that is not there by its id may be one whose id is damaged; that one is named then.
    if (find.runId !== undefined) for (const other of await this.#chain(find)) await this.#checked(other);
    return undefined;
  }

  async readHistory(read: ReadHistory): Promise<HistoryNode[]> {
    const key = packKey(read);
    const found: HistoryNode[] = [];
    let bytes = 0;
    let [statement, from] = [FIRST_NODES, read.fromNode];
    while (bytes < read.bytesMax) {
      const rows = await this.#connection.query({
        ...statement,
        values: [key, from, read.toNode, read.bytesMax - bytes, NODES_PER_READ],
      });
      for (const [node, stored] of rows as [number, Buffer, number][]) {
        const blob = await this.#unsealNode(read, node, stored);
        found.push({ node, blob });
        bytes += blob.length;
      }
      const last = rows.at(-1);
      if (last === undefined || (last[2] as number) < NODES_PER_READ) break;
      [statement, from] = [NEXT_NODES, (last[0] as number) + 1];
    }
    return found;
  }

  /** With the first due time after them. */
  async readDue(read: ReadDue): Promise<{ found: DueEntity[]; next: number | undefined }> {
    const after = read.after;
    const [dueAt, slot, key] = after === undefined ? [-1, -1, -1] : [after.dueAt, after.slot, packKey(after)];
    const inSlots = `due_at IS NOT NULL AND (key ${SLOT}) >= $5::int8 AND (key ${SLOT}) < $6::int8`;
    const rows = await this.#connection.query({
      name: "read_due",
      text: `(SELECT key, due_at FROM entity
          WHERE due_at <= $1::int8 AND (due_at, (key ${SLOT}), key) > ($2::int8, $3::int8, $4::int8) AND ${inSlots}
          ORDER BY due_at, (key ${SLOT}), key LIMIT $7::int8)
        UNION ALL (SELECT NULL, due_at FROM entity WHERE due_at > $1::int8 AND ${inSlots}
          ORDER BY due_at, (key ${SLOT}), key LIMIT 1)`,
      values: [read.upTo, dueAt, slot, key, read.slotFrom, read.slotTo, read.limit].map(wholeNumber),
    });
    const found: DueEntity[] = [];
    let next: number | undefined;
    for (const [packed, due] of rows as unknown as [number | null, number][]) {
      if (packed === null) next = due;
      else found.push({ ...unpackKey(packed), dueAt: due });
    }
    found.sort((a, b) => a.dueAt - b.dueAt || a.slot - b.slot || a.id - b.id);
    return { found, next };
  }

  readByCloseTime: Store["readByCloseTime"] = async ({ namespace, kind, before, limit, skip }) => {
    const scopes = [false, true].map((isDivided) => scopeNumber({ namespace, kind }, isDivided));
    const rows = await this.#connection.query({
      name: "read_by_close_time",
      text: `SELECT key FROM (${[1, 2]
        .map(
          (scope) => `(SELECT key, close_order, start_time FROM visibility WHERE scope = $${scope}::int8
            AND close_order <= $3::int8 ORDER BY close_order, start_time, key LIMIT $4::int8)`,
        )
        .join(" UNION ALL ")}) AS both_scopes ORDER BY close_order, start_time, key LIMIT $5::int8 OFFSET $6::int8`,
      values: [...scopes, before === undefined ? OPEN_CLOSE_ORDER : before - 1, skip + limit, limit, skip].map(
        wholeNumber,
      ),
    });
    return (rows as unknown as [number][]).map(([key]) => unpackKey(key));
  };

  async firstCloseTime({ namespace, kind }: { namespace: number; kind: number }): Promise<number | undefined> {
    const scopes = [false, true].map((isDivided) => scopeNumber({ namespace, kind }, isDivided));
    const firstOf = (place: string): string =>
      `(SELECT close_order FROM visibility WHERE scope = ${place}::int8 ORDER BY close_order LIMIT 1)`;
    const rows = await this.#connection.query({
      name: "first_close_time",
      text: `SELECT min(close_order) FROM (${firstOf("$1")} UNION ALL ${firstOf("$2")}) AS both_scopes`,
      values: scopes,
    });
    const first = rows[0]?.[0] as number | null | undefined;
    return first === null || first === OPEN_CLOSE_ORDER ? undefined : first;
  }

  readMeta: Store["readMeta"] = async (prefix) => {
    const end = textSuccessor(prefix);
    const rows = await this.#connection.query({
      name: end === undefined ? "read_meta_from" : "read_meta",
      text: `SELECT key, blob FROM meta WHERE key >= $1::bytea${end === undefined ? "" : " AND key < $2::bytea"} ORDER BY key`,
      values: [prefix, ...(end === undefined ? [] : [end])].map((text) => Buffer.from(text, "utf8")),
    });
    return (rows as unknown as [Buffer, Buffer][]).map(([name, blob]) => {
      const key = name.toString("utf8");
      return { key, blob: unsealed(blob, textSeed(key), () => `registry entry ${JSON.stringify(key)}`) };
    });
  };

  readMetering: Store["readMetering"] = async ({ lane, afterEpoch, afterBatchNo, limit }) => {
    const rows = await this.#connection.query({
      name: "read_metering",
      text: `SELECT epoch, batch_no, blob FROM metering WHERE lane = $1::int4 AND (epoch, batch_no) > ($2::int8, $3::int8)
        ORDER BY epoch, batch_no LIMIT $4::int8`,
      values: [lane, afterEpoch, afterBatchNo, limit],
    });
    return (rows as unknown as [number, number, Buffer][]).map(([epoch, batchNo, blob]) => {
      const name = (): string => `metering of lane ${lane}, epoch ${epoch}, batch ${batchNo}`;
      return { epoch, batchNo, blob: unsealed(blob, meteringSeed(lane, epoch, batchNo), name) };
    });
  };

  /** An entity and its parts come as rows of one list: one moment, and nothing twice. */
  async #loadAll(keys: readonly EntityKey[]): Promise<(() => LoadedEntity | undefined)[]> {
    const packed = keys.map((key) => packKey(key));
    const rows = (await this.#connection.query({
      name: "load_entities",
      text: `SELECT ${FOUND}, e.due_at, NULL::bytea AS part, e.state FROM entity e WHERE e.key = ANY ($1::int8[])
        UNION ALL SELECT p.key, NULL, NULL, NULL, NULL, NULL, NULL, p.part, p.blob FROM part p WHERE p.key = ANY ($1::int8[])`,
      values: [int8Array(packed)],
    })) as unknown as (readonly [...FoundRow, number | null, Buffer | null, Buffer])[];
    const byKey = Map.groupBy(rows, (row) => row[0]);
    return packed.map((key) => () => {
      const all = byKey.get(key) ?? [];
      const row = all.find((one) => one[7] === null);
      if (row === undefined) return undefined;
      const seed = keySeed(key, 0);
      const found = foundOf(row as unknown as FoundRow);
      const { identity } = found;
      this.#verify(found, identity);
      const parts = all
        .filter((one) => one[7] !== null)
        .sort((a, b) => Buffer.compare(a[7] as Buffer, b[7] as Buffer))
        .map((one) => {
          const part = (one[7] as Buffer).toString("utf8");
          return { part, blob: unsealed(one[8], seed, () => `part ${JSON.stringify(part)} of ${nameRun(identity)}`) };
        });
      const state = unsealed(row[8], seed, () => `state of ${nameRun(identity)}`);
      return { ...identity, dueAt: row[6] ?? undefined, state, parts };
    });
  }

  async #findCurrent(finds: readonly FindEntity[]): Promise<(() => Found | undefined)[]> {
    const rows = await this.#connection.query({
      name: "find_current",
      text: `SELECT x.n, ${FOUND} FROM unnest($1::int4[], $2::int4[], $3::bytea[], $4::int8[])
        WITH ORDINALITY AS x (namespace, kind, business_id, slot, n) CROSS JOIN LATERAL (
          SELECT * FROM entity c WHERE c.namespace = x.namespace AND c.kind = x.kind AND c.business_id = x.business_id
          AND (c.key ${SLOT}) = x.slot ORDER BY c.key DESC LIMIT 1) e`,
      values: namesOf(finds),
    });
    return inOrder(finds.length, rows);
  }

  async #findRuns(finds: readonly FindEntity[]): Promise<(() => Found | undefined)[]> {
    const rows = await this.#connection.query({
      name: "find_runs",
      text: `SELECT x.n, ${FOUND} FROM unnest($1::int4[], $2::int4[], $3::bytea[], $4::int8[], $5::uuid[])
        WITH ORDINALITY AS x (namespace, kind, business_id, slot, run_id, n) CROSS JOIN LATERAL (
          SELECT * FROM entity c WHERE c.namespace = x.namespace AND c.kind = x.kind AND c.business_id = x.business_id
          AND (c.key ${SLOT}) = x.slot AND c.run_id = x.run_id ORDER BY c.key DESC LIMIT 1) e`,
      values: [...namesOf(finds), uuidArray(finds.map(({ runId }) => runId))],
    });
    return inOrder(finds.length, rows);
  }

  async #chain({ namespace, kind, businessId, slot }: FindEntity): Promise<Found[]> {
    const rows = await this.#connection.query({
      name: "find_chain",
      text: `SELECT ${FOUND} FROM entity e WHERE e.namespace = $1::int4 AND e.kind = $2::int4
        AND e.business_id = $3::bytea AND (e.key ${SLOT}) = $4::int8`,
      values: [namespace, kind, Buffer.from(businessId, "utf8"), slot],
    });
    return rows.map((row) => foundOf(row as unknown as FoundRow));
  }

  async #checked(found: Found): Promise<EntityIdentity> {
    const { identity, check } = found;
    if (check === this.#checkOf(identity)) return identity;
    // Where the row itself is wrong, visibility still knows the run.
    const [row] = await this.#connection.query({
      text: "SELECT namespace, workflow_id, run_id::text FROM visibility WHERE key = $1::int8",
      values: [packKey(identity)],
    });
    const [namespace, workflowId, runId] = (row ?? []) as [number?, Buffer?, string?];
    const isShown = namespace !== undefined && workflowId !== undefined && runId !== undefined;
    this.#verify(found, isShown ? { namespace, businessId: workflowId.toString("utf8"), runId } : identity);
    return identity;
  }

  #verify({ identity, check }: Found, name: Parameters<typeof nameRun>[0]): void {
    verifyCheck(check >>> 0, this.#checkOf(identity) >>> 0, () => `ids of ${nameRun(name)}`);
  }

  #checkOf(identity: EntityIdentity): number {
    return this.#checks.ofEntity(packKey(identity), identity) | 0;
  }

  /** The run is looked up only for a message about damage. */
  async #unsealNode(read: EntityKey, node: number, stored: Buffer): Promise<Uint8Array> {
    const seed = keySeed(packKey(read), node);
    try {
      return unsealed(stored, seed, () => "");
    } catch {
      const [row] = await this.#connection.query({
        text: `SELECT ${FOUND} FROM entity e WHERE e.key = $1::int8`,
        values: [packKey(read)],
      });
      const run =
        row === undefined ? `entity ${read.slot}/${read.id}` : nameRun(foundOf(row as unknown as FoundRow).identity);
      return unsealed(stored, seed, () => `history node ${node} of ${run}`);
    }
  }
}

/** Nodes from `start` on until the bytes before one reach what is wanted; with how many nodes were looked at. */
function nodesFrom(name: string, start: string): { name: string; text: string } {
  return {
    name,
    text: `SELECT node, blob, looked FROM (
        SELECT node, blob, count(*) OVER () AS looked,
          sum(octet_length(blob) - 4) OVER (ORDER BY node ROWS UNBOUNDED PRECEDING) - (octet_length(blob) - 4) AS before
        FROM (SELECT node, blob FROM history WHERE key = $1::int8 AND node >= ${start} AND node < $3::int8
              ORDER BY node LIMIT $5::int4) AS n) AS w
      WHERE before < $4::int8 ORDER BY node`,
  };
}

const FIRST_NODES = nodesFrom(
  "read_history",
  "coalesce((SELECT max(node) FROM history WHERE key = $1::int8 AND node <= $2::int8), 0)",
);
const NEXT_NODES = nodesFrom("read_history_on", "$2::int8");

function foundOf([packed, kind, namespace, businessId, runId, check]: FoundRow): Found {
  const identity = { ...unpackKey(packed), kind, namespace, businessId: businessId.toString("utf8"), runId };
  return { identity, check };
}

function namesOf(finds: readonly FindEntity[]): Buffer[] {
  return [
    int4Array(finds.map(({ namespace }) => namespace)),
    int4Array(finds.map(({ kind }) => kind)),
    textArray(finds.map(({ businessId }) => businessId)),
    int8Array(finds.map(({ slot }) => slot)),
  ];
}

/** Rows begin with the number of what they answer, from 1. */
function inOrder(count: number, rows: readonly Row[]): (() => Found | undefined)[] {
  const byNumber = new Map(rows.map((row) => [row[0] as number, row.slice(1) as unknown as FoundRow]));
  return Array.from({ length: count }, (_, index) => () => {
    const row = byNumber.get(index + 1);
    return row === undefined ? undefined : foundOf(row);
  });
}

/** Limits may be infinite or beyond what an integer column holds. */
function wholeNumber(value: number): number | string {
  const whole = Math.floor(value);
  if (whole >= 2 ** 63) return "9223372036854775807";
  return whole <= -(2 ** 63) ? "-9223372036854775808" : whole;
}
