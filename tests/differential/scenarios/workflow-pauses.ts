import type { Conversation, RecordOptions } from "../conversation.ts";
import type { Scenario } from "../scenario.ts";
import { scenario as plainScenario } from "../scenario.ts";
import type { ScenarioOptions } from "../scenario.ts";
import { activityCommand, completeActivity, heartbeat, pollActivityTask } from "../steps/activity.ts";
import { completeWorkflow, continueAsNew, startChild, startTimer } from "../steps/commands.ts";
import { beginUpdate } from "../steps/update.ts";
import { beginWorkflowTaskPoll, completeTask, doTask, failTask, pollWorkflowTask } from "../steps/workflow-task.ts";
import {
  cancelRequest,
  clientIdentity,
  describeWorkflow,
  queryWorkflow,
  readHistory,
  signalWithStart,
  signalWorkflow,
  startWorkflow,
  terminateWorkflow,
} from "../steps/workflow.ts";
import { resetWorkflow } from "../steps/reset.ts";
import type { Plain } from "../wire-format.ts";

function scenario(name: string, run: (t: Conversation) => Promise<void>, options: ScenarioOptions = {}): Scenario {
  return plainScenario(`workflow-pauses/${name}`, run, { settings: "workflow pause", ...options });
}

type Operation = "PauseWorkflowExecution" | "UnpauseWorkflowExecution";

async function operate(
  t: Conversation,
  operation: Operation,
  fields: Plain = {},
  options: RecordOptions = {},
): Promise<Plain> {
  const request = {
    namespace: t.namespace,
    workflowId: t.id("workflow"),
    identity: clientIdentity,
    reason: "the reason",
    ...fields,
  };
  return await t.call(operation, request, options);
}

async function pause(t: Conversation, fields: Plain = {}, options: RecordOptions = {}): Promise<Plain> {
  return await operate(t, "PauseWorkflowExecution", { requestId: t.id("pause"), ...fields }, options);
}

async function unpause(t: Conversation, fields: Plain = {}, options: RecordOptions = {}): Promise<Plain> {
  return await operate(t, "UnpauseWorkflowExecution", { requestId: t.id("unpause"), ...fields }, options);
}

async function nothingToPoll(t: Conversation, note: string): Promise<void> {
  await beginWorkflowTaskPoll(t, { deadlineMs: 3000, note }).reply;
}

const faults = (["PauseWorkflowExecution", "UnpauseWorkflowExecution"] as const).map((operation) =>
  scenario(`${operation} with faults`, async (t) => {
    await startWorkflow(t);
    const refuse = async (note: string, fields: Plain): Promise<void> => {
      await operate(t, operation, fields, { note });
    };
    await refuse("no namespace", { namespace: "" });
    await refuse("unknown namespace", { namespace: "nowhere" });
    await refuse("no workflow id", { workflowId: "" });
    await refuse("a long workflow id", { workflowId: "x".repeat(1001) });
    await refuse("a bad run id", { runId: "x" });
    await refuse("an unknown workflow", { workflowId: t.id("unknown") });
    await refuse("an unknown run", { runId: "8a1e3c1c-1d1a-4d9c-8f3c-0123456789ab" });
    await refuse("a long reason", { reason: "x".repeat(1001) });
    await refuse("a long request id", { requestId: "x".repeat(1001) });
    await refuse("a long identity", { identity: "x".repeat(1001) });
    await readHistory(t);
    await terminateWorkflow(t);
    await refuse("a closed workflow", {});
  }),
);

export const workflowPauses: readonly Scenario[] = [
  ...faults,
  scenario("before its first task", async (t) => {
    await startWorkflow(t);
    await pause(t);
    await describeWorkflow(t);
    await readHistory(t);
    await nothingToPoll(t, "nobody gets the task");
    await unpause(t);
    await describeWorkflow(t);
    await doTask(t, [completeWorkflow()]);
    await readHistory(t);
  }),
  scenario("while idle", async (t) => {
    await startWorkflow(t);
    await doTask(t, [startTimer("timer", "3600s")]);
    await pause(t);
    await signalWorkflow(t, "one");
    await readHistory(t, { note: "a signal while paused" });
    await nothingToPoll(t, "nobody gets a task");
    await describeWorkflow(t);
    await unpause(t);
    await doTask(t, [completeWorkflow()]);
    await readHistory(t);
  }),
  scenario("while idle, and nothing happens", async (t) => {
    await startWorkflow(t);
    await doTask(t, [startTimer("timer", "3600s")]);
    await pause(t);
    await unpause(t);
    await readHistory(t);
  }),
  scenario("while a task is started", async (t) => {
    await startWorkflow(t);
    const task = await pollWorkflowTask(t);
    await pause(t);
    await describeWorkflow(t);
    await completeTask(t, task, [startTimer("timer", "3600s")]);
    await readHistory(t);
    await describeWorkflow(t);
    await unpause(t);
    await readHistory(t);
  }),
  scenario("while a task is started that closes the run", async (t) => {
    await startWorkflow(t);
    const task = await pollWorkflowTask(t);
    await pause(t);
    await completeTask(t, task, [completeWorkflow()]);
    await readHistory(t);
    await describeWorkflow(t);
  }),
  scenario("while a task is started that fails", async (t) => {
    await startWorkflow(t);
    const task = await pollWorkflowTask(t);
    await pause(t);
    await failTask(t, task);
    await readHistory(t);
    await nothingToPoll(t, "nobody gets a task");
    await unpause(t);
    await doTask(t, [completeWorkflow()]);
    await readHistory(t);
  }),
  scenario("while a task is started and signals wait", async (t) => {
    await startWorkflow(t);
    const task = await pollWorkflowTask(t);
    await signalWorkflow(t, "before");
    await pause(t);
    await signalWorkflow(t, "after");
    await completeTask(t, task, [startTimer("timer", "3600s")]);
    await readHistory(t);
    await unpause(t);
    await readHistory(t);
  }),
  scenario("twice", async (t) => {
    await startWorkflow(t);
    await unpause(t, {}, { note: "not paused" });
    await pause(t);
    await pause(t, {}, { note: "the same request" });
    await pause(t, { requestId: t.id("another") }, { note: "another request" });
    await unpause(t);
    await unpause(t, {}, { note: "the same request" });
    await unpause(t, { requestId: t.id("another") }, { note: "another request" });
    await pause(t, { requestId: t.id("again") });
    await readHistory(t);
  }),
  scenario("without reason and request id", async (t) => {
    await startWorkflow(t);
    await pause(t, { reason: "", requestId: "", identity: "" });
    await unpause(t, { reason: "", requestId: "", identity: "" });
    await readHistory(t);
  }),
  scenario("and updates, queries, cancel requests", async (t) => {
    await startWorkflow(t);
    await doTask(t, [startTimer("timer", "3600s")]);
    await pause(t);
    await beginUpdate(t, "update", "COMPLETED", { deadlineMs: 3000 }).reply;
    await queryWorkflow(t, "query", {}, { deadlineMs: 3000 }).reply;
    await cancelRequest(t);
    await signalWithStart(t, { requestId: t.id("second") });
    await startWorkflow(t, { requestId: t.id("third") }, { note: "a start meanwhile" });
    await readHistory(t);
    await unpause(t);
    await doTask(t, [completeWorkflow()]);
    await readHistory(t);
  }),
  scenario("and timers", async (t) => {
    await startWorkflow(t);
    await doTask(t, [startTimer("timer", "1s")]);
    await pause(t);
    await t.sleep(2500);
    await readHistory(t, { note: "paused" });
    await unpause(t);
    await readHistory(t, { until: "TIMER_FIRED" });
  }),
  scenario("and activities", async (t) => {
    await startWorkflow(t);
    await doTask(t, [
      activityCommand(t, { activityId: "runs", heartbeatTimeout: "30s", taskQueue: { name: t.id("runs") } }),
      activityCommand(t, { activityId: "waits", taskQueue: { name: t.id("waits") } }),
    ]);
    const task = await pollActivityTask(t, { queue: "runs" });
    await pause(t);
    await describeWorkflow(t);
    await heartbeat(t, task);
    await t.begin(
      "PollActivityTaskQueue",
      { namespace: t.namespace, taskQueue: { name: t.id("waits") } },
      { deadlineMs: 3000 },
    ).reply;
    await completeActivity(t, task);
    await readHistory(t);
    await unpause(t);
    await completeActivity(t, await pollActivityTask(t, { queue: "waits" }));
    await doTask(t, [completeWorkflow()]);
    await readHistory(t);
  }),
  scenario("and children", async (t) => {
    await startWorkflow(t);
    await doTask(t, [
      startChild({ workflowId: t.id("child"), workflowType: { name: "Child" }, taskQueue: { name: t.id("children") } }),
    ]);
    await readHistory(t, { until: "CHILD_WORKFLOW_EXECUTION_STARTED" });
    await pause(t);
    await doTask(t, [completeWorkflow()], {}, { queue: "children" });
    await readHistory(t, { until: "CHILD_WORKFLOW_EXECUTION_COMPLETED" });
    await unpause(t);
    await readHistory(t);
  }),
  scenario("and terminate", async (t) => {
    await startWorkflow(t);
    await pause(t);
    await terminateWorkflow(t);
    await describeWorkflow(t);
    await readHistory(t);
    await unpause(t);
  }),
  scenario("and reset", async (t) => {
    await startWorkflow(t);
    await doTask(t, [startTimer("timer", "3600s")]);
    await pause(t);
    await resetWorkflow(t, 4);
    await readHistory(t);
    await describeWorkflow(t);
  }),
  scenario("and continue-as-new", async (t) => {
    await startWorkflow(t);
    const task = await pollWorkflowTask(t);
    await pause(t);
    await completeTask(t, task, [continueAsNew()]);
    await readHistory(t);
    await describeWorkflow(t);
  }),
  scenario("past its time-out", async (t) => {
    await startWorkflow(t, { workflowRunTimeout: "2s" });
    await pause(t);
    await readHistory(t, { until: "WORKFLOW_EXECUTION_TIMED_OUT" });
  }),
  plainScenario("workflow-pauses/when they are not enabled", async (t) => {
    await startWorkflow(t);
    await pause(t);
    await unpause(t);
  }),
];
