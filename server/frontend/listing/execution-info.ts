import type { Input } from "../../../api/codec.ts";
import type { WorkflowExecutionInfo } from "../../../api/gen/messages.js";
import { timestamp } from "../../../api/timestamp.ts";
import { renamedSearchAttributes } from "../../visibility/index.ts";
import type { CustomAttributes } from "../../visibility/index.ts";
import type { VisibilityRow } from "../../store/visibility.ts";

const EMPTY = new Uint8Array(0);
const NANOS_PER_SECOND = 1e9;

/** A row of visibility as lists show it, its attributes under their present names. */
export function executionInfo(row: VisibilityRow, custom: CustomAttributes): Input<WorkflowExecutionInfo> {
  const { parentWorkflowId, parentRunId = "" } = row;
  return {
    execution: { workflowId: row.workflowId, runId: row.runId },
    type: { name: row.workflowType },
    startTime: timestamp(row.startTime / 1000),
    closeTime: row.closeTime === undefined ? undefined : timestamp(row.closeTime / 1000),
    status: row.status as never,
    historyLength: row.historyLength,
    parentExecution: parentWorkflowId === undefined ? undefined : { workflowId: parentWorkflowId, runId: parentRunId },
    executionTime: timestamp(row.executionTime / 1000),
    memo: row.memo ?? EMPTY,
    searchAttributes:
      row.searchAttributes === undefined ? EMPTY : renamedSearchAttributes(row.searchAttributes, custom),
    taskQueue: row.taskQueue,
    stateTransitionCount: row.stateTransitionCount,
    historySizeBytes: row.historySizeBytes,
    executionDuration: durationOf(row.executionDurationNs),
    rootExecution: { workflowId: row.rootWorkflowId, runId: row.rootRunId },
  };
}

function durationOf(nanos: number | undefined): { seconds: number; nanos: number } | undefined {
  if (nanos === undefined) return undefined;
  const seconds = Math.trunc(nanos / NANOS_PER_SECOND);
  return { seconds, nanos: nanos - seconds * NANOS_PER_SECOND };
}
