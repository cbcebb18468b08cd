import type { Conversation } from "../conversation.ts";
import type { Scenario } from "../scenario.ts";
import { scenario } from "../scenario.ts";
import { completeWorkflow, continueAsNew, startChild, startTimer } from "../steps/commands.ts";
import { payloads } from "../steps/payload.ts";
import { lookAfterReset, resetWorkflow } from "../steps/reset.ts";
import { acceptance, beginUpdate, completion, pollUpdate, requestsOf, together } from "../steps/update.ts";
import { completeTask, doTask, pollWorkflowTask } from "../steps/workflow-task.ts";
import { cancelRequest, describeWorkflow, readHistory, signalWorkflow, startWorkflow } from "../steps/workflow.ts";
import type { Plain } from "../wire-format.ts";

/** A run with a signal, a cancel request, a completed and an accepted update behind its first task. */
async function busyRun(t: Conversation): Promise<string> {
  const { runId } = await startWorkflow(t);
  await doTask(t, [startTimer("timer", "3600s")]);
  await signalWorkflow(t, "one", { requestId: t.id("one"), input: payloads("input") });
  await cancelRequest(t);
  await doTask(t);
  const update = beginUpdate(t, "completed");
  const first = await pollWorkflowTask(t);
  const [request] = requestsOf(first) as [Plain];
  await completeTask(t, first, together(acceptance(request), completion(request)).commands, {
    messages: together(acceptance(request), completion(request)).messages,
  });
  await update.reply;
  const accepted = beginUpdate(t, "accepted", "ACCEPTED");
  const second = await pollWorkflowTask(t);
  const { messages, commands } = acceptance(requestsOf(second)[0] as Plain);
  await completeTask(t, second, commands, { messages });
  await accepted.reply;
  await signalWorkflow(t, "two");
  return runId as string;
}

function child(t: Conversation, fields: Plain = {}): Plain {
  return startChild({
    workflowId: t.id("child"),
    workflowType: { name: "Child" },
    taskQueue: { name: t.id("children") },
    ...fields,
  });
}

const childStarted = (events: Plain[]): boolean =>
  events.some((event) => event.eventType === "CHILD_WORKFLOW_EXECUTION_STARTED");

/** The request that an UpdateAdmitted event carries, as workers take it: no message brings it. */
function admitted(task: Plain, updateId: string): Plain {
  const event = (task.history.events as Plain[]).find(
    ({ workflowExecutionUpdateAdmittedEventAttributes: attributes }) => attributes?.request.meta.updateId === updateId,
  ) as Plain;
  const { request } = event.workflowExecutionUpdateAdmittedEventAttributes;
  return {
    id: `${updateId}/request`,
    protocolInstanceId: updateId,
    eventId: event.eventId,
    body: { "@type": "temporal.api.update.v1.Request", ...request },
  };
}

export const resetReapply: readonly Scenario[] = [
  ...Object.entries({
    "no word on reapplying": {},
    "signals reapplied": { resetReapplyType: "SIGNAL" },
    "nothing reapplied": { resetReapplyType: "NONE" },
    "all reapplied that can be": { resetReapplyType: "ALL_ELIGIBLE" },
    "signals excluded": { resetReapplyExcludeTypes: ["SIGNAL"] },
    "updates excluded": { resetReapplyExcludeTypes: ["UPDATE"] },
    "signals and updates excluded": { resetReapplyExcludeTypes: ["SIGNAL", "UPDATE"] },
    "cancel requests excluded": { resetReapplyExcludeTypes: ["CANCEL_REQUEST"] },
    "nothing excluded by name": { resetReapplyType: "ALL_ELIGIBLE", resetReapplyExcludeTypes: ["UNSPECIFIED"] },
    "signals wanted and excluded": { resetReapplyType: "SIGNAL", resetReapplyExcludeTypes: ["SIGNAL"] },
  }).map(([what, fields]) =>
    scenario(`reset-reapply/${what}`, async (t) => {
      const runId = await busyRun(t);
      await resetWorkflow(t, 4, fields);
      await lookAfterReset(t, runId);
    }),
  ),
  scenario("reset-reapply/updates are sent again", async (t) => {
    await busyRun(t);
    await resetWorkflow(t, 4);
    const before = pollUpdate(t, "completed", "COMPLETED", { deadlineMs: 3000 });
    await before.reply;
    await beginUpdate(t, "completed", "COMPLETED", { deadlineMs: 3000, note: "the same again" }).reply;
    const task = await pollWorkflowTask(t);
    const [first, second] = ["completed", "accepted"].map((updateId) => admitted(task, updateId)) as [Plain, Plain];
    const answers = together(acceptance(first), completion(first), acceptance(second));
    await completeTask(t, task, answers.commands, { messages: answers.messages });
    await pollUpdate(t, "completed", "COMPLETED").reply;
    await pollUpdate(t, "accepted", "ACCEPTED").reply;
    await readHistory(t);
  }),
  scenario("reset-reapply/changed options", async (t) => {
    const { runId } = await startWorkflow(t);
    await doTask(t, [startTimer("timer", "3600s")]);
    await t.call("UpdateWorkflowExecutionOptions", {
      namespace: t.namespace,
      workflowExecution: { workflowId: t.id("workflow") },
      workflowExecutionOptions: { priority: { priorityKey: 5 } },
      updateMask: { paths: ["priority"] },
    });
    await startWorkflow(t, {
      requestId: t.id("attached"),
      workflowIdConflictPolicy: "USE_EXISTING",
      onConflictOptions: { attachRequestId: true },
    });
    await resetWorkflow(t, 4);
    await lookAfterReset(t, runId);
  }),
  scenario("reset-reapply/an update that was only admitted", async (t) => {
    const { runId } = await startWorkflow(t);
    await doTask(t, [startTimer("timer", "3600s")]);
    const update = beginUpdate(t, "admitted");
    await pollWorkflowTask(t);
    await resetWorkflow(t, 4);
    await update.reply;
    await lookAfterReset(t, runId);
  }),
  scenario("reset-reapply/of a reset run", async (t) => {
    await busyRun(t);
    const { runId } = await resetWorkflow(t, 4);
    await resetWorkflow(t, 4, { requestId: t.id("again") });
    await lookAfterReset(t, runId);
  }),
  scenario("reset-reapply/through a chain without signals", async (t) => {
    const { runId } = await startWorkflow(t);
    await doTask(t, [continueAsNew()]);
    await signalWorkflow(t, "second run");
    await doTask(t, [continueAsNew()]);
    await signalWorkflow(t, "third run");
    const execution = { workflowId: t.id("workflow"), runId };
    await resetWorkflow(t, 4, { workflowExecution: execution, resetReapplyExcludeTypes: ["SIGNAL"] });
    await lookAfterReset(t, runId);
  }),
  scenario("reset-reapply/through a chain that goes on", async (t) => {
    const { runId } = await startWorkflow(t);
    await doTask(t, [continueAsNew()]);
    await signalWorkflow(t, "second run");
    await doTask(t, [continueAsNew()]);
    await signalWorkflow(t, "third run");
    await pollWorkflowTask(t);
    await signalWorkflow(t, "buffered");
    await resetWorkflow(t, 4, { workflowExecution: { workflowId: t.id("workflow"), runId } });
    await lookAfterReset(t, runId);
  }),
  scenario("reset-reapply/through a chain that has ended", async (t) => {
    const { runId } = await startWorkflow(t);
    await doTask(t, [continueAsNew()]);
    await signalWorkflow(t, "second run");
    await doTask(t, [completeWorkflow()]);
    await resetWorkflow(t, 4, { workflowExecution: { workflowId: t.id("workflow"), runId } });
    await lookAfterReset(t, runId);
  }),
  scenario("reset-children/that were started before", async (t) => {
    const { runId } = await startWorkflow(t);
    await doTask(t, [child(t)]);
    await readHistory(t, { until: childStarted });
    await doTask(t);
    await resetWorkflow(t, 9);
    await lookAfterReset(t, runId);
    await describeWorkflow(t, { workflowId: t.id("child") });
    await doTask(t, [completeWorkflow("of the child")], {}, { queue: "children" });
    await readHistory(t, { until: "CHILD_WORKFLOW_EXECUTION_COMPLETED" });
  }),
  scenario("reset-children/that were only initiated", async (t) => {
    const { runId } = await startWorkflow(t);
    await doTask(t, [child(t)]);
    await readHistory(t, { until: childStarted });
    const task = await pollWorkflowTask(t);
    await completeTask(t, task);
    await resetWorkflow(t, 4);
    await lookAfterReset(t, runId);
    await doTask(t, [child(t)]);
    await readHistory(t, { until: (events) => events.length > 8 });
    await describeWorkflow(t, {}, { note: "the parent" });
    await describeWorkflow(t, { workflowId: t.id("child") }, { note: "the child" });
  }),
  scenario("reset-children/that have ended since", async (t) => {
    const { runId } = await startWorkflow(t);
    await doTask(t, [child(t)]);
    await readHistory(t, { until: childStarted });
    await doTask(t);
    await doTask(t, [completeWorkflow("of the child")], {}, { queue: "children" });
    await readHistory(t, { until: "CHILD_WORKFLOW_EXECUTION_COMPLETED" });
    await doTask(t);
    await resetWorkflow(t, 9);
    await lookAfterReset(t, runId);
  }),
  ...Object.entries({
    "nothing reapplied": { resetReapplyType: "NONE" },
    "only signals reapplied": { resetReapplyType: "SIGNAL" },
  }).map(([what, fields]) =>
    scenario(`reset-children/that have ended since, ${what}`, async (t) => {
      await startWorkflow(t);
      await doTask(t, [child(t)]);
      await readHistory(t, { until: childStarted });
      await doTask(t);
      await doTask(t, [completeWorkflow("of the child")], {}, { queue: "children" });
      await readHistory(t, { until: "CHILD_WORKFLOW_EXECUTION_COMPLETED" });
      await resetWorkflow(t, 9, fields);
      await readHistory(t);
      await describeWorkflow(t);
    }),
  ),
  scenario("reset-children/of a child", async (t) => {
    await startWorkflow(t);
    await doTask(t, [child(t)]);
    await readHistory(t, { until: childStarted });
    await doTask(t);
    await doTask(t, [startTimer("timer", "3600s")], {}, { queue: "children" });
    await resetWorkflow(t, 4, { workflowExecution: { workflowId: t.id("child") } });
    await describeWorkflow(t, { workflowId: t.id("child") });
    await readHistory(t, { note: "the parent" });
    await doTask(t, [completeWorkflow("of the child")], {}, { queue: "children" });
    await readHistory(t, { until: "CHILD_WORKFLOW_EXECUTION_COMPLETED" });
  }),
  scenario("reset-operations/signal", async (t) => {
    const { runId } = await startWorkflow(t);
    await doTask(t, [startTimer("timer", "3600s")]);
    await signalWorkflow(t, "one");
    const signal = { signalName: "after", input: payloads("input") };
    await resetWorkflow(t, 4, {
      postResetOperations: [{ signalWorkflow: signal }, { signalWorkflow: { signalName: "last" } }],
    });
    await lookAfterReset(t, runId);
  }),
  scenario("reset-operations/options", async (t) => {
    const { runId } = await startWorkflow(t);
    await doTask(t, [startTimer("timer", "3600s")]);
    const update = {
      workflowExecutionOptions: { priority: { priorityKey: 4 } },
      updateMask: { paths: ["priority"] },
    };
    await resetWorkflow(t, 4, { postResetOperations: [{ updateWorkflowOptions: update }] });
    await lookAfterReset(t, runId);
  }),
  scenario("reset-operations/that are refused", async (t) => {
    await startWorkflow(t);
    await doTask(t, [startTimer("timer", "3600s")]);
    const refuse = async (note: string, operation: Plain): Promise<void> => {
      await resetWorkflow(t, 4, { postResetOperations: [operation], requestId: t.id(note) }, { note });
    };
    await refuse("a signal without a name", { signalWorkflow: {} });
    await refuse("options of an unknown path", {
      updateWorkflowOptions: { workflowExecutionOptions: {}, updateMask: { paths: ["nonsense"] } },
    });
    await refuse("no options", { updateWorkflowOptions: { updateMask: { paths: ["priority"] } } });
    await readHistory(t);
  }),
];
