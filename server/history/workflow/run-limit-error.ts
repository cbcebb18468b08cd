import type { RunState } from "../gen/messages.js";
import type { Entity } from "../kernel/index.ts";

/** The decision would make a run larger than it may be. */
export class RunLimitError extends Error {
  override name = "RunLimitError";
  readonly entity: Entity<RunState>;

  constructor(entity: Entity<RunState>, message: string) {
    super(message);
    this.entity = entity;
  }
}
