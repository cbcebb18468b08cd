import { invalidArgument } from "../../../api/errors.ts";
import { DecodeError } from "../../../api/decode-error.ts";
import { TaskToken } from "../gen/messages.js";
import type { Run } from "./run.ts";

/** Values of `TaskToken.kind`. */
export const TOKEN_KIND = { workflow: 1, activity: 2, query: 3 } as const;

export function encodeTaskToken(run: Run, fields: Partial<TaskToken>): Uint8Array {
  const { slot, id } = run.view.identity;
  return TaskToken.encode({
    namespaceId: run.state.namespaceId,
    workflowId: run.workflowId,
    runId: run.runId,
    slot,
    id,
    ...fields,
  });
}

export function decodeTaskToken(bytes: Uint8Array): TaskToken {
  if (bytes.length === 0) throw invalidArgument("Task token not set on request.");
  try {
    return TaskToken.decode(bytes);
  } catch (error) {
    if (error instanceof DecodeError) throw invalidArgument("Error deserializing task token.");
    throw error;
  }
}
