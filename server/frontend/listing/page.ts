import { invalidArgument } from "../../../api/errors.ts";
import type { Input } from "../../../api/codec.ts";
import type { WorkflowExecutionInfo } from "../../../api/gen/messages.js";
import { InvalidCursorError } from "../../store/errors.ts";
import type { VisibilityFilter } from "../../store/visibility.ts";
import type { Frontend } from "../frontend.ts";
import type { KnownNamespace } from "../namespaces/namespace-registry.ts";
import { executionInfo } from "./execution-info.ts";

/** `frontend.visibilityMaxPageSize`: sizes beyond it, and none, mean this one. */
const PAGE_ROWS_MAX = 1_000;

export interface ListPage {
  readonly filter: VisibilityFilter | undefined;
  readonly pageSize: number;
  readonly pageToken: Uint8Array;
}

export interface ExecutionPage {
  readonly executions: readonly Input<WorkflowExecutionInfo>[];
  readonly nextPageToken: Uint8Array;
}

/** A page of a namespace's workflows, open ones first, then the newest. */
export async function listPage(frontend: Frontend, namespace: KnownNamespace, page: ListPage): Promise<ExecutionPage> {
  const { filter, pageSize, pageToken } = page;
  const limit = pageSize <= 0 ? PAGE_ROWS_MAX : Math.min(pageSize, PAGE_ROWS_MAX);
  const after = pageToken.length === 0 ? undefined : Buffer.from(pageToken).toString("utf8");
  const kind = frontend.history.workflowKind.id;
  try {
    const { rows, next } = await frontend.store.listVisibility({
      namespace: namespace.number,
      kind,
      filter,
      limit,
      after,
    });
    return { executions: rows.map(executionInfo), nextPageToken: next === undefined ? NO_TOKEN : Buffer.from(next) };
  } catch (error) {
    if (error instanceof InvalidCursorError)
      throw invalidArgument(`unable to decode next page token: ${error.message}`);
    throw error;
  }
}

const NO_TOKEN = new Uint8Array(0);
