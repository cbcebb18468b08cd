import type { Scenario } from "../scenario.ts";
import { scenario } from "../scenario.ts";
import { activityCommand, beginActivityPoll, completeActivity, pollActivityTask } from "../steps/activity.ts";
import { completeWorkflow, continueAsNew, failWorkflow, startTimer } from "../steps/commands.ts";
import { attribute, payload, payloads } from "../steps/payload.ts";
import { lookAfterReset, resetWorkflow } from "../steps/reset.ts";
import {
  completeTask,
  doTask,
  failTask,
  pollWorkflowTask,
  stickyAttributes,
  stickyPoll,
} from "../steps/workflow-task.ts";
import {
  cancelRequest,
  describeWorkflow,
  readHistory,
  signalRequest,
  signalWorkflow,
  startWorkflow,
  terminateWorkflow,
} from "../steps/workflow.ts";

export const resets: readonly Scenario[] = [
  scenario("reset/to an event that is none", async (t) => {
    await startWorkflow(t);
    await doTask(t, [startTimer("timer", "3600s")]);
    for (const id of [-1, 0, 1, 2, 5, 6, 7, 100])
      await resetWorkflow(t, id, { requestId: t.id(`reset-${id}`), reason: `to ${id}` }, { note: `to ${id}` });
    await readHistory(t);
  }),
  scenario("reset/of a request with faults", async (t) => {
    await startWorkflow(t);
    await doTask(t);
    await resetWorkflow(t, 4, { namespace: "" }, { note: "no namespace" });
    await resetWorkflow(t, 4, { namespace: "nowhere" }, { note: "unknown namespace" });
    await resetWorkflow(t, 4, { workflowExecution: undefined }, { note: "no execution" });
    await resetWorkflow(t, 4, { workflowExecution: { workflowId: "" } }, { note: "no workflow id" });
    await resetWorkflow(t, 4, { workflowExecution: { workflowId: "x".repeat(1001) } }, { note: "long workflow id" });
    await resetWorkflow(
      t,
      4,
      { workflowExecution: { workflowId: "workflow", runId: "x" } },
      { note: "a run id that is none" },
    );
    await resetWorkflow(t, 4, { workflowExecution: { workflowId: t.id("unknown") } }, { note: "an unknown workflow" });
    await resetWorkflow(
      t,
      4,
      { workflowExecution: { workflowId: t.id("workflow"), runId: "8a1e3c1c-1d1a-4d9c-8f3c-0123456789ab" } },
      { note: "an unknown run" },
    );
    await resetWorkflow(t, 4, { requestId: "" }, { note: "no request id" });
    await resetWorkflow(t, 4, { requestId: "x".repeat(1001) }, { note: "a long request id" });
    await resetWorkflow(t, 4, { resetReapplyExcludeTypes: [99] }, { note: "an unknown type excluded" });
    await resetWorkflow(t, 4, { postResetOperations: [{}] }, { note: "an operation that is none" });
    await resetWorkflow(t, 4, { reason: "", requestId: t.id("last"), identity: "" }, { note: "no reason" });
    await readHistory(t);
  }),
  ...Object.entries({ "a workflow task was started": 9, "a workflow task was scheduled": 8, "a signal": 7 }).map(
    ([place, id]) =>
      scenario(`reset/to just after ${place}`, async (t) => {
        const { runId } = await startWorkflow(t);
        await doTask(t, [startTimer("first", "3600s")]);
        await signalWorkflow(t, "one");
        await doTask(t, [startTimer("second", "3600s")]);
        // 1 started, 2-4 task, 5 timer, 6 signal, 7-9 task, 10 timer
        await resetWorkflow(t, id);
        await lookAfterReset(t, runId);
      }),
  ),
  scenario("reset/to a workflow task that failed", async (t) => {
    const { runId } = await startWorkflow(t);
    await failTask(t, await pollWorkflowTask(t));
    await doTask(t, [startTimer("timer", "3600s")]);
    await readHistory(t, { note: "before" });
    await resetWorkflow(t, 4);
    await lookAfterReset(t, runId);
  }),
  scenario(
    "reset/to a workflow task that timed out",
    async (t) => {
      const { runId } = await startWorkflow(t, { workflowTaskTimeout: "1s" });
      await pollWorkflowTask(t);
      await readHistory(t, { until: "WORKFLOW_TASK_TIMED_OUT" });
      await doTask(t, [startTimer("timer", "3600s")]);
      await resetWorkflow(t, 4);
      await lookAfterReset(t, runId);
    },
    { slow: false },
  ),
  scenario("reset/of a run whose workflow task is scheduled for the first time", async (t) => {
    const { runId } = await startWorkflow(t);
    await resetWorkflow(t, 3, { requestId: t.id("a") }, { note: "behind its scheduled event" });
    await resetWorkflow(t, 2, { requestId: t.id("b") }, { note: "behind its started event" });
    await lookAfterReset(t, runId);
    await doTask(t, [completeWorkflow()]);
    await readHistory(t);
  }),
  scenario("reset/of a run whose workflow task is started", async (t) => {
    const { runId } = await startWorkflow(t);
    const task = await pollWorkflowTask(t);
    await signalWorkflow(t, "buffered");
    await resetWorkflow(t, 3);
    await lookAfterReset(t, runId);
    await completeTask(t, task, [completeWorkflow()], {}, { note: "the task of the run before" });
    await doTask(t, [completeWorkflow()]);
    await readHistory(t);
  }),
  scenario("reset/of a run whose second workflow task is started", async (t) => {
    const { runId } = await startWorkflow(t);
    await doTask(t, [startTimer("timer", "3600s")]);
    await signalWorkflow(t, "one");
    const task = await pollWorkflowTask(t);
    await signalWorkflow(t, "two");
    await resetWorkflow(t, 4);
    await lookAfterReset(t, runId);
    await completeTask(t, task, [completeWorkflow()], {}, { note: "the task of the run before" });
  }),
  ...Object.entries({
    completed: [completeWorkflow("result")],
    failed: [failWorkflow()],
  }).map(([kind, commands]) =>
    scenario(`reset/of a run that has ${kind}`, async (t) => {
      const { runId } = await startWorkflow(t);
      await doTask(t, [startTimer("timer", "3600s")]);
      await signalWorkflow(t, "one");
      await doTask(t, commands);
      await resetWorkflow(t, 8);
      await lookAfterReset(t, runId);
      await describeWorkflow(t, { runId }, { note: "the run that was reset" });
    }),
  ),
  scenario("reset/of a run that was terminated", async (t) => {
    const { runId } = await startWorkflow(t);
    await doTask(t, [startTimer("timer", "3600s")]);
    await signalWorkflow(t, "one");
    await terminateWorkflow(t, { reason: "enough" });
    await resetWorkflow(t, 4);
    await lookAfterReset(t, runId);
  }),
  scenario(
    "reset/of a run that timed out",
    async (t) => {
      const { runId } = await startWorkflow(t, { workflowRunTimeout: "2s", workflowExecutionTimeout: "60s" });
      await doTask(t, [startTimer("timer", "3600s")]);
      await readHistory(t, { until: "WORKFLOW_EXECUTION_TIMED_OUT" });
      await resetWorkflow(t, 4);
      await lookAfterReset(t, runId);
      await readHistory(t, { until: "WORKFLOW_EXECUTION_TIMED_OUT", note: "its time-out begins anew" });
    },
    { slow: true },
  ),
  scenario(
    "reset/of a run past its execution timeout",
    async (t) => {
      const { runId } = await startWorkflow(t, { workflowExecutionTimeout: "2s" });
      await doTask(t, [startTimer("timer", "3600s")]);
      await readHistory(t, { until: "WORKFLOW_EXECUTION_TIMED_OUT" });
      await resetWorkflow(t, 4);
      await lookAfterReset(t, runId);
    },
    { slow: true },
  ),
  scenario("reset/of a run that had been asked to cancel", async (t) => {
    const { runId } = await startWorkflow(t);
    await doTask(t, [startTimer("timer", "3600s")]);
    await cancelRequest(t, { reason: "enough" });
    await doTask(t);
    await resetWorkflow(t, 4, { requestId: t.id("a") });
    await lookAfterReset(t, runId);
    await doTask(t);
    await cancelRequest(t, { reason: "again" });
    await doTask(t);
    await resetWorkflow(t, 10, { requestId: t.id("b") }, { note: "to after the request" });
    await readHistory(t);
    await describeWorkflow(t);
  }),
  scenario("reset/with the request id of its start", async (t) => {
    const { runId } = await startWorkflow(t);
    await doTask(t);
    await resetWorkflow(t, 4, { requestId: t.id("start") });
    await lookAfterReset(t, runId);
    await startWorkflow(t, {}, { note: "the start again" });
  }),
  scenario("reset/and then a start with the request id of the reset", async (t) => {
    await startWorkflow(t);
    await doTask(t);
    await resetWorkflow(t, 4);
    await startWorkflow(t, { requestId: t.id("reset") });
    await startWorkflow(t, {}, { note: "the first start again" });
    await startWorkflow(t, { requestId: t.id("another") }, { note: "another start" });
  }),
  scenario("reset/of a run before the current one", async (t) => {
    const { runId } = await startWorkflow(t);
    await doTask(t, [startTimer("timer", "3600s")]);
    await signalWorkflow(t, "one");
    await doTask(t, [completeWorkflow()]);
    const second = await startWorkflow(t, { requestId: t.id("second") });
    await doTask(t, [startTimer("timer", "3600s")]);
    await signalWorkflow(t, "two");
    await resetWorkflow(t, 4, { workflowExecution: { workflowId: t.id("workflow"), runId } });
    await lookAfterReset(t, runId);
    await readHistory(t, { runId: second.runId, note: "the run that was current" });
    await describeWorkflow(t, { runId }, { note: "the base" });
    await describeWorkflow(t, { runId: second.runId }, { note: "the run that was current" });
  }),
  scenario("reset/of a run of a chain", async (t) => {
    const { runId } = await startWorkflow(t);
    await doTask(t, [startTimer("timer", "3600s")]);
    await signalWorkflow(t, "one");
    const { reply } = await doTask(t, [continueAsNew()]);
    if (reply.error !== undefined) throw new Error("continue-as-new was refused");
    await doTask(t, [startTimer("timer", "3600s")]);
    await signalWorkflow(t, "two");
    await doTask(t, [startTimer("another", "3600s")]);
    await resetWorkflow(t, 4, { workflowExecution: { workflowId: t.id("workflow"), runId } });
    await lookAfterReset(t, runId);
  }),
  scenario("reset/of the last run of a chain", async (t) => {
    await startWorkflow(t, { memo: { fields: { key: payload("value") } } });
    await doTask(t, [continueAsNew({ input: payloads("next") })]);
    const { task } = await doTask(t, [startTimer("timer", "3600s")]);
    const { runId } = task.workflowExecution;
    await resetWorkflow(t, Number(task.startedEventId) + 1);
    await lookAfterReset(t, runId);
  }),
  scenario("reset/of a run that was reset before", async (t) => {
    const { runId } = await startWorkflow(t);
    await doTask(t, [startTimer("timer", "3600s")]);
    await signalWorkflow(t, "one");
    const first = await resetWorkflow(t, 4, { requestId: t.id("a") });
    await doTask(t, [startTimer("timer", "3600s")]);
    await signalWorkflow(t, "two");
    await resetWorkflow(
      t,
      4,
      { requestId: t.id("b"), workflowExecution: { workflowId: t.id("workflow"), runId } },
      { note: "the first run again" },
    );
    await lookAfterReset(t, runId);
    await readHistory(t, { runId: first.runId, note: "the run between" });
    await resetWorkflow(t, 4, { requestId: t.id("c") }, { note: "to where it had been reset" });
    await readHistory(t);
  }),
  scenario("reset/keeps what the start gave", async (t) => {
    const { runId } = await startWorkflow(t, {
      input: payloads("input"),
      memo: { fields: { key: payload("value") } },
      searchAttributes: { indexedFields: { BatcherUser: attribute("Keyword", "somebody") } },
      retryPolicy: { maximumAttempts: 3 },
      workflowRunTimeout: "1000s",
      workflowTaskTimeout: "7s",
      priority: { priorityKey: 2 },
      header: { fields: { header: payload("value") } },
    });
    await doTask(t, [startTimer("timer", "3600s")]);
    await resetWorkflow(t, 4);
    await lookAfterReset(t, runId);
    await doTask(t, [failWorkflow()]);
    await readHistory(t, { runId: (await describeWorkflow(t)).workflowExecutionInfo.execution.runId });
  }),
  scenario("reset/of a cron run", async (t) => {
    const { runId } = await startWorkflow(t, { cronSchedule: "@every 1s" });
    await doTask(t, [startTimer("timer", "3600s")]);
    await resetWorkflow(t, 4);
    await lookAfterReset(t, runId);
    await doTask(t, [completeWorkflow()]);
    await doTask(t, [completeWorkflow()]);
  }),
  scenario("reset/of a run that is held back", async (t) => {
    await startWorkflow(t, { workflowStartDelay: "3600s" });
    for (const id of [1, 2, 3]) await resetWorkflow(t, id, { requestId: t.id(`${id}`) });
    await signalWorkflow(t, "one");
    await resetWorkflow(t, 2, { requestId: t.id("last") });
    await readHistory(t);
  }),
  scenario("reset/with activities", async (t) => {
    const { runId } = await startWorkflow(t);
    const names = ["completed", "started", "waiting"];
    await doTask(
      t,
      names.map((name) => activityCommand(t, { activityId: name, taskQueue: { name: t.id(name) } })),
    );
    const completed = await pollActivityTask(t, { queue: "completed" });
    const started = await pollActivityTask(t, { queue: "started" });
    await completeActivity(t, completed);
    await doTask(t);
    await readHistory(t, { note: "before" });
    await resetWorkflow(t, 11);
    await lookAfterReset(t, runId);
    await completeActivity(t, started, {}, { note: "the task of the run before" });
    await completeActivity(t, await pollActivityTask(t, { queue: "started" }));
    await completeActivity(t, await pollActivityTask(t, { queue: "waiting" }));
    await doTask(t, [completeWorkflow()]);
    await readHistory(t);
  }),
  scenario("reset/with an activity that had one attempt", async (t) => {
    const { runId } = await startWorkflow(t);
    await doTask(t, [activityCommand(t, { retryPolicy: { maximumAttempts: 1 } })]);
    const task = await pollActivityTask(t);
    await signalWorkflow(t, "one");
    await doTask(t);
    await resetWorkflow(t, 9);
    await lookAfterReset(t, runId);
    await completeActivity(t, task, {}, { note: "the task of the run before" });
    await doTask(t, [completeWorkflow()]);
    await readHistory(t);
  }),
  scenario("reset/to before an activity", async (t) => {
    const { runId } = await startWorkflow(t);
    await doTask(t, [activityCommand(t)]);
    const task = await pollActivityTask(t);
    await resetWorkflow(t, 4);
    await lookAfterReset(t, runId);
    await completeActivity(t, task, {}, { note: "the task of the run before" });
    await doTask(t, [activityCommand(t)]);
    await completeActivity(t, await pollActivityTask(t));
    await doTask(t, [completeWorkflow()]);
    await readHistory(t);
  }),
  scenario("reset/with timers", async (t) => {
    const { runId } = await startWorkflow(t);
    await doTask(t, [startTimer("short", "1s"), startTimer("long", "3600s")]);
    await readHistory(t, { until: "TIMER_FIRED" });
    await doTask(t);
    // 1 started, 2-4 task, 5-6 timers, 7 fired, 8-10 task
    await resetWorkflow(t, 10, { requestId: t.id("a") });
    await readHistory(t);
    await doTask(t);
    await resetWorkflow(t, 10, { requestId: t.id("b"), workflowExecution: { workflowId: t.id("workflow"), runId } });
    await lookAfterReset(t, runId);
  }),
  scenario("reset/with a timer that fires again", async (t) => {
    await startWorkflow(t);
    await doTask(t, [startTimer("timer", "2s")]);
    await signalWorkflow(t, "one");
    await doTask(t);
    await resetWorkflow(t, 8);
    await doTask(t);
    await readHistory(t, { until: "TIMER_FIRED" });
  }),
  scenario("reset/and stickiness", async (t) => {
    await startWorkflow(t);
    const sticky = t.begin("PollWorkflowTaskQueue", {
      namespace: t.namespace,
      taskQueue: stickyPoll(t).fields?.taskQueue,
      identity: "worker@test",
    });
    await doTask(t, [startTimer("timer", "3600s")], { stickyAttributes: stickyAttributes(t) });
    await resetWorkflow(t, 4);
    await doTask(t, [completeWorkflow()]);
    await startWorkflow(t, { requestId: t.id("next") });
    await terminateWorkflow(t);
    void sticky;
  }),
  scenario("reset/to before memo and search attributes changed", async (t) => {
    const { runId } = await startWorkflow(t);
    const change = (value: string) => [
      {
        commandType: "UPSERT_WORKFLOW_SEARCH_ATTRIBUTES",
        upsertWorkflowSearchAttributesCommandAttributes: {
          searchAttributes: { indexedFields: { BatcherUser: attribute("Keyword", value) } },
        },
      },
      {
        commandType: "MODIFY_WORKFLOW_PROPERTIES",
        modifyWorkflowPropertiesCommandAttributes: { upsertedMemo: { fields: { key: payload(value) } } },
      },
      startTimer(value, "3600s"),
    ];
    await doTask(t, change("first"));
    await signalWorkflow(t, "one");
    await doTask(t, change("second"));
    await resetWorkflow(t, 10);
    await lookAfterReset(t, runId);
  }),
  scenario("reset/and signals by request id", async (t) => {
    await startWorkflow(t);
    await doTask(t, [startTimer("timer", "3600s")]);
    await signalWorkflow(t, "one", { requestId: t.id("signal-one") });
    await resetWorkflow(t, 4);
    await signalWorkflow(t, "one", { requestId: t.id("signal-one") }, { note: "again" });
    await readHistory(t);
  }),
  scenario("reset/of a run while polls of its end wait", async (t) => {
    const { runId } = await startWorkflow(t);
    await doTask(t);
    const request = {
      namespace: t.namespace,
      execution: { workflowId: t.id("workflow"), runId },
      waitNewEvent: true,
      historyEventFilterType: "CLOSE_EVENT",
    };
    const waiting = t.begin("GetWorkflowExecutionHistory", request);
    await resetWorkflow(t, 4);
    await waiting.reply;
    await t.call(
      "SignalWorkflowExecution",
      signalRequest(t, "late", { workflowExecution: { workflowId: t.id("workflow"), runId } }),
    );
  }),
  scenario("reset/with an eager activity", async (t) => {
    const { runId } = await startWorkflow(t);
    const poll = beginActivityPoll(t, { deadlineMs: 3000 });
    await doTask(t, [activityCommand(t, { requestEagerExecution: true })]);
    await signalWorkflow(t, "one");
    await doTask(t);
    await resetWorkflow(t, 9);
    await poll.reply;
    await lookAfterReset(t, runId);
  }),
];
