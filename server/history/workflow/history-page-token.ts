import { DecodeError } from "../../../api/decode-error.ts";
import { invalidArgument } from "../../../api/errors.ts";
import type { WorkflowExecution } from "../../../api/gen/messages.js";
import { HistoryPageToken } from "../gen/messages.js";

/** Where a reader of a history stands. Pins the run: a workflow that has gone on to another one does not move its reader. */
export interface HistoryPosition {
  readonly runId: string;
  readonly next: number;
  /** Where the reader's run ended when the first page was read. */
  readonly to: number;
  readonly wasRunning: boolean;
}

export function encodeHistoryPosition({ runId, next, to, wasRunning }: HistoryPosition): Uint8Array {
  return HistoryPageToken.encode({ runId, firstEventId: next, nextEventId: to, wasRunning });
}

/** undefined for the first page. */
export function decodeHistoryPosition(request: {
  nextPageToken: Uint8Array;
  execution: WorkflowExecution | undefined;
}): HistoryPosition | undefined {
  if (request.nextPageToken.length === 0) return undefined;
  let token: HistoryPageToken;
  try {
    token = HistoryPageToken.decode(request.nextPageToken);
  } catch (error) {
    if (error instanceof DecodeError) throw invalidArgument("Invalid NextPageToken.");
    throw error;
  }
  if (token.runId === "" || token.firstEventId < 1) throw invalidArgument("Invalid NextPageToken.");
  const runId = request.execution?.runId ?? "";
  if (runId !== "" && runId !== token.runId)
    throw invalidArgument("RunId in the request does not match the NextPageToken.");
  return { runId: token.runId, next: token.firstEventId, to: token.nextEventId, wasRunning: token.wasRunning };
}
