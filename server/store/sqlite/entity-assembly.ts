/** What the tables have under one key, checked cell by cell: what is whole, and a sentence for each thing that is not. */
import { packKey } from "../entity-key.ts";
import { CorruptionError } from "../errors.ts";
import type { StoredEntity } from "../bulk.ts";
import type { EntityKey } from "../store.ts";
import { scopeNumber } from "../visibility-sql/scope.ts";
import { ATTRIBUTE_TYPE_NUMBER, DIVISION_NAME } from "../visibility.ts";
import type { Attribute, VisibilityRow } from "../visibility.ts";
import { readUuid } from "./byte-writer.ts";
import { keySeed, unseal, verifyCheck } from "./checksum.ts";
import { nameRun } from "./reader.ts";
import { columnsOf, RowChecks } from "./row-checks.ts";
import type { StoredColumns } from "./row-checks.ts";

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
  readonly scope: number;
  readonly division: string | null;
}

/** A value of an attribute: what it is indexed under. */
export interface AttributeCells {
  readonly name: string;
  readonly type: number;
  readonly scope: number;
}

export interface CellsOfKey {
  readonly entity: EntityCells | undefined;
  readonly parts: readonly PartCells[];
  readonly history: readonly HistoryCells[];
  readonly visibility: VisibilityCells | undefined;
  readonly attributes: readonly AttributeCells[];
  /** The values of all, as the store decodes them. */
  decodeAttributes(): readonly Attribute[];
}

const ATTRIBUTE_TYPES: ReadonlySet<number> = new Set(Object.values(ATTRIBUTE_TYPE_NUMBER));

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
      const read = attempt(() => plain(unseal(blob, seed, () => `part ${JSON.stringify(part)} of ${run}`)));
      return read === undefined ? [] : [{ part, blob: read }];
    });
    const history = cells.history.flatMap(({ node, blob }) => {
      const read = attempt(() =>
        plain(unseal(blob, keySeed(packKey(key), node), () => `history node ${node} of ${run}`)),
      );
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
    const state = plain(unseal(row.state, keySeed(packKey(key), 0), () => `state of ${run}`));
    return { ...identity, state, dueAt: row.due_at ?? undefined };
  }

  #visibility(key: EntityKey, cells: CellsOfKey, run: string): VisibilityRow | undefined {
    const { visibility: row, attributes } = cells;
    const name = (): string => `visibility of ${run}`;
    if (row === undefined) {
      if (attributes.length === 0) return undefined;
      throw new CorruptionError(name(), `it has ${attributes.length} values of attributes and no row`);
    }
    const columns = columnsOf(row);
    verifyCheck(row.row_check, this.#checks.ofVisibility(packKey(key), columns), name);
    const fault = indexFault(row, cells);
    if (fault !== undefined) throw new CorruptionError(name(), fault);
    const blob = (what: string, stored: Uint8Array | null): Uint8Array | undefined =>
      stored === null ? undefined : plain(unseal(stored, keySeed(packKey(key), 0), () => `${what} of ${run}`));
    return {
      ...key,
      ...columns,
      memo: blob("memo", row.memo),
      searchAttributes: blob("search attributes", row.search_attributes),
      attributes: cells.decodeAttributes(),
    };
  }
}

/** What is wrong with what the row and its attributes are found under. */
function indexFault(row: VisibilityCells, cells: CellsOfKey): string | undefined {
  const { attributes } = cells;
  if (row.attribute_count !== attributes.length)
    return `it says that it has ${row.attribute_count} values of attributes, and has ${attributes.length}`;
  const strange = attributes.find(({ type }) => !ATTRIBUTE_TYPES.has(type));
  if (strange !== undefined) return `its attribute ${strange.name} is of type ${strange.type}, which there is not`;
  const division = cells.decodeAttributes().find(({ name, type }) => name === DIVISION_NAME && type === "Keyword");
  if ((row.division ?? undefined) !== division?.value)
    return `it is listed in division ${row.division ?? "none"}, its attributes say ${String(division?.value ?? "none")}`;
  const scope = scopeNumber(row, row.division !== null);
  if (row.scope !== scope) return `it is listed in scope ${row.scope} instead of ${scope}`;
  const misplaced = attributes.find((attribute) => attribute.scope !== scope);
  return misplaced && `its attribute ${misplaced.name} is indexed in scope ${misplaced.scope} instead of ${scope}`;
}

/** Not a Buffer, which is not what other stores give. */
function plain(blob: Uint8Array): Uint8Array {
  return new Uint8Array(blob.buffer, blob.byteOffset, blob.byteLength);
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
