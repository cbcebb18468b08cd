/** Lists of workflows, and their histories. */
import { History, HistoryEvent } from "../../../api/gen/messages.js";
import { payloadFromBytes } from "../../common/host/wire-payloads.ts";
import { searchAttributePayloadConverter } from "../../common/payload-search-attributes.ts";
import type { SearchAttributeValue } from "../../common/search-attributes.ts";
import type { CountWorkflowExecution, WorkflowExecution, WorkflowExecutionInfo } from "../types.ts";
import type { ClientContext } from "./client-context.ts";
import { executionInfo } from "./execution-info.ts";
import { throwServiceError } from "./known-errors.ts";

const NO_TOKEN = new Uint8Array(0);

export async function* listWorkflows(
  client: ClientContext,
  options: { query?: string | undefined; pageSize?: number | undefined },
): AsyncGenerator<WorkflowExecutionInfo> {
  const { namespace } = client;
  for (let nextPageToken: Uint8Array = NO_TOKEN; ;) {
    let response;
    try {
      response = await client.workflowService.listWorkflowExecutions({ namespace, nextPageToken, ...options });
    } catch (error) {
      throwServiceError(error, "Failed to list workflows", undefined);
    }
    // Not all at once: a page has up to a thousand.
    for (const raw of response.executions) yield await executionInfo(client, raw, raw);
    ({ nextPageToken } = response);
    if (nextPageToken.length === 0) return;
  }
}

export async function countWorkflows(
  client: ClientContext,
  query: string | undefined,
): Promise<CountWorkflowExecution> {
  try {
    const { count, groups } = await client.workflowService.countWorkflowExecutions({
      namespace: client.namespace,
      query,
    });
    return {
      count,
      groups: groups.map((group) => ({
        count: group.count,
        groupValues: group.groupValues.map((value) =>
          searchAttributePayloadConverter.fromPayload<SearchAttributeValue>(payloadFromBytes(value)),
        ),
      })),
    };
  } catch (error) {
    return throwServiceError(error, "Failed to count workflows", undefined);
  }
}

/** All events of a history. */
export async function fetchHistory(
  client: ClientContext,
  execution: WorkflowExecution,
): Promise<{ events: HistoryEvent[] }> {
  const events: HistoryEvent[] = [];
  for (let nextPageToken: Uint8Array = NO_TOKEN; ;) {
    let response;
    try {
      response = await client.workflowService.getWorkflowExecutionHistory({
        namespace: client.namespace,
        execution,
        nextPageToken,
      });
    } catch (error) {
      throwServiceError(error, "Failed to get Workflow execution history", execution);
    }
    const page = response.history === undefined ? [] : History.decode(response.history).events;
    for (const event of page) events.push(HistoryEvent.decode(event));
    ({ nextPageToken } = response);
    if (nextPageToken.length === 0) return { events };
  }
}
