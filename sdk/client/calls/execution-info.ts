import type { WorkflowExecutionInfo as RawInfo } from "../../../api/gen/messages.js";
import { decodeSearchAttributes, decodeTypedSearchAttributes } from "../../common/payload-search-attributes.ts";
import { decodePriority } from "../../common/priority.ts";
import { optionalTsToDate, requiredTsToDate } from "../../common/time.ts";
import type { Replace } from "../../common/type-helpers.ts";
import type { WorkflowExecutionInfo, WorkflowExecutionStatusName } from "../types.ts";
import { type ClientContext, workflowContext } from "./client-context.ts";
import { decodeMemo, decodeSearchAttributePayloads } from "./values.ts";

const STATUS_NAMES: readonly WorkflowExecutionStatusName[] = [
  "UNSPECIFIED",
  "RUNNING",
  "COMPLETED",
  "FAILED",
  "CANCELLED",
  "TERMINATED",
  "CONTINUED_AS_NEW",
  "TIMED_OUT",
  "PAUSED",
];

/** What users see of a workflow, from what the server tells. */
export async function executionInfo<T>(
  client: ClientContext,
  raw: RawInfo,
  embedded: T,
): Promise<Replace<WorkflowExecutionInfo, { raw: T }>> {
  const fields = decodeSearchAttributePayloads(raw.searchAttributes);
  const workflowId = raw.execution?.workflowId ?? "";
  const { parentExecution, rootExecution } = raw;
  return {
    type: raw.type?.name ?? "",
    workflowId,
    runId: raw.execution?.runId ?? "",
    taskQueue: raw.taskQueue,
    status: { code: raw.status, name: STATUS_NAMES[raw.status] ?? "UNKNOWN" },
    historyLength: raw.historyLength,
    historySize: raw.historySizeBytes,
    startTime: requiredTsToDate(raw.startTime, "startTime"),
    executionTime: optionalTsToDate(raw.executionTime),
    closeTime: optionalTsToDate(raw.closeTime),
    memo: await decodeMemo(client.converter, raw.memo, workflowContext(client, workflowId)),
    searchAttributes: decodeSearchAttributes(fields),
    typedSearchAttributes: decodeTypedSearchAttributes(fields),
    parentExecution: parentExecution && { workflowId: parentExecution.workflowId, runId: parentExecution.runId },
    rootExecution: rootExecution && { workflowId: rootExecution.workflowId, runId: rootExecution.runId },
    priority: decodePriority(raw.priority),
    raw: embedded,
  };
}
