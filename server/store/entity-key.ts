import { assert } from "../../base/index.ts";
import type { EntityKey } from "./store.ts";
import { SLOTS } from "./store.ts";

/** Ids stay below 2^40, so that a packed key (52 bits) is exact in a double and in SQLite's row id. */
export const ENTITY_ID_MAX = 2 ** 40 - 1;

/**
 * Packs an address into one integer. The id comes first: entities in flight together were created together,
 * so their rows, histories and parts share pages instead of one page per slot.
 */
export function packKey(key: EntityKey): number {
  const { slot, id } = key;
  assert(slot >= 0 && slot < SLOTS && Number.isInteger(slot), `slot ${slot} is out of range`);
  assert(id >= 0 && id <= ENTITY_ID_MAX && Number.isInteger(id), `entity id ${id} is out of range`);
  return id * SLOTS + slot;
}

export function unpackKey(packed: number): EntityKey {
  return { slot: packed % SLOTS, id: Math.floor(packed / SLOTS) };
}
