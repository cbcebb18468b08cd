import { invalidArgument } from "../../../api/errors.ts";
import type { Call } from "../../../api/call.ts";
import type { Input } from "../../../api/codec.ts";
import type { WorkflowExecutionInfo } from "../../../api/gen/messages.js";
import { frontendSettings } from "../../dynamic-config/index.ts";
import { InvalidCursorError } from "../../store/errors.ts";
import type { VisibilityFilter, VisibilitySort } from "../../store/visibility.ts";
import type { Frontend } from "../frontend.ts";
import type { KnownNamespace } from "../namespaces/namespace-registry.ts";
import { callerSignal } from "./caller-signal.ts";
import { executionInfo } from "./execution-info.ts";

export interface ListPage {
  readonly filter: VisibilityFilter | undefined;
  readonly sort?: VisibilitySort | undefined;
  readonly pageSize: number;
  readonly pageToken: Uint8Array;
}

export interface ExecutionPage {
  readonly executions: readonly Input<WorkflowExecutionInfo>[];
  readonly nextPageToken: Uint8Array;
}

/** Whose workflows, and who asks: a caller that goes away ends its query. */
export interface ListCall {
  readonly namespace: KnownNamespace;
  readonly call: Call;
}

/** A page of a namespace's workflows, open ones first, then the newest. */
export async function listPage(frontend: Frontend, asked: ListCall, page: ListPage): Promise<ExecutionPage> {
  const { namespace, call } = asked;
  const { filter, sort, pageSize, pageToken } = page;
  // Sizes beyond the largest, and none, mean that one.
  const largest = frontend.config.get(frontendSettings.visibilityPageMax, { namespace: namespace.name });
  const limit = pageSize <= 0 ? largest : Math.min(pageSize, largest);
  const after = pageToken.length === 0 ? undefined : Buffer.from(pageToken).toString("utf8");
  const kind = frontend.history.workflowKind.id;
  try {
    const list = { namespace: namespace.number, kind, filter, sort, limit, after };
    const { rows, next } = await frontend.store.listVisibility(list, callerSignal(call));
    const executions = rows.map((row) => executionInfo(row, namespace.customAttributes));
    return { executions, nextPageToken: next === undefined ? NO_TOKEN : Buffer.from(next) };
  } catch (error) {
    if (error instanceof InvalidCursorError)
      throw invalidArgument(`unable to decode next page token: ${error.message}`);
    throw error;
  }
}

const NO_TOKEN = new Uint8Array(0);
