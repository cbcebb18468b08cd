/** Runs whose state, or what one call adds to them, is too large. The limit is 20,000 bytes. */
import type { Conversation } from "../conversation.ts";
import { scenario } from "../scenario.ts";
import type { Scenario } from "../scenario.ts";
import { activityCommand, completeActivity, heartbeat, pollActivityTask } from "../steps/activity.ts";
import { completeWorkflow, modifyProperties, recordMarker, startTimer } from "../steps/commands.ts";
import { payloadOfSize } from "../steps/payload.ts";
import { describeWorkflow, readHistory, signalWithStart, signalWorkflow, startWorkflow } from "../steps/workflow.ts";
import { completeTask, doTask, pollWorkflowTask } from "../steps/workflow-task.ts";
import type { Plain } from "../wire-format.ts";

const state = { settings: "small state" } as const;
const transaction = { settings: "small transactions" } as const;
const ofSize = (size: number): Plain => ({ payloads: [payloadOfSize(size)] });

async function closedBySize(t: Conversation): Promise<void> {
  await signalWorkflow(t, "after");
  await readHistory(t);
  await describeWorkflow(t);
}

const states: Scenario[] = [
  scenario(
    "sizes/state grows by heartbeats",
    async (t) => {
      await startWorkflow(t);
      await doTask(t, [activityCommand(t)]);
      const task = await pollActivityTask(t);
      await heartbeat(t, task, { details: ofSize(12_000) });
      await heartbeat(t, task, { details: ofSize(25_000) });
      await heartbeat(t, task, { details: ofSize(25_000) });
      await closedBySize(t);
    },
    state,
  ),

  scenario(
    "sizes/state grows by the memo of a start",
    async (t) => {
      await startWorkflow(t, { memo: { fields: { m: payloadOfSize(25_000) } } });
      await closedBySize(t);
    },
    state,
  ),

  scenario(
    "sizes/state grows by a memo that changes",
    async (t) => {
      await startWorkflow(t);
      const task = await pollWorkflowTask(t);
      await completeTask(t, task, [modifyProperties({ m: payloadOfSize(25_000) })]);
      await closedBySize(t);
    },
    state,
  ),

  scenario(
    "sizes/state grows by buffered events",
    async (t) => {
      await startWorkflow(t);
      const task = await pollWorkflowTask(t);
      await signalWorkflow(t, "one", { input: ofSize(12_000) });
      await signalWorkflow(t, "two", { input: ofSize(12_000) });
      await signalWorkflow(t, "three", { input: ofSize(12_000) });
      await completeTask(t, task);
      await closedBySize(t);
    },
    state,
  ),

  scenario(
    "sizes/state does not grow by inputs",
    async (t) => {
      await startWorkflow(t, { input: ofSize(25_000) });
      await signalWorkflow(t, "signal", { input: ofSize(25_000) });
      await doTask(t, [
        activityCommand(t, { activityId: "one", input: ofSize(12_000) }),
        activityCommand(t, { activityId: "two", input: ofSize(12_000) }),
      ]);
      await signalWorkflow(t, "another");
      await readHistory(t);
    },
    state,
  ),

  scenario(
    "sizes/state grows by timers",
    async (t) => {
      await startWorkflow(t);
      const task = await pollWorkflowTask(t);
      const timers = Array.from({ length: 30 }, (_, index) => startTimer(`${index}-${"x".repeat(900)}`, "60s"));
      await completeTask(t, task, timers);
      await closedBySize(t);
    },
    state,
  ),
];

const transactions: Scenario[] = [
  scenario(
    "sizes/transaction of a completion",
    async (t) => {
      await startWorkflow(t);
      const task = await pollWorkflowTask(t);
      const marker = (name: string): Plain => recordMarker({ markerName: name, details: { d: ofSize(9_000) } });
      await completeTask(t, task, [marker("one"), marker("two"), marker("three")]);
      await closedBySize(t);
    },
    transaction,
  ),

  scenario(
    "sizes/transaction of a completion that closes the run",
    async (t) => {
      await startWorkflow(t);
      const task = await pollWorkflowTask(t);
      await completeTask(t, task, [completeWorkflow("x".repeat(25_000))]);
      await closedBySize(t);
    },
    transaction,
  ),

  scenario(
    "sizes/transaction of a signal",
    async (t) => {
      await startWorkflow(t);
      await signalWorkflow(t, "signal", { input: ofSize(25_000) });
      await closedBySize(t);
    },
    transaction,
  ),

  scenario(
    "sizes/transaction of a signal that is buffered",
    async (t) => {
      await startWorkflow(t);
      await pollWorkflowTask(t);
      await signalWorkflow(t, "signal", { input: ofSize(25_000) });
      await closedBySize(t);
    },
    transaction,
  ),

  scenario(
    "sizes/transaction of a start",
    async (t) => {
      await startWorkflow(t, { input: ofSize(25_000) }, { deadlineMs: 3000 });
      await describeWorkflow(t);
      await signalWithStart(t, { workflowId: t.id("signaled"), signalInput: ofSize(25_000) }, { deadlineMs: 3000 });
      await describeWorkflow(t, { workflowId: t.id("signaled") });
    },
    transaction,
  ),

  scenario(
    "sizes/transaction of an activity's result",
    async (t) => {
      await startWorkflow(t);
      await doTask(t, [activityCommand(t)]);
      await completeActivity(t, await pollActivityTask(t), { result: ofSize(25_000) });
      await closedBySize(t);
    },
    transaction,
  ),
];

export const sizes: Scenario[] = [...states, ...transactions];
