/** Queries: direct, buffered on a workflow task, rejected, failed, unanswered. */
import { scenario } from "../scenario.ts";
import type { Scenario } from "../scenario.ts";
import { applicationFailure, completeWorkflow, failWorkflow } from "../steps/commands.ts";
import { payloadOfSize, payload, payloads } from "../steps/payload.ts";
import { queryWorkflow, readHistory, signalWorkflow, startWorkflow, terminateWorkflow } from "../steps/workflow.ts";
import {
  completeTask,
  doTask,
  failTask,
  pollWorkflowTask,
  respondQuery,
  stickyAttributes,
  stickyPoll,
} from "../steps/workflow-task.ts";
import type { Plain } from "../wire-format.ts";

const answered = { completedType: "ANSWERED", queryResult: payloads("state") };
const tooLarge = { payloads: [payloadOfSize(2 * 1024 * 1024 + 1)] };

/** The results map that answers every query of a task. */
function resultsFor(task: Plain, result: Plain = { resultType: "ANSWERED", answer: payloads("state") }): Plain {
  return { queryResults: Object.fromEntries(Object.keys((task.queries ?? {}) as Plain).map((id) => [id, result])) };
}

export const queries: Scenario[] = [
  scenario("queries/of an idle workflow", async (t) => {
    await startWorkflow(t);
    await doTask(t);
    const query = queryWorkflow(t, "state", {
      query: { queryType: "state", queryArgs: payloads(1), header: { fields: { h: payload(1) } } },
    });
    const task = await pollWorkflowTask(t);
    await respondQuery(t, task, answered);
    await query.reply;
    await respondQuery(t, task, answered, { note: "twice" });
    await readHistory(t);
  }),

  scenario("queries/of a closed workflow", async (t) => {
    await startWorkflow(t);
    await doTask(t, [completeWorkflow()]);
    const query = queryWorkflow(t, "state");
    await respondQuery(t, await pollWorkflowTask(t), answered);
    await query.reply;
  }),

  scenario("queries/reject conditions", async (t) => {
    await startWorkflow(t, { workflowId: t.id("completed"), taskQueue: { name: t.id("completed") } });
    await doTask(t, [completeWorkflow()], {}, { queue: "completed" });
    await startWorkflow(t, { workflowId: t.id("failed"), taskQueue: { name: t.id("failed") } });
    await doTask(t, [failWorkflow()], {}, { queue: "failed" });
    const of = (workflowId: string, queryRejectCondition: string): Plain => ({
      execution: { workflowId: t.id(workflowId) },
      queryRejectCondition,
    });
    await queryWorkflow(t, "state", of("completed", "NOT_OPEN")).reply;
    await queryWorkflow(t, "state", of("failed", "NOT_OPEN")).reply;
    await queryWorkflow(t, "state", of("failed", "NOT_COMPLETED_CLEANLY")).reply;
    const clean = queryWorkflow(t, "state", of("completed", "NOT_COMPLETED_CLEANLY"));
    await respondQuery(t, await pollWorkflowTask(t, { queue: "completed" }), answered);
    await clean.reply;
    const none = queryWorkflow(t, "state", of("failed", "NONE"));
    await respondQuery(t, await pollWorkflowTask(t, { queue: "failed" }), answered);
    await none.reply;
  }),

  scenario("queries/failed by the worker", async (t) => {
    await startWorkflow(t);
    await doTask(t);
    const plain = queryWorkflow(t, "state");
    await respondQuery(t, await pollWorkflowTask(t), { completedType: "FAILED", errorMessage: "unknown query" });
    await plain.reply;
    const rich = queryWorkflow(t, "state");
    await respondQuery(t, await pollWorkflowTask(t), {
      completedType: "FAILED",
      errorMessage: "unknown query",
      failure: applicationFailure("no such query", { type: "QueryNotRegisteredError" }),
    });
    await rich.reply;
    const silent = queryWorkflow(t, "state");
    await respondQuery(t, await pollWorkflowTask(t), { completedType: "FAILED" });
    await silent.reply;
    const odd = queryWorkflow(t, "state", {}, { deadlineMs: 3000 });
    await respondQuery(t, await pollWorkflowTask(t), {}, { note: "no type of completion" });
    await odd.reply;
  }),

  scenario("queries/answer beyond the limit", async (t) => {
    await startWorkflow(t);
    await doTask(t);
    const query = queryWorkflow(t, "state");
    await respondQuery(t, await pollWorkflowTask(t), { completedType: "ANSWERED", queryResult: tooLarge });
    await query.reply;
  }),

  scenario("queries/of a workflow that is closed before its first task", async (t) => {
    await startWorkflow(t);
    await terminateWorkflow(t);
    await queryWorkflow(t, "state", {}, { deadlineMs: 3000 }).reply;
  }),

  scenario("queries/before the first workflow task", async (t) => {
    await startWorkflow(t);
    const query = queryWorkflow(t, "state");
    await t.sleep(200);
    const task = await pollWorkflowTask(t, { note: "the first task, then the query" });
    await completeTask(t, task, [], resultsFor(task));
    if (task.queries === undefined) await respondQuery(t, await pollWorkflowTask(t), answered);
    await query.reply;
    await readHistory(t);
  }),

  scenario("queries/during a start delay", async (t) => {
    await startWorkflow(t, { workflowStartDelay: "60s" });
    await queryWorkflow(t, "state", {}, { deadlineMs: 3000 }).reply;
  }),

  scenario("queries/buffered on a scheduled task", async (t) => {
    await startWorkflow(t);
    await doTask(t);
    await signalWorkflow(t, "wake");
    const query = queryWorkflow(t, "state");
    await t.sleep(200);
    const task = await pollWorkflowTask(t);
    await completeTask(t, task, [], resultsFor(task));
    await query.reply;
    await readHistory(t);
  }),

  scenario("queries/buffered while a task is started", async (t) => {
    await startWorkflow(t);
    await doTask(t);
    await signalWorkflow(t, "wake");
    const task = await pollWorkflowTask(t);
    const query = queryWorkflow(t, "state");
    await t.sleep(200);
    await completeTask(t, task);
    const next = await pollWorkflowTask(t, { note: "carries the query" });
    if (next.query === undefined) await completeTask(t, next, [], resultsFor(next));
    else await respondQuery(t, next, answered);
    await query.reply;
    await readHistory(t);
  }),

  scenario("queries/two buffered", async (t) => {
    await startWorkflow(t);
    await doTask(t);
    await signalWorkflow(t, "wake");
    const first = queryWorkflow(t, "first");
    await t.sleep(200);
    await queryWorkflow(t, "second", {}, { deadlineMs: 3000, note: "one is buffered, not two" }).reply;
    const task = await pollWorkflowTask(t);
    await completeTask(t, task, [], resultsFor(task));
    await first.reply;
  }),

  scenario("queries/buffered, failed by the worker", async (t) => {
    await startWorkflow(t);
    await doTask(t);
    await signalWorkflow(t, "wake");
    const query = queryWorkflow(t, "state");
    await t.sleep(200);
    const task = await pollWorkflowTask(t);
    await completeTask(
      t,
      task,
      [],
      resultsFor(task, {
        resultType: "FAILED",
        errorMessage: "unknown query",
        failure: applicationFailure("no such query"),
      }),
    );
    await query.reply;
  }),

  scenario("queries/buffered, answer beyond the limit", async (t) => {
    await startWorkflow(t);
    await doTask(t);
    await signalWorkflow(t, "wake");
    const query = queryWorkflow(t, "state");
    await t.sleep(200);
    const task = await pollWorkflowTask(t);
    await completeTask(t, task, [], resultsFor(task, { resultType: "ANSWERED", answer: tooLarge }));
    await query.reply;
  }),

  scenario("queries/buffered on a task that fails", async (t) => {
    await startWorkflow(t);
    await doTask(t);
    await signalWorkflow(t, "wake");
    const query = queryWorkflow(t, "state", {}, { deadlineMs: 4000 });
    await t.sleep(200);
    await failTask(t, await pollWorkflowTask(t));
    await query.reply;
  }),

  scenario("queries/buffered on the task that closes the workflow", async (t) => {
    await startWorkflow(t);
    await doTask(t);
    await signalWorkflow(t, "wake");
    const query = queryWorkflow(t, "state");
    await t.sleep(200);
    const task = await pollWorkflowTask(t);
    await completeTask(t, task, [completeWorkflow()], resultsFor(task));
    await query.reply;
  }),

  scenario("queries/buffered and not answered", async (t) => {
    await startWorkflow(t);
    await doTask(t);
    await signalWorkflow(t, "wake");
    const query = queryWorkflow(t, "state", {}, { deadlineMs: 6000 });
    await t.sleep(200);
    const task = await pollWorkflowTask(t);
    await completeTask(t, task);
    await respondQuery(t, await pollWorkflowTask(t), answered);
    await query.reply;
  }),

  scenario("queries/on a sticky queue", async (t) => {
    await startWorkflow(t);
    const parked = t.begin("PollWorkflowTaskQueue", {
      namespace: t.namespace,
      identity: "worker@test",
      ...stickyPoll(t).fields,
    });
    await doTask(t, [], { stickyAttributes: stickyAttributes(t) });
    const query = queryWorkflow(t, "state");
    await respondQuery(t, await parked.reply, answered);
    await query.reply;
  }),

  scenario("queries/no worker", async (t) => {
    await startWorkflow(t);
    await doTask(t);
    await queryWorkflow(t, "state", {}, { deadlineMs: 2000 }).reply;
  }),

  scenario("queries/of a workflow whose tasks keep failing", async (t) => {
    await startWorkflow(t);
    for (let attempt = 1; attempt <= 3; attempt++) await failTask(t, await pollWorkflowTask(t));
    await queryWorkflow(t, "state", {}, { deadlineMs: 3000 }).reply;
  }),

  scenario("queries/validation", async (t) => {
    await startWorkflow(t);
    const send = async (note: string, fields: Plain): Promise<void> => {
      await queryWorkflow(t, "state", fields, { note, deadlineMs: 3000 }).reply;
    };
    await send("no query", { query: undefined });
    await send("no type", { query: { queryArgs: payloads(1) } });
    await send("no execution", { execution: undefined });
    await send("no workflow id", { execution: {} });
    await send("run id that is no UUID", { execution: { workflowId: t.id("workflow"), runId: "nonsense" } });
    await send("unknown workflow", { execution: { workflowId: t.id("unknown") } });
    await send("unknown run", {
      execution: { workflowId: t.id("workflow"), runId: "11111111-1111-4111-8111-111111111111" },
    });
    await send("unknown namespace", { namespace: "no-such-namespace" });
    await send("arguments too large", { query: { queryType: "state", queryArgs: tooLarge } });
  }),
];
