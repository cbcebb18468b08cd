import type { Conversation, RecordOptions } from "../conversation.ts";
import type { Scenario } from "../scenario.ts";
import { scenario } from "../scenario.ts";
import { clientIdentity, describeWorkflow, readHistory, startWorkflow, terminateWorkflow } from "../steps/workflow.ts";
import { completeTask, doTask, pollWorkflowTask } from "../steps/workflow-task.ts";
import type { Plain } from "../wire-format.ts";

async function updateOptions(
  t: Conversation,
  options: Plain | undefined,
  paths: readonly string[] | undefined,
  record: RecordOptions & { fields?: Plain } = {},
): Promise<Plain> {
  const { fields, ...rest } = record;
  const request = {
    namespace: t.namespace,
    workflowExecution: { workflowId: t.id("workflow") },
    workflowExecutionOptions: options,
    updateMask: paths === undefined ? undefined : { paths },
    identity: clientIdentity,
    ...fields,
  };
  return await t.call("UpdateWorkflowExecutionOptions", request, rest);
}

export const executionOptions: readonly Scenario[] = [
  scenario("execution-options/of a request with faults", async (t) => {
    await startWorkflow(t);
    const execution = (workflowExecution: Plain | undefined) => ({ fields: { workflowExecution } });
    await updateOptions(t, {}, [], { fields: { namespace: "" }, note: "no namespace" });
    await updateOptions(t, {}, [], { ...execution(undefined), note: "no execution" });
    await updateOptions(t, {}, [], { ...execution({ workflowId: "" }), note: "no workflow id" });
    await updateOptions(t, {}, [], { ...execution({ workflowId: "workflow", runId: "x" }), note: "a bad run id" });
    await updateOptions(t, {}, [], { ...execution({ workflowId: t.id("unknown") }), note: "an unknown workflow" });
    await updateOptions(t, {}, undefined, { note: "no mask" });
    await updateOptions(t, undefined, undefined, { note: "neither options nor mask" });
    await updateOptions(t, undefined, ["priority"], { note: "no options" });
    await updateOptions(t, {}, ["nonsense"], { note: "an unknown path" });
    await updateOptions(t, {}, ["priority.nonsense"], { note: "an unknown path below a known one" });
    await updateOptions(t, {}, [""], { note: "an empty path" });
    await updateOptions(t, { priority: { priorityKey: -1 } }, ["priority"], { note: "a bad priority" });
    await updateOptions(t, { priority: { priorityKey: 99 } }, ["priority.priority_key"], {
      note: "a priority out of range",
    });
    await readHistory(t);
  }),
  scenario("execution-options/priority", async (t) => {
    await startWorkflow(t, { priority: { priorityKey: 2, fairnessKey: "key" } });
    await doTask(t);
    await updateOptions(t, { priority: { priorityKey: 4, fairnessKey: "other" } }, ["priority"]);
    await updateOptions(t, { priority: { priorityKey: 4, fairnessKey: "other" } }, ["priority"], { note: "the same" });
    await updateOptions(t, { priority: { priorityKey: 1 } }, ["priority.priority_key"], { note: "one field" });
    await updateOptions(t, { priority: { fairnessWeight: 3.5 } }, ["priority.fairness_weight"]);
    await updateOptions(t, { priority: {} }, ["priority.fairness_key"], { note: "a field taken away" });
    await updateOptions(t, {}, [], { note: "nothing" });
    await describeWorkflow(t);
    await updateOptions(t, {}, ["priority"], { note: "taken away" });
    await readHistory(t);
  }),
  scenario("execution-options/while a workflow task is started", async (t) => {
    await startWorkflow(t);
    const task = await pollWorkflowTask(t);
    await updateOptions(t, { priority: { priorityKey: 4 } }, ["priority"]);
    await describeWorkflow(t);
    await completeTask(t, task);
    await readHistory(t);
  }),
  scenario("execution-options/of a closed run", async (t) => {
    await startWorkflow(t);
    await terminateWorkflow(t);
    await updateOptions(t, { priority: { priorityKey: 4 } }, ["priority"]);
  }),
  scenario("execution-options/versioning override", async (t) => {
    await startWorkflow(t);
    await updateOptions(t, { versioningOverride: {} }, ["versioning_override"], { note: "an empty one" });
    await updateOptions(t, { versioningOverride: { autoUpgrade: true } }, ["versioning_override"], {
      note: "auto-upgrade",
    });
    await updateOptions(t, { versioningOverride: { autoUpgrade: true } }, ["versioning_override"], { note: "again" });
    await updateOptions(t, { versioningOverride: { autoUpgrade: true } }, ["versioning_override.auto_upgrade"], {
      note: "a part of it",
    });
    await updateOptions(t, { versioningOverride: { pinned: {} } }, ["versioning_override"], {
      note: "pinned to nothing",
    });
    const version = { deploymentName: "deployment", buildId: "build" };
    await updateOptions(
      t,
      { versioningOverride: { pinned: { behavior: "PINNED", version } } },
      ["versioning_override"],
      {
        note: "pinned to a version that nobody knows",
      },
    );
    await updateOptions(t, { priority: { priorityKey: 4 } }, ["priority"], { note: "beside it" });
    await updateOptions(t, {}, ["versioning_override"], { note: "taken away" });
    await updateOptions(t, {}, ["versioning_override"], { note: "taken away again" });
    await readHistory(t);
  }),
];
