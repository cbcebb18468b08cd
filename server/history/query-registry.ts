import type { BufferedQuery } from "./workflow/run-volatile.ts";

/** A direct query on its way: offered to matching, perhaps taken by a worker. In memory only, like its caller. */
export interface PendingQuery extends Omit<BufferedQuery, "isSent"> {
  isTaken: boolean;
}

export type QueryRegistry = Map<string, PendingQuery>;
