import { EventType } from "../api/gen/enums.js";
import { MeteringRow } from "../server/history/gen/messages.js";
import { openMemoryStore } from "../server/store/index.ts";
import type { RunHistory } from "./invariants.ts";
import type { World } from "./world.ts";

const ROWS_PER_PAGE = 1_000;

/** Billable actions are counted exactly once, whatever crashed. */
export async function checkMetering(world: World, runs: readonly RunHistory[], violations: string[]): Promise<void> {
  const namespace = world.engine?.frontend.namespaces.byName("default")?.number;
  const counts = await meteredActions(world, namespace);
  for (const [action, count] of billableActionsOf(runs)) {
    const metered = counts.get(action) ?? 0;
    if (metered !== count) violations.push(`metering counts ${metered} of ${action}, the histories have ${count}`);
  }
}

async function meteredActions(world: World, namespace: number | undefined): Promise<Map<string, number>> {
  const store = openMemoryStore({ disk: world.disk });
  const counts = new Map<string, number>();
  for (let lane = 0; lane < world.plan.lanes; lane++) {
    let at = { epoch: 0, batchNo: 0 };
    for (;;) {
      const rows = await store.readMetering({
        lane,
        afterEpoch: at.epoch,
        afterBatchNo: at.batchNo,
        limit: ROWS_PER_PAGE,
      });
      for (const row of rows) {
        for (const { namespaceNumber, action, count } of MeteringRow.decode(row.blob).counts) {
          if (namespaceNumber === namespace) counts.set(action, (counts.get(action) ?? 0) + count);
        }
      }
      if (rows.length < ROWS_PER_PAGE) break;
      at = rows.at(-1) as { epoch: number; batchNo: number };
    }
  }
  return counts;
}

/** Actions that the histories alone tell the number of. */
export function billableActionsOf(runs: readonly RunHistory[]): readonly (readonly [string, number])[] {
  const all = runs.flatMap((run) => run.events);
  const count = (type: number): number => all.filter((event) => event.eventType === type).length;
  const signalsBy = (identity: string): number =>
    all.filter((event) => event.workflowExecutionSignaledEventAttributes?.identity === identity).length;
  const starts = all.filter(
    ({ workflowExecutionStartedEventAttributes: started }) =>
      started?.identity === "client" &&
      started.continuedExecutionRunId === "" &&
      (started.parentWorkflowExecution?.runId ?? "") === "",
  );
  return [
    ["start_workflow", starts.length],
    ["start_timer", count(EventType.EVENT_TYPE_TIMER_STARTED)],
    ["schedule_activity", count(EventType.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED)],
    ["start_child_workflow", 2 * count(EventType.EVENT_TYPE_START_CHILD_WORKFLOW_EXECUTION_INITIATED)],
    ["continue_as_new", count(EventType.EVENT_TYPE_WORKFLOW_EXECUTION_CONTINUED_AS_NEW)],
    ["signal_external_workflow", count(EventType.EVENT_TYPE_SIGNAL_EXTERNAL_WORKFLOW_EXECUTION_INITIATED)],
    ["signal_workflow", signalsBy("client")],
    ["signal_workflow_with_start", signalsBy("signaller")],
    ["accept_workflow_update", count(EventType.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ACCEPTED)],
  ];
}
