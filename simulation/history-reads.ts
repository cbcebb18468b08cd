import { HistoryEvent } from "../api/gen/messages.js";
import type { WorkflowExecution } from "../api/gen/messages.js";
import { splitEvents } from "../server/history/workflow/event-log.ts";
import type { World } from "./world.ts";

export function decodeHistory(history: Uint8Array | undefined): HistoryEvent[] {
  return history === undefined ? [] : splitEvents(history).map((event) => HistoryEvent.decode(event));
}

/** All events of a run, page by page. */
export async function readHistory(world: World, execution: WorkflowExecution | undefined): Promise<HistoryEvent[]> {
  const events: HistoryEvent[] = [];
  let nextPageToken = new Uint8Array(0);
  do {
    const request = { namespace: "default", execution, nextPageToken };
    const page = await world.call<{ history: Uint8Array; nextPageToken: Uint8Array }>(
      "getWorkflowExecutionHistory",
      request,
    );
    events.push(...decodeHistory(page.history));
    nextPageToken = Uint8Array.from(page.nextPageToken);
  } while (nextPageToken.length > 0);
  return events;
}
