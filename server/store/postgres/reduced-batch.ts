/**
 * A batch as sets of rows that do not touch each other. The parts of one statement all see the rows from before it and
 * run in no order, so whatever a batch does twice to one row is reduced here to its outcome.
 */
import { packKey } from "../entity-key.ts";
import { BatchRefusedError } from "../errors.ts";
import type { Batch, EntityCreate, EntityKey } from "../store.ts";
import type { AttributeType, Scalar, VisibilityRow } from "../visibility.ts";
import { DIVISION_NAME } from "../visibility.ts";
import { scopeNumber } from "../visibility-sql/scope.ts";

interface Create extends EntityCreate {
  readonly key: number;
}

interface Update {
  readonly key: number;
  readonly state: Uint8Array;
  readonly dueAt: number | undefined;
}

interface PartRow {
  readonly key: number;
  readonly part: string;
  /** undefined where the part is deleted. */
  readonly blob: Uint8Array | undefined;
}

interface HistoryRow {
  readonly key: number;
  readonly node: number;
  readonly blob: Uint8Array;
}

interface AttributeRow {
  readonly key: number;
  readonly name: string;
  readonly type: AttributeType;
  readonly value: Scalar;
  readonly scope: number;
}

interface Visibility {
  readonly key: number;
  readonly row: VisibilityRow;
  readonly attributeCount: number;
  readonly scope: number;
  readonly division: string | undefined;
}

interface MetaRow {
  readonly key: string;
  readonly blob: Uint8Array | undefined;
}

export interface ReducedBatch {
  readonly nextId: number;
  readonly creates: readonly Create[];
  readonly updates: readonly Update[];
  readonly partClears: readonly number[];
  readonly partWrites: readonly PartRow[];
  readonly partDeletes: readonly PartRow[];
  readonly history: readonly HistoryRow[];
  readonly visibility: readonly Visibility[];
  readonly attributes: readonly AttributeRow[];
  readonly deletes: readonly number[];
  readonly metaWrites: readonly MetaRow[];
  readonly metaDeletes: readonly MetaRow[];
  readonly metering: Uint8Array | undefined;
}

/** Throws BatchRefusedError for a batch that contradicts itself. */
export function reduceBatch(batch: Batch): ReducedBatch {
  const creates = reduceCreates(batch);
  const updates = new Map<number, Update>();
  for (const { state, dueAt, ...at } of batch.updates) {
    const key = packKey(at);
    const created = creates.get(key);
    if (created !== undefined) creates.set(key, { ...created, state, dueAt });
    else updates.set(key, { key, state, dueAt });
  }
  const partClears = keysOf(batch.partClears);
  const parts = new Map<string, PartRow>();
  for (const { part, blob, ...at } of batch.parts) {
    const key = packKey(at);
    parts.set(`${key}/${part}`, { key, part, blob });
  }
  const visibility = reduceVisibility(batch);
  const meta = new Map(batch.meta.map((write) => [write.key, write]));
  return {
    nextId: batch.nextId,
    creates: [...creates.values()],
    updates: [...updates.values()],
    partClears: [...partClears],
    partWrites: [...parts.values()].filter(({ blob }) => blob !== undefined),
    // A cleared part need not be deleted once more.
    partDeletes: [...parts.values()].filter(({ key, blob }) => blob === undefined && !partClears.has(key)),
    history: batch.history.map(({ node, blob, ...at }) => ({ key: packKey(at), node, blob })),
    ...visibility,
    deletes: [...keysOf(batch.deletes)],
    metaWrites: [...meta.values()].filter(({ blob }) => blob !== undefined),
    metaDeletes: [...meta.values()].filter(({ blob }) => blob === undefined),
    metering: batch.metering,
  };
}

/** Whether what it deletes is also written by it: then the deletion has to be a statement of its own, after the rest. */
export function deletesWhatItWrites(batch: ReducedBatch): boolean {
  if (batch.deletes.length === 0) return false;
  const deleted = new Set(batch.deletes);
  const { creates, updates, partClears, partWrites, partDeletes, history, visibility } = batch;
  const rows = [creates, updates, partWrites, partDeletes, history, visibility].flat();
  return rows.some(({ key }) => deleted.has(key)) || partClears.some((key) => deleted.has(key));
}

function reduceCreates(batch: Batch): Map<number, Create> {
  const creates = new Map<number, Create>();
  for (const create of batch.creates) {
    const key = packKey(create);
    if (create.id >= batch.nextId) {
      throw new BatchRefusedError(`entity id ${create.id} is not below the batch's next id ${batch.nextId}`);
    }
    if (creates.has(key)) throw new BatchRefusedError(`entity ${create.slot}/${create.id} is created twice`);
    creates.set(key, { ...create, key });
  }
  return creates;
}

function reduceVisibility(batch: Batch): Pick<ReducedBatch, "visibility" | "attributes"> {
  const rows = new Map(batch.visibility.map((row) => [packKey(row), row]));
  const attributes: AttributeRow[] = [];
  const visibility: Visibility[] = [];
  for (const [key, row] of rows) {
    const before = attributes.length;
    const division = divisionOf(row);
    const scope = scopeNumber(row, division !== undefined);
    for (const { name, type, value } of row.attributes) {
      const values = typeof value === "object" ? new Set(value) : [value];
      for (const one of values) attributes.push({ key, name, type, value: one, scope });
    }
    visibility.push({ key, row, attributeCount: attributes.length - before, scope, division });
  }
  return { visibility, attributes };
}

function divisionOf(row: VisibilityRow): string | undefined {
  const found = row.attributes.find(({ name, type }) => name === DIVISION_NAME && type === "Keyword");
  return found === undefined ? undefined : String(found.value);
}

function keysOf(keys: readonly EntityKey[]): Set<number> {
  return new Set(keys.map((key) => packKey(key)));
}
