import type { ListOpenWorkflowExecutionsRequest, Timestamp } from "../../../api/gen/messages.js";
import type { OpenListing } from "../../visibility/index.ts";

/** The filters that lists of open and of closed workflows have as fields. */
export function listing(
  request: Pick<ListOpenWorkflowExecutionsRequest, "startTimeFilter" | "executionFilter" | "typeFilter">,
): OpenListing {
  const { startTimeFilter: times, executionFilter, typeFilter } = request;
  return {
    times: times && { earliest: micros(times.earliestTime), latest: micros(times.latestTime) },
    workflowId: given(executionFilter?.workflowId),
    workflowType: given(typeFilter?.name),
  };
}

function micros(time: Timestamp | undefined): number | undefined {
  return time === undefined ? undefined : time.seconds * 1e6 + Math.floor(time.nanos / 1000);
}

function given(text: string | undefined): string | undefined {
  return text === "" ? undefined : text;
}
