import type { Input } from "../../../api/codec.ts";
import type { UpdateOutcome } from "../../../api/gen/messages.js";
import type { Entity } from "../kernel/index.ts";
import type { RunState } from "../gen/messages.js";

/**
 * What a run keeps in memory only: its callers who wait. A run that has any stays loaded; when its lane loses its
 * memory, each of them is told through `drop`.
 */
export interface RunVolatile {
  /** Called after each commit that wrote events or settled an update. */
  readonly watchers: Set<() => void>;
  /** Told when the lane loses its memory; removed by whoever added them. */
  readonly drops: Set<(error: Error) => void>;
  /** Queries that ride on the next workflow task, by id. Owned by decisions/query.ts. */
  readonly queries: Map<string, BufferedQuery>;
  /** Updates that the history does not know yet or whose callers wait, by update id. Owned by machines/update.ts. */
  readonly updates: Map<string, VolatileUpdate>;
}

export interface BufferedQuery {
  readonly queryType: string;
  readonly rawArgs: Uint8Array | undefined;
  readonly rawHeader: Uint8Array | undefined;
  /** The query went out with the started workflow task. */
  isSent: boolean;
  settle(outcome: QueryOutcome): void;
}

export type QueryOutcome =
  | { readonly kind: "answered"; readonly result: Uint8Array | undefined }
  | { readonly kind: "failed"; readonly message: string; readonly failure: Uint8Array | undefined }
  /** Ask again by a direct query: the workflow task is gone. */
  | { readonly kind: "unblocked" }
  | { readonly kind: "error"; readonly error: Error };

/** An update that the history does not know, or for whose completion somebody waits. */
export interface VolatileUpdate {
  readonly updateId: string;
  /** Encoded `temporal.api.update.v1.Request`. */
  readonly rawRequest: Uint8Array;
  /** `reapplied`: a reset admitted it again, and the history tells the worker of it. */
  stage: "admitted" | "sent" | "reapplied" | "accepted";
  readonly waiters: Set<UpdateWaiter>;
}

/** A caller who waits until an update has come this far. */
export interface UpdateWaiter {
  readonly stage: "accepted" | "completed";
  settle(news: UpdateNews): void;
}

export type UpdateNews =
  | {
      readonly kind: "stage";
      readonly stage: "admitted" | "accepted" | "completed";
      readonly outcome: Input<UpdateOutcome> | undefined;
    }
  | { readonly kind: "error"; readonly error: Error };

/** The volatile state if there is any; looking does not make it. */
export function peekVolatile(entity: Entity<RunState>): RunVolatile | undefined {
  return entity.volatile as RunVolatile | undefined;
}

export function volatileOf(entity: Entity<RunState>): RunVolatile {
  let volatile = entity.volatile as RunVolatile | undefined;
  if (volatile === undefined) {
    volatile = { watchers: new Set(), drops: new Set(), queries: new Map(), updates: new Map() };
    entity.volatile = volatile;
  }
  return volatile;
}

/** Updates that the history does not count yet. */
export function unacceptedUpdates(volatile: RunVolatile | undefined): number {
  let count = 0;
  for (const { stage } of volatile?.updates.values() ?? []) if (stage !== "accepted" && stage !== "reapplied") count++;
  return count;
}

export function isVolatileEmpty(volatile: RunVolatile | undefined): boolean {
  return (
    volatile === undefined ||
    (volatile.watchers.size === 0 &&
      volatile.drops.size === 0 &&
      volatile.queries.size === 0 &&
      volatile.updates.size === 0)
  );
}
