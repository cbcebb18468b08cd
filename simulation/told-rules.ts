import type { HistoryEvent } from "../api/gen/messages.js";
import type { RunHistory } from "./invariants.ts";

/**
 * What workflows tell each other by signals. No run hears more of a sender than the sender said: a message may come again,
 * but it is one. (A repeated one may reach a later run of its workflow.) And what the sender was told to have arrived did.
 */
export function checkTold(runs: readonly RunHistory[], violations: string[]): void {
  const said = countOf(runs, ({ signalExternalWorkflowExecutionInitiatedEventAttributes: said }, from) =>
    said === undefined ? undefined : keyOf(from, said.workflowExecution?.workflowId),
  );
  const arrived = countOf(runs, ({ externalWorkflowExecutionSignaledEventAttributes: arrived }, from) =>
    arrived === undefined ? undefined : keyOf(from, arrived.workflowExecution?.workflowId),
  );
  const heard = new Map<string, number>();
  for (const run of runs) {
    const workflowId = run.info.execution?.workflowId;
    const here = countOf([run], ({ workflowExecutionSignaledEventAttributes: signal }) => {
      const from = signal?.externalWorkflowExecution?.runId ?? "";
      return from === "" ? undefined : keyOf(from, workflowId);
    });
    for (const [key, count] of here) {
      heard.set(key, (heard.get(key) ?? 0) + count);
      if (count > (said.get(key) ?? 0))
        violations.push(`${key}: ${count} signals were recorded by one run, ${said.get(key) ?? 0} were sent`);
    }
  }
  for (const [key, count] of arrived)
    if ((heard.get(key) ?? 0) < count)
      violations.push(`${key}: ${count} signals are said to have arrived, ${heard.get(key) ?? 0} were recorded`);
}

function keyOf(fromRunId: string, toWorkflowId: string | undefined): string {
  return `signals of run ${fromRunId} to ${toWorkflowId}`;
}

/** How many events have each key; `runId` is the run's whose event it is. */
function countOf(
  runs: readonly RunHistory[],
  key: (event: HistoryEvent, runId: string) => string | undefined,
): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { info, events } of runs) {
    for (const event of events) {
      const of = key(event, info.execution?.runId ?? "");
      if (of !== undefined) counts.set(of, (counts.get(of) ?? 0) + 1);
    }
  }
  return counts;
}
