/** How runs end, by the command that ends them. */
import { CommandType } from "../../../api/gen/enums.js";
import type { TaskOutcome } from "../runs/index.ts";
import type { WorkerMetrics } from "./worker-metrics.ts";

const ENDS = {
  [CommandType.COMMAND_TYPE_COMPLETE_WORKFLOW_EXECUTION]: "workflow_completed",
  [CommandType.COMMAND_TYPE_FAIL_WORKFLOW_EXECUTION]: "workflow_failed",
  [CommandType.COMMAND_TYPE_CANCEL_WORKFLOW_EXECUTION]: "workflow_canceled",
  [CommandType.COMMAND_TYPE_CONTINUE_AS_NEW_WORKFLOW_EXECUTION]: "workflow_continue_as_new",
} as const;

/** After the server accepted the answer. */
export function countEnd(metrics: WorkerMetrics, outcome: TaskOutcome, startedAt: number | undefined): void {
  if (outcome.kind !== "completed") return;
  const tags = { workflow_type: outcome.run.workflowType };
  for (const { commandType } of outcome.request.commands ?? []) {
    const name = ENDS[commandType as keyof typeof ENDS] as (typeof ENDS)[keyof typeof ENDS] | undefined;
    if (name === undefined) continue;
    metrics.counters[name].add(1, tags);
    if (startedAt !== undefined)
      metrics.latencies.workflow_endtoend_latency.record(Math.max(0, metrics.clock.now() - startedAt), tags);
  }
}
