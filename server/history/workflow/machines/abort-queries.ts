import type { Run } from "../run.ts";
import type { RunVolatile } from "../run-volatile.ts";

/** Lets the callers of buffered queries ask again: the run has closed, so a direct query answers them. */
export function abortQueries(run: Run): void {
  const volatile = run.view.entity.volatile as RunVolatile | undefined;
  if (volatile === undefined) return;
  for (const query of volatile.queries.values()) run.tx.afterCommit(() => query.settle({ kind: "unblocked" }));
}
