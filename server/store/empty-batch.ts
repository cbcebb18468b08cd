import type { Batch } from "./store.ts";

/** A batch that writes nothing, to be filled. */
export const EMPTY_BATCH: Omit<Batch, "nextId"> = {
  creates: [],
  updates: [],
  deletes: [],
  parts: [],
  partClears: [],
  history: [],
  visibility: [],
  meta: [],
  metering: undefined,
};
