/** ExecuteMultiOperation with a start and an update. */
import type { Conversation } from "../conversation.ts";
import { scenario } from "../scenario.ts";
import type { Scenario } from "../scenario.ts";
import { otherNamespace } from "../settings.ts";
import { completeWorkflow } from "../steps/commands.ts";
import { acceptance, completion, rejection, requestsOf, together, updateRequest } from "../steps/update.ts";
import { readHistory, startRequest, startWorkflow } from "../steps/workflow.ts";
import { completeTask, doTask, pollWorkflowTask } from "../steps/workflow-task.ts";
import type { Begun } from "../conversation.ts";
import type { Plain } from "../wire-format.ts";

interface Parts {
  start?: Plain;
  update?: Plain;
  updateId?: string;
  note?: string;
  deadlineMs?: number;
}

function begin(t: Conversation, parts: Parts = {}): Begun {
  const startWorkflowPart = startRequest(t, { workflowIdConflictPolicy: "USE_EXISTING", ...parts.start });
  const updateWorkflow = updateRequest(t, parts.updateId ?? "update", "COMPLETED", parts.update);
  const request = { namespace: t.namespace, operations: [{ startWorkflow: startWorkflowPart }, { updateWorkflow }] };
  return t.begin("ExecuteMultiOperation", request, {
    deadlineMs: parts.deadlineMs ?? 10_000,
    ...(parts.note === undefined ? {} : { note: parts.note }),
  });
}

async function accept(t: Conversation): Promise<void> {
  const task = await pollWorkflowTask(t);
  const answer = together(...requestsOf(task).map((request) => together(acceptance(request), completion(request))));
  await completeTask(t, task, answer.commands, { messages: answer.messages });
}

export const updateWithStart: Scenario[] = [
  scenario("update with start/new workflow", async (t) => {
    const both = begin(t);
    await accept(t);
    await both.reply;
    await readHistory(t);
    await begin(t, { note: "the same again" }).reply;
    await begin(t, { start: { requestId: t.id("other") }, note: "another request, the same update" }).reply;
  }),

  scenario("update with start/running workflow", async (t) => {
    await startWorkflow(t, { requestId: t.id("first") });
    await doTask(t);
    const both = begin(t);
    await accept(t);
    await both.reply;
    await readHistory(t);
  }),

  scenario("update with start/running workflow that must not be used", async (t) => {
    await startWorkflow(t, { requestId: t.id("first") });
    await doTask(t);
    await begin(t, { start: { workflowIdConflictPolicy: "FAIL" } }).reply;
    await readHistory(t);
  }),

  scenario("update with start/running workflow is replaced", async (t) => {
    await startWorkflow(t, { requestId: t.id("first") });
    await doTask(t);
    const both = begin(t, { start: { workflowIdConflictPolicy: "TERMINATE_EXISTING" } });
    await accept(t);
    await both.reply;
    await readHistory(t);
  }),

  scenario("update with start/closed workflow", async (t) => {
    await startWorkflow(t, { requestId: t.id("first") });
    await doTask(t, [completeWorkflow()]);
    await begin(t, { start: { workflowIdReusePolicy: "REJECT_DUPLICATE" } }).reply;
    const both = begin(t, { note: "a new run" });
    await accept(t);
    await both.reply;
  }),

  scenario("update with start/update of a closed workflow that completed it", async (t) => {
    const both = begin(t);
    const task = await pollWorkflowTask(t);
    const answer = together(...requestsOf(task).map((request) => together(acceptance(request), completion(request))));
    await completeTask(t, task, [...answer.commands, completeWorkflow()], { messages: answer.messages });
    await both.reply;
    await begin(t, { start: { requestId: t.id("second") }, note: "the outcome is known" }).reply;
    await begin(t, { start: { requestId: t.id("third"), workflowIdReusePolicy: "REJECT_DUPLICATE" } }).reply;
    const fresh = begin(t, {
      start: { requestId: t.id("fourth") },
      updateId: "another",
      note: "another update starts a new run",
    });
    await accept(t);
    await fresh.reply;
  }),

  scenario("update with start/rejected", async (t) => {
    const both = begin(t);
    const task = await pollWorkflowTask(t);
    const answer = together(...requestsOf(task).map((request) => rejection(request)));
    await completeTask(t, task, answer.commands, { messages: answer.messages });
    await both.reply;
    await readHistory(t);
  }),

  scenario("update with start/workflow closes without answering", async (t) => {
    const both = begin(t);
    await doTask(t, [completeWorkflow()]);
    await both.reply;
    await readHistory(t);
  }),

  scenario("update with start/no worker before the deadline", async (t) => {
    await begin(t, { deadlineMs: 2500 }).reply;
    await readHistory(t, { note: "the workflow was started" });
  }),

  scenario("update with start/validation", async (t) => {
    const call = async (note: string, operations: unknown, namespace = t.namespace): Promise<void> => {
      await t.call("ExecuteMultiOperation", { namespace, operations } as Plain, { note, deadlineMs: 4000 });
    };
    const start = (fields: Plain = {}): Plain => ({
      startWorkflow: startRequest(t, { workflowIdConflictPolicy: "USE_EXISTING", ...fields }),
    });
    const update = (fields: Plain = {}): Plain => ({ updateWorkflow: updateRequest(t, "update", "COMPLETED", fields) });
    await call("no operations", []);
    await call("one operation", [start()]);
    await call("three operations", [start(), update(), update()]);
    await call("the wrong order", [update(), start()]);
    await call("two starts", [start(), start()]);
    await call("two updates", [update(), update()]);
    await call("empty operation", [start(), {}]);
    await call("different workflows", [start(), update({ workflowExecution: { workflowId: t.id("other") } })]);
    await call("different namespaces", [start({ namespace: otherNamespace }), update()]);
    await call("cron", [start({ cronSchedule: "* * * * *" }), update()]);
    await call("start delay", [start({ workflowStartDelay: "1s" }), update()]);
    await call("eager start", [start({ requestEagerExecution: true }), update()]);
    await call("run id in the update", [
      start(),
      update({ workflowExecution: { workflowId: t.id("workflow"), runId: "11111111-1111-4111-8111-111111111111" } }),
    ]);
    await call("first run id in the update", [
      start(),
      update({ firstExecutionRunId: "11111111-1111-4111-8111-111111111111" }),
    ]);
    await call("no conflict policy", [start({ workflowIdConflictPolicy: "UNSPECIFIED" }), update()]);
    await call("no workflow type", [start({ workflowType: undefined }), update()]);
    await call("waiting for admitted", [start(), update({ waitPolicy: { lifecycleStage: "ADMITTED" } })]);
    await call("no update name", [start(), update({ request: { meta: { updateId: "update" }, input: {} } })]);
    await call("unknown namespace", [start(), update()], "no-such-namespace");
    await readHistory(t, { note: "was anything started?" });
  }),
];
