import type { RunHistory } from "./invariants.ts";
import type { Ledger } from "./ledger.ts";

/** What a caller was told of an update stands in its run's history, once; an update ends once, after its acceptance. */
export function checkUpdates(runs: readonly RunHistory[], ledger: Ledger, violations: string[]): void {
  const accepted = new Set<string>();
  const completed = new Set<string>();
  for (const { info, events } of runs) {
    const runId = info.execution?.runId ?? "";
    const where = info.execution?.workflowId;
    for (const event of events) {
      const acceptance = event.workflowExecutionUpdateAcceptedEventAttributes;
      const completion = event.workflowExecutionUpdateCompletedEventAttributes;
      if (acceptance !== undefined) {
        const key = `${runId}/${acceptance.protocolInstanceId}`;
        if (accepted.has(key)) violations.push(`${where}: update ${acceptance.protocolInstanceId} was accepted twice`);
        accepted.add(key);
      }
      if (completion === undefined) continue;
      const key = `${runId}/${completion.meta?.updateId}`;
      if (!accepted.has(key))
        violations.push(`${where}: update ${completion.meta?.updateId} was completed and not accepted before`);
      if (completed.has(key)) violations.push(`${where}: update ${completion.meta?.updateId} was completed twice`);
      completed.add(key);
    }
  }
  for (const [updateId, { workflowId, runId, name, isCompleted, isSuccess }] of ledger.updates) {
    const key = `${runId}/${updateId}`;
    if (isSuccess && !completed.has(key))
      violations.push(`${workflowId}: the acknowledged outcome of update ${updateId} is lost`);
    if (!isCompleted && name !== "refuse" && !accepted.has(key))
      violations.push(`${workflowId}: the acknowledged acceptance of update ${updateId} is lost`);
  }
}
