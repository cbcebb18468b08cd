/** Operations on activities that are refused. */
import type { Scenario } from "../scenario.ts";
import { scenario } from "../scenario.ts";
import { look, operate, runWithActivity } from "../steps/activity-operations.ts";
import type { Operation } from "../steps/activity-operations.ts";
import { terminateWorkflow } from "../steps/workflow.ts";
import type { Plain } from "../wire-format.ts";

const operations: readonly Operation[] = ["PauseActivity", "UnpauseActivity", "ResetActivity", "UpdateActivityOptions"];

export const activityOperationFaults: readonly Scenario[] = operations.map((operation) =>
  scenario(`activity-operations/${operation} with faults`, async (t) => {
    await runWithActivity(t);
    const options =
      operation === "UpdateActivityOptions"
        ? { activityOptions: { startToCloseTimeout: "9s" }, updateMask: { paths: ["start_to_close_timeout"] } }
        : {};
    const refuse = async (note: string, fields: Plain): Promise<void> => {
      await operate(t, operation, { ...options, ...fields }, { note });
    };
    await refuse("no namespace", { namespace: "" });
    await refuse("unknown namespace", { namespace: "nowhere" });
    await refuse("no execution", { execution: undefined });
    await refuse("no workflow id", { execution: { workflowId: "" } });
    await refuse("a bad run id", { execution: { workflowId: t.id("workflow"), runId: "x" } });
    await refuse("an unknown workflow", { execution: { workflowId: t.id("unknown") } });
    await refuse("an empty activity id", { id: "" });
    await refuse("an unknown activity id", { id: "unknown" });
    await refuse("an empty type", { type: "" });
    await refuse("an unknown type", { type: "unknown" });
    await t.call(
      operation,
      { namespace: t.namespace, execution: { workflowId: t.id("workflow") }, ...options },
      { note: "no activity" },
    );
    await look(t, "afterwards");
    await terminateWorkflow(t);
    await refuse("of a closed workflow", {});
  }),
);
