import { OutboxPart, StoredState } from "../gen/messages.js";
import type { EntityIdentity, LoadedEntity, PartWrite } from "../../store/store.ts";
import { Entity, INLINE_PARTS_BYTES_MAX, INLINE_PARTS_MAX, OUTBOX_PREFIX } from "./entity.ts";
import { Parts } from "./parts.ts";
import type { Codec, Kind } from "./kind.ts";

function codecOf(kind: Kind, key: string): Codec<unknown> {
  return key.startsWith(OUTBOX_PREFIX) ? (OutboxPart as Codec<unknown>) : kind.part(key);
}

/** When the scan after a restart must find the entity. */
function storedDueAt(entity: Entity, clockNow: number): number | undefined {
  const { stored } = entity.kind.due(entity);
  if (entity.parts.ofSort(OUTBOX_PREFIX).size === 0) return stored;
  return stored === undefined ? clockNow : Math.min(stored, clockNow);
}

export interface StoredWrites {
  readonly state: Uint8Array;
  readonly dueAt: number | undefined;
  readonly writes: readonly PartWrite[];
}

/**
 * The entity as the store keeps it. While its parts are few and small they lie inside the state blob, which saves their
 * rows; once they have not fit, they are rows for good, of which only the changed ones are written.
 */
export function encodeStored(entity: Entity, clockNow: number): StoredWrites {
  const state = entity.kind.state.encode(entity.state);
  const dueAt = storedDueAt(entity, clockNow);
  const { slot, id } = entity.identity;
  if (!entity.partsInRows) {
    const inline = encodeInline(entity);
    if (inline !== undefined) return { state: StoredState.encode({ state, parts: inline }), dueAt, writes: [] };
    entity.partsInRows = true;
    entity.dirtyParts = new Set(Array.from(entity.parts.entries(), ([key]) => key));
  }
  const writes: PartWrite[] = [];
  for (const part of entity.dirtyParts ?? []) {
    const value = entity.parts.get(part);
    writes.push({ slot, id, part, blob: value === undefined ? undefined : codecOf(entity.kind, part).encode(value) });
  }
  return { state: StoredState.encode({ state, partsInRows: true }), dueAt, writes };
}

function encodeInline(entity: Entity): { part: string; blob: Uint8Array }[] | undefined {
  if (entity.parts.size > INLINE_PARTS_MAX) return undefined;
  const inline: { part: string; blob: Uint8Array }[] = [];
  let bytes = 0;
  for (const [part, value] of entity.parts.entries()) {
    const blob = codecOf(entity.kind, part).encode(value);
    bytes += blob.length;
    if (bytes > INLINE_PARTS_BYTES_MAX) return undefined;
    inline.push({ part, blob });
  }
  return inline;
}

/** An entity read back from the store. */
export function decodeStored(loaded: LoadedEntity, kind: Kind): Entity {
  const { slot, id, namespace, businessId, runId } = loaded;
  const identity: EntityIdentity = { slot, id, kind: loaded.kind, namespace, businessId, runId };
  const stored = StoredState.decode(loaded.state);
  const state = kind.state.decode(stored.state);
  const parts = new Parts(kind.weigh);
  for (const { part, blob } of stored.parts) parts.set(part, codecOf(kind, part).decode(blob));
  for (const { part, blob } of loaded.parts) parts.set(part, codecOf(kind, part).decode(blob));
  const { partsInRows } = stored;
  const entity = new Entity({ identity, kind, state, parts, partsInRows, nextEventId: kind.nextEventId(state) });
  entity.storedDueAt = loaded.dueAt;
  return entity;
}
