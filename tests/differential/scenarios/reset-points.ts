/** Where an operator may reset to by a worker's version: the first task that each version completed, told by Describe. */
import type { Scenario } from "../scenario.ts";
import { scenario } from "../scenario.ts";
import { completeWorkflow, continueAsNew, failWorkflow, startChild } from "../steps/commands.ts";
import { resetWorkflow } from "../steps/reset.ts";
import { doTask } from "../steps/workflow-task.ts";
import { describeWorkflow, readHistory, signalWorkflow, startWorkflow } from "../steps/workflow.ts";
import type { Plain } from "../wire-format.ts";

const POINTS_MAX = 20;

const by = (buildId: string): Plain => ({ workerVersionStamp: { buildId } });

export const resetPoints: readonly Scenario[] = [
  scenario("reset points/of versions in turn", async (t) => {
    await startWorkflow(t);
    await doTask(t, [], by("one"));
    await signalWorkflow(t, "second");
    await doTask(t, [], by("two"));
    await signalWorkflow(t, "third");
    await doTask(t, [], by("one"));
    await describeWorkflow(t);
  }),
  scenario("reset points/of more versions than are kept", async (t) => {
    await startWorkflow(t);
    for (let version = 0; version < POINTS_MAX + 2; version++) {
      await doTask(t, [], by(`version-${version}`));
      await signalWorkflow(t, "again");
    }
    await describeWorkflow(t);
  }),
  scenario("reset points/of the runs before", async (t) => {
    await startWorkflow(t);
    await doTask(t, [], by("one"));
    await signalWorkflow(t, "go on");
    await doTask(t, [continueAsNew()], by("two"));
    await doTask(t, [], by("two"));
    await signalWorkflow(t, "go on");
    await doTask(t, [continueAsNew()], by("three"));
    await readHistory(t);
    await doTask(t, [], by("one"));
    await describeWorkflow(t);
  }),
  scenario("reset points/of a run before the first task of its successor", async (t) => {
    await startWorkflow(t, { retryPolicy: { initialInterval: "1s", maximumAttempts: 2 } });
    await doTask(t, [failWorkflow()], by("one"));
    await describeWorkflow(t);
    await readHistory(t);
  }),
  scenario("reset points/beside a child", async (t) => {
    await startWorkflow(t);
    const child = { workflowId: t.id("child"), workflowType: { name: "Child" }, taskQueue: { name: t.id("nobody") } };
    await doTask(t, [startChild(child)], by("one"));
    await doTask(t, [], by("two"));
    await describeWorkflow(t);
  }),
  scenario("reset points/after a reset", async (t) => {
    await startWorkflow(t);
    await doTask(t, [], by("one"));
    await signalWorkflow(t, "second");
    await doTask(t, [], by("two"));
    await signalWorkflow(t, "third");
    await doTask(t, [], by("three"));
    await resetWorkflow(t, 8);
    await describeWorkflow(t);
    await doTask(t, [completeWorkflow()], by("four"));
    await describeWorkflow(t);
  }),
];
