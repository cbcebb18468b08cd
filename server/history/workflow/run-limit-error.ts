import type { RunState } from "../gen/messages.js";
import type { Entity } from "../kernel/index.ts";

/** The decision would make a run larger than it may be: the run is terminated instead. */
export class RunLimitError extends Error {
  override name = "RunLimitError";
  readonly entity: Entity<RunState>;
  /** Why the run is terminated, as its last event says. */
  readonly reason: string;

  /** `message` is for the caller; it stands in the event's details when the reason is another. */
  constructor(entity: Entity<RunState>, message: string, reason = message) {
    super(message);
    this.entity = entity;
    this.reason = reason;
  }
}
