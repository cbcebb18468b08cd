/** What the tables have under one key, checked cell by cell: what is whole, and a sentence for each thing that is not. */
import { packKey } from "../entity-key.ts";
import { CorruptionError } from "../errors.ts";
import type { StoredEntity } from "../bulk.ts";
import type { EntityKey } from "../store.ts";
import type { VisibilityRow } from "../visibility.ts";
import { readUuid } from "./byte-writer.ts";
import { keySeed, unseal, verifyCheck } from "./checksum.ts";
import { nameRun } from "./reader.ts";
import { columnsOf, RowChecks } from "./row-checks.ts";
import type { StoredColumns } from "./row-checks.ts";
import { attributesOf } from "./visibility-attributes.ts";

export interface EntityCells {
  readonly key: number;
  readonly kind: number;
  readonly namespace: number;
  readonly business_id: string;
  readonly run_id: Uint8Array;
  readonly due_at: number | null;
  readonly state: Uint8Array;
  readonly ids_check: number;
}

export interface PartCells {
  readonly key: number;
  readonly part: string;
  readonly blob: Uint8Array;
}

export interface HistoryCells {
  readonly key: number;
  readonly node: number;
  readonly blob: Uint8Array;
}

export interface VisibilityCells extends StoredColumns {
  readonly key: number;
  readonly memo: Uint8Array | null;
  readonly search_attributes: Uint8Array | null;
  readonly attribute_count: number;
  readonly row_check: number;
}

/** Read with big integers: an attribute's value may be one. */
export interface AttributeCells {
  readonly key: bigint;
  readonly name: string;
  readonly type: bigint;
  readonly value: string | number | bigint;
  readonly namespace: bigint;
}

export interface CellsOfKey {
  readonly entity: EntityCells | undefined;
  readonly parts: readonly PartCells[];
  readonly history: readonly HistoryCells[];
  readonly visibility: VisibilityCells | undefined;
  readonly attributes: readonly AttributeCells[];
}

export class EntityAssembly {
  readonly #checks = new RowChecks();

  assemble(key: EntityKey, cells: CellsOfKey): StoredEntity {
    const damage: CorruptionError[] = [];
    const attempt = <T>(read: () => T): T | undefined => {
      try {
        return read();
      } catch (error) {
        damage.push(asDamage(error, `entity ${key.slot}/${key.id}`));
        return undefined;
      }
    };
    const seed = keySeed(packKey(key), 0);
    const run = nameOf(key, cells);
    const entity = attempt(() => this.#entity(key, cells.entity, run));
    const parts = cells.parts.flatMap(({ part, blob }) => {
      const read = attempt(() => unseal(blob, seed, () => `part ${JSON.stringify(part)} of ${run}`));
      return read === undefined ? [] : [{ part, blob: read }];
    });
    const history = cells.history.flatMap(({ node, blob }) => {
      const read = attempt(() => unseal(blob, keySeed(packKey(key), node), () => `history node ${node} of ${run}`));
      return read === undefined ? [] : [{ node, blob: read }];
    });
    const visibility = attempt(() => this.#visibility(key, cells, run));
    return { key, entity, parts, history, visibility, damage };
  }

  #entity(key: EntityKey, row: EntityCells | undefined, run: string): StoredEntity["entity"] {
    if (row === undefined) return undefined;
    const { kind, namespace, business_id: businessId, ids_check: check } = row;
    const identity = { ...key, kind, namespace, businessId, runId: readUuid(row.run_id) };
    verifyCheck(check, this.#checks.ofEntity(packKey(key), identity), () => `ids of ${run}`);
    const state = unseal(row.state, keySeed(packKey(key), 0), () => `state of ${run}`);
    return { ...identity, state, dueAt: row.due_at ?? undefined };
  }

  #visibility(key: EntityKey, { visibility: row, attributes }: CellsOfKey, run: string): VisibilityRow | undefined {
    if (row === undefined) {
      if (attributes.length === 0) return undefined;
      throw new CorruptionError(`visibility of ${run}`, `it has ${attributes.length} values of attributes and no row`);
    }
    const columns = columnsOf(row);
    verifyCheck(row.row_check, this.#checks.ofVisibility(packKey(key), columns), () => `visibility of ${run}`);
    if (row.attribute_count !== attributes.length)
      throw new CorruptionError(
        `visibility of ${run}`,
        `it says that it has ${row.attribute_count} values of attributes, and has ${attributes.length}`,
      );
    const misplaced = attributes.find(({ namespace }) => Number(namespace) !== row.namespace);
    if (misplaced !== undefined)
      throw new CorruptionError(
        `visibility of ${run}`,
        `its attribute ${misplaced.name} is indexed in namespace ${misplaced.namespace}`,
      );
    const blob = (name: string, stored: Uint8Array | null): Uint8Array | undefined =>
      stored === null ? undefined : unseal(stored, keySeed(packKey(key), 0), () => `${name} of ${run}`);
    return {
      ...key,
      ...columns,
      memo: blob("memo", row.memo),
      searchAttributes: blob("search attributes", row.search_attributes),
      attributes: attributesOf(attributes),
    };
  }
}

/** By whichever row still says which run it is. */
function nameOf(key: EntityKey, { entity, visibility }: CellsOfKey): string {
  const row = visibility ?? entity;
  if (row === undefined) return `entity ${key.slot}/${key.id}`;
  const businessId = "workflow_id" in row ? row.workflow_id : row.business_id;
  const runId = row.run_id.length === 16 ? readUuid(row.run_id) : "?";
  return nameRun({ runId, businessId, namespace: row.namespace });
}

/** A cell that cannot even be read says why in the reader's words. */
function asDamage(error: unknown, where: string): CorruptionError {
  return error instanceof CorruptionError ? error : new CorruptionError(where, (error as Error).message);
}
