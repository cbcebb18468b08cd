import type { Input } from "../../../../api/codec.ts";
import type { WorkflowQuery } from "../../../../api/gen/messages.js";
import type { Run } from "../run.ts";

/** The buffered queries that go out with the task just started. */
export function attachQueries(run: Run): Record<string, Input<WorkflowQuery>> {
  const attached: Record<string, Input<WorkflowQuery>> = {};
  for (const [id, query] of run.volatile.queries) {
    query.isSent = true;
    attached[id] = { queryType: query.queryType, queryArgs: query.rawArgs, header: query.rawHeader };
  }
  return attached;
}

/** Lets the callers of buffered queries ask again: the run has closed, so a direct query answers them. */
export function abortQueries(run: Run): void {
  const { queries } = run.volatile;
  for (const query of queries.values()) run.tx.afterCommit(() => query.settle({ kind: "unblocked" }));
}
