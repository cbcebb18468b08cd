/** Long polls, deadlines, and the paging of histories. */
import { scenario } from "../scenario.ts";
import type { Scenario } from "../scenario.ts";
import { completeWorkflow, continueAsNew, recordMarker } from "../steps/commands.ts";
import { signalWorkflow, startWorkflow, terminateWorkflow } from "../steps/workflow.ts";
import { beginWorkflowTaskPoll, doTask, pollWorkflowTask, workerIdentity } from "../steps/workflow-task.ts";
import { beginActivityPoll } from "../steps/activity.ts";
import type { Plain } from "../wire-format.ts";

const otherRun = "11111111-1111-4111-8111-111111111111";
const longId = "x".repeat(1001);

const polls: Scenario[] = [
  scenario("polls/validation", async (t) => {
    for (const method of ["PollWorkflowTaskQueue", "PollActivityTaskQueue"]) {
      const poll = async (note: string, fields: Plain): Promise<void> => {
        await t.call(
          method,
          { namespace: t.namespace, taskQueue: { name: t.id("queue") }, identity: "worker@test", ...fields },
          { note, deadlineMs: 3500 },
        );
      };
      await poll("no namespace", { namespace: "" });
      await poll("unknown namespace", { namespace: "no-such-namespace" });
      await poll("namespace too long", { namespace: longId });
      await poll("no task queue", { taskQueue: undefined });
      await poll("no task queue name", { taskQueue: {} });
      await poll("task queue too long", { taskQueue: { name: longId } });
      await poll("reserved task queue", { taskQueue: { name: "/_sys/queue" } });
      await poll("identity too long", { identity: longId });
      await poll("sticky without a normal name", { taskQueue: { name: t.id("sticky"), kind: "STICKY" } });
      await poll("normal name too long", { taskQueue: { name: t.id("sticky"), kind: "STICKY", normalName: longId } });
    }
  }),

  scenario("polls/deadlines", async (t) => {
    for (const begin of [beginWorkflowTaskPoll, beginActivityPoll]) {
      await begin(t, { deadlineMs: 1500, timed: true, note: "shorter than two seconds" }).reply;
      await begin(t, { deadlineMs: 3000, timed: true, note: "empty one second before the deadline" }).reply;
    }
  }),

  scenario("polls/without a deadline", async (t) => {
    await beginWorkflowTaskPoll(t, { deadlineMs: "none" }).reply;
    await beginActivityPoll(t, { deadlineMs: "none" }).reply;
    await startWorkflow(t);
    await t.call(
      "GetWorkflowExecutionHistory",
      { namespace: t.namespace, execution: { workflowId: t.id("workflow") } },
      { deadlineMs: "none" },
    );
  }),

  scenario("polls/given up by the client do not swallow the task", async (t) => {
    const gone = new AbortController();
    const parked = beginWorkflowTaskPoll(t, { signal: gone.signal });
    await t.sleep(300);
    gone.abort();
    await parked.reply;
    await t.sleep(100);
    await startWorkflow(t);
    await pollWorkflowTask(t);
  }),

  scenario("polls/parked before the start", async (t) => {
    const parked = beginWorkflowTaskPoll(t);
    await t.sleep(300);
    await startWorkflow(t);
    await parked.reply;
  }),
];

const paging: Scenario[] = [
  scenario("history/validation", async (t) => {
    await startWorkflow(t);
    for (const method of ["GetWorkflowExecutionHistory", "GetWorkflowExecutionHistoryReverse"]) {
      const read = async (note: string, fields: Plain): Promise<void> => {
        await t.call(
          method,
          { namespace: t.namespace, execution: { workflowId: t.id("workflow") }, ...fields },
          { note },
        );
      };
      await read("no execution", { execution: undefined });
      await read("no workflow id", { execution: {} });
      await read("run id that is no UUID", { execution: { workflowId: t.id("workflow"), runId: "nonsense" } });
      await read("unknown workflow", { execution: { workflowId: t.id("unknown") } });
      await read("unknown run", { execution: { workflowId: t.id("workflow"), runId: otherRun } });
      await read("workflow id too long", { execution: { workflowId: longId } });
      await read("no namespace", { namespace: "" });
      await read("unknown namespace", { namespace: "no-such-namespace" });
      await read("token that cannot be decoded", { nextPageToken: "nonsense" });
      await read("negative page size", { maximumPageSize: -1 });
      await read("huge page size", { maximumPageSize: 1_000_000 });
    }
  }),

  scenario("history/pages", async (t) => {
    await startWorkflow(t);
    await doTask(
      t,
      Array.from({ length: 5 }, (_, index) => recordMarker({ markerName: `marker-${index}` })),
    );
    await signalWorkflow(t, "one");
    await doTask(t, [completeWorkflow()]);
    await t.callPages("GetWorkflowExecutionHistory", {
      namespace: t.namespace,
      execution: { workflowId: t.id("workflow") },
      maximumPageSize: 3,
    });
  }),

  scenario("history/pages backwards", async (t) => {
    await startWorkflow(t);
    await doTask(
      t,
      Array.from({ length: 5 }, (_, index) => recordMarker({ markerName: `marker-${index}` })),
    );
    await signalWorkflow(t, "one");
    await doTask(t, [completeWorkflow()]);
    await t.callPages("GetWorkflowExecutionHistoryReverse", {
      namespace: t.namespace,
      execution: { workflowId: t.id("workflow") },
      maximumPageSize: 4,
    });
  }),

  scenario("history/token of another run", async (t) => {
    const { runId } = await startWorkflow(t);
    await doTask(t, [continueAsNew()]);
    const request = { namespace: t.namespace, execution: { workflowId: t.id("workflow"), runId } };
    const { nextPageToken } = await t.silently("GetWorkflowExecutionHistory", { ...request, maximumPageSize: 2 });
    await t.call("GetWorkflowExecutionHistory", {
      namespace: t.namespace,
      execution: { workflowId: t.id("workflow"), runId: otherRun },
      nextPageToken,
    });
  }),

  scenario("history/waiting for events", async (t) => {
    await startWorkflow(t);
    const wait = { namespace: t.namespace, execution: { workflowId: t.id("workflow") }, waitNewEvent: true };
    const first = await t.call("GetWorkflowExecutionHistory", wait, { note: "what is there comes at once" });
    const more = t.begin("GetWorkflowExecutionHistory", { ...wait, nextPageToken: first.nextPageToken });
    await t.sleep(200);
    await signalWorkflow(t, "event");
    const second = await more.reply;
    const last = t.begin("GetWorkflowExecutionHistory", { ...wait, nextPageToken: second.nextPageToken });
    await t.sleep(200);
    await terminateWorkflow(t);
    await last.reply;
  }),

  scenario("history/waiting until the deadline", async (t) => {
    await startWorkflow(t);
    const wait = { namespace: t.namespace, execution: { workflowId: t.id("workflow") }, waitNewEvent: true };
    const first = await t.call("GetWorkflowExecutionHistory", wait);
    const empty = await t.call(
      "GetWorkflowExecutionHistory",
      { ...wait, nextPageToken: first.nextPageToken },
      { deadlineMs: 3000, timed: true },
    );
    const again = t.begin(
      "GetWorkflowExecutionHistory",
      { ...wait, nextPageToken: empty.nextPageToken },
      { note: "goes on with the token of the empty page" },
    );
    await t.sleep(200);
    await terminateWorkflow(t);
    await again.reply;
  }),

  scenario(
    "history/waiting no longer than 20 seconds",
    async (t) => {
      await startWorkflow(t);
      const wait = { namespace: t.namespace, execution: { workflowId: t.id("workflow") }, waitNewEvent: true };
      const first = await t.call("GetWorkflowExecutionHistory", wait);
      await t.call(
        "GetWorkflowExecutionHistory",
        { ...wait, nextPageToken: first.nextPageToken },
        { deadlineMs: 40_000, timed: true },
      );
    },
    { slow: true },
  ),

  scenario("history/close event", async (t) => {
    await startWorkflow(t);
    const close = {
      namespace: t.namespace,
      execution: { workflowId: t.id("workflow") },
      historyEventFilterType: "CLOSE_EVENT",
    };
    await t.call("GetWorkflowExecutionHistory", close, { note: "still running, not waiting" });
    const waiting = t.begin("GetWorkflowExecutionHistory", { ...close, waitNewEvent: true });
    await t.sleep(200);
    await doTask(t, [completeWorkflow("done")]);
    const reply = await waiting.reply;
    if (reply.nextPageToken !== undefined)
      await t.call("GetWorkflowExecutionHistory", { ...close, waitNewEvent: true, nextPageToken: reply.nextPageToken });
    await t.call("GetWorkflowExecutionHistory", close);
    await t.call("GetWorkflowExecutionHistory", { ...close, waitNewEvent: true });
  }),

  scenario("history/close event of a run that continued", async (t) => {
    const { runId } = await startWorkflow(t);
    const close = {
      namespace: t.namespace,
      execution: { workflowId: t.id("workflow"), runId },
      historyEventFilterType: "CLOSE_EVENT",
      waitNewEvent: true,
    };
    const waiting = t.begin("GetWorkflowExecutionHistory", close);
    await t.sleep(200);
    await doTask(t, [continueAsNew()]);
    await waiting.reply;
  }),

  scenario("history/close event, waiting until the deadline", async (t) => {
    await startWorkflow(t);
    const close = {
      namespace: t.namespace,
      execution: { workflowId: t.id("workflow") },
      historyEventFilterType: "CLOSE_EVENT",
      waitNewEvent: true,
    };
    const empty = await t.call("GetWorkflowExecutionHistory", close, { deadlineMs: 3000, timed: true });
    await terminateWorkflow(t);
    await t.call("GetWorkflowExecutionHistory", { ...close, nextPageToken: empty.nextPageToken });
  }),

  scenario("history/pages of a long workflow task", async (t) => {
    await startWorkflow(t);
    await doTask(
      t,
      Array.from({ length: 300 }, (_, index) => recordMarker({ markerName: `m${index}` })),
    );
    await signalWorkflow(t, "wake");
    await t.callPages("PollWorkflowTaskQueue", {
      namespace: t.namespace,
      taskQueue: { name: t.id("queue") },
      identity: workerIdentity,
    });
    await t.callPages("GetWorkflowExecutionHistory", {
      namespace: t.namespace,
      execution: { workflowId: t.id("workflow") },
      maximumPageSize: 500,
    });
  }),
];

export const histories: Scenario[] = [...polls, ...paging];
