/** The queries that came with a task. */
import type { PollWorkflowTaskQueueResponse, WorkflowQuery } from "../../../api/gen/messages.js";
import type { QueryWorkflow } from "../../workflow/activation.ts";
import { headers, payloads } from "./wire.ts";

/** Id of the one query of a task that is nothing else. */
export const ONLY_QUERY = "legacy";

export function queriesOf({
  query,
  queries,
}: Pick<PollWorkflowTaskQueueResponse, "query" | "queries">): QueryWorkflow[] {
  if (query !== undefined) return [queryJob(ONLY_QUERY, query)];
  return Object.entries(queries).map(([id, each]) => queryJob(id, each));
}

function queryJob(queryId: string, { queryType, queryArgs, header }: WorkflowQuery): QueryWorkflow {
  return {
    kind: "queryWorkflow",
    queryId,
    queryType,
    arguments: payloads(queryArgs),
    headers: headers(header),
  };
}
