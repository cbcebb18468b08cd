import { MeteringRow } from "../gen/messages.js";
import type {
  Batch,
  EntityCreate,
  EntityKey,
  EntityUpdate,
  HistoryAppend,
  MetaWrite,
  PartWrite,
} from "../../store/store.ts";
import type { VisibilityRow } from "../../store/visibility.ts";
import type { Entity } from "./entity.ts";
import { encodeStored } from "./stored-entity.ts";
import type { Transaction } from "./transaction.ts";

/** Transitions that have been decided and wait to be committed together. */
export class OpenBatch {
  readonly sequence: number;
  transitions = 0;
  /** When the first of them was decided. */
  since = 0;
  readonly #entities = new Set<Entity>();
  readonly #visibility = new Map<Entity, VisibilityRow>();
  readonly #deletes: Entity[] = [];
  readonly #meta: MetaWrite[] = [];
  readonly #actions = new Map<string, { namespace: number; action: string; count: number }>();
  readonly afterCommits: (() => void)[] = [];
  readonly waiters: { resolve: () => void; reject: (error: Error) => void }[] = [];

  constructor(sequence: number) {
    this.sequence = sequence;
  }

  get isEmpty(): boolean {
    return (
      this.#entities.size === 0 &&
      this.#meta.length === 0 &&
      this.waiters.length === 0 &&
      this.afterCommits.length === 0
    );
  }

  /** Takes over a decision's changes. */
  add(tx: Transaction): void {
    this.transitions++;
    for (const view of tx.entities) {
      if (!view.isTouched) continue;
      const entity = view.entity as Entity;
      if (view.isCreated) entity.isCreatedInBatch = true;
      entity.sequence = this.sequence;
      if (view.isDeleted) {
        entity.isDeleted = true;
        this.#deletes.push(entity);
      }
      this.#entities.add(entity);
      if (view.dirtyParts.length > 0) {
        entity.dirtyParts ??= new Set();
        for (const key of view.dirtyParts) entity.dirtyParts.add(key);
      }
      if (view.visibility !== undefined) this.#visibility.set(entity, view.visibility);
    }
    for (const write of tx.meta) this.#meta.push(write);
    for (const { namespace, action, count } of tx.actions) this.addAction(namespace, action, count);
    for (const fn of tx.afterCommits) this.afterCommits.push(fn);
  }

  addAction(namespace: number, action: string, count: number): void {
    const key = `${namespace}/${action}`;
    const known = this.#actions.get(key);
    if (known === undefined) this.#actions.set(key, { namespace, action, count });
    else known.count += count;
  }

  get entities(): ReadonlySet<Entity> {
    return this.#entities;
  }

  /** Encodes everything as it is now: later decisions may change the entities again, for a later batch. */
  seal(nextId: number, clockNow: number): Batch {
    const creates: EntityCreate[] = [];
    const updates: EntityUpdate[] = [];
    const parts: PartWrite[] = [];
    const history: HistoryAppend[] = [];
    const deletes: EntityKey[] = [];
    for (const entity of this.#entities) {
      const { slot, id } = entity.identity;
      if (entity.isDeleted) {
        entity.tail.seal();
        continue;
      }
      const { state, dueAt, writes } = encodeStored(entity, clockNow);
      entity.storedDueAt = dueAt;
      if (entity.isCreatedInBatch) creates.push({ ...entity.identity, state, dueAt });
      else updates.push({ slot, id, state, dueAt });
      for (const write of writes) parts.push(write);
      const node = entity.tail.seal();
      if (node !== undefined) history.push({ slot, id, node: node.node, blob: node.blob });
      entity.isCreatedInBatch = false;
      entity.dirtyParts = undefined;
    }
    for (const entity of this.#deletes) deletes.push({ slot: entity.identity.slot, id: entity.identity.id });
    const visibility = [...this.#visibility].filter(([entity]) => !entity.isDeleted).map(([, row]) => row);
    return {
      nextId,
      creates,
      updates,
      deletes,
      parts,
      partClears: [],
      history,
      visibility,
      meta: this.#meta,
      metering: this.#metering(),
    };
  }

  #metering(): Uint8Array | undefined {
    if (this.#actions.size === 0) return undefined;
    const counts = [...this.#actions.values()].map(({ namespace, action, count }) => ({
      namespaceNumber: namespace,
      action,
      count,
    }));
    return MeteringRow.encode({ counts });
  }
}
