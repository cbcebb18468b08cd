import { Link } from "../../../api/gen/messages.js";
import type { Run } from "./run.ts";

/** A link to an event of the run, as replies carry it. */
export function eventLink(run: Run, eventId: number, eventType: number): Uint8Array {
  const { workflowId, runId } = run;
  return Link.encode({
    workflowEvent: {
      namespace: run.state.namespaceName,
      workflowId,
      runId,
      eventRef: { eventId, eventType: eventType as never },
    },
  });
}

/** A link to the event that a request id wrote or will write, for an event that has no id yet. */
export function requestIdLink(run: Run, requestId: string, eventType: number): Uint8Array {
  const { workflowId, runId } = run;
  return Link.encode({
    workflowEvent: {
      namespace: run.state.namespaceName,
      workflowId,
      runId,
      requestIdRef: { requestId, eventType: eventType as never },
    },
  });
}
