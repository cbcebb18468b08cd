import type { Entity } from "./entity.ts";

/** Is told what happens in the lanes. A server whose clock skips idle time learns from it when there is nothing to do. */
export interface KernelObserver {
  /** The entity may have changed; it may not be committed yet. */
  onChange(entity: Entity): void;
  onDelete(entity: Entity): void;
  /** An entity has fallen due: from now until `onFired` it is neither among those that will be due nor handled. */
  onFiring(): void;
  onFired(): void;
  /** A lane has committed everything that was decided. */
  onSettled(): void;
}
