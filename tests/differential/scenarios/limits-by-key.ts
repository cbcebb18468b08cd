/** Limits and intervals that keys of the dynamic configuration set; recorded with values that are soon reached. */
import type { Conversation } from "../conversation.ts";
import { scenario } from "../scenario.ts";
import type { Scenario } from "../scenario.ts";
import { activityCommand, completeActivity, failActivity, pollActivityTask } from "../steps/activity.ts";
import { applicationFailure } from "../steps/commands.ts";
import { payload, payloadOfSize } from "../steps/payload.ts";
import { acceptance, beginUpdate, completion, requestsOf, together } from "../steps/update.ts";
import {
  describeWorkflow,
  queryWorkflow,
  readHistory,
  signalWithStart,
  signalWorkflow,
  startRequest,
  startWorkflow,
} from "../steps/workflow.ts";
import { completeTask, doTask, failTask, pollWorkflowTask } from "../steps/workflow-task.ts";
import type { Plain } from "../wire-format.ts";

const ids = { settings: "short ids" } as const;
const quick = { settings: "short waits" } as const;
const few = { settings: "few of everything" } as const;
const small = { settings: "small limits" } as const;

/** The limit is 40 bytes; ids of scenarios have up to 20. */
const LONG = "x".repeat(41);
const FITS = "y".repeat(40);

const lengths: Scenario[] = [
  scenario(
    "limits/lengths of ids in a start",
    async (t) => {
      for (const name of [LONG, FITS]) {
        await startWorkflow(t, { workflowId: name }, { note: "workflow id" });
        await startWorkflow(t, { workflowId: t.id("a"), workflowType: { name } }, { note: "type" });
        await startWorkflow(t, { workflowId: t.id("b"), taskQueue: { name } }, { note: "queue" });
        await startWorkflow(t, { workflowId: t.id("c"), requestId: name }, { note: "request id" });
        await signalWithStart(t, { workflowId: t.id("d"), signalName: name }, { note: "signal" });
      }
    },
    ids,
  ),
  scenario(
    "limits/lengths of ids in signals and updates",
    async (t) => {
      await startWorkflow(t);
      for (const name of [LONG, FITS]) {
        await signalWorkflow(t, name);
        await signalWorkflow(t, "signal", { requestId: name });
      }
      await beginUpdate(t, LONG).reply;
    },
    ids,
  ),
  scenario(
    "limits/lengths of ids of workers",
    async (t) => {
      await t.call(
        "PollWorkflowTaskQueue",
        { namespace: t.namespace, taskQueue: { name: t.id("q") }, identity: LONG },
        { deadlineMs: 2500 },
      );
      await t.call(
        "PollActivityTaskQueue",
        { namespace: t.namespace, taskQueue: { name: LONG } },
        { deadlineMs: 2500 },
      );
      await t.call("DescribeTaskQueue", { namespace: t.namespace, taskQueue: { name: LONG } });
    },
    ids,
  ),
  scenario(
    "limits/lengths of ids in commands",
    async (t) => {
      for (const [note, fields] of Object.entries({
        "activity id": { activityId: LONG },
        "activity type": { activityType: { name: LONG } },
        "activity queue": { taskQueue: { name: LONG } },
      })) {
        const workflowId = t.id(note.replace(" ", "-"));
        await t.silently("StartWorkflowExecution", startRequest(t, { workflowId, taskQueue: { name: workflowId } }));
        const poll = { namespace: t.namespace, taskQueue: { name: workflowId } };
        const task = await t.silently("PollWorkflowTaskQueue", poll);
        await completeTask(t, task, [activityCommand(t, fields)], {}, { note });
      }
    },
    ids,
  ),
  scenario(
    "limits/lengths of names of namespaces",
    async (t) => {
      await t.call("RegisterNamespace", { namespace: LONG, workflowExecutionRetentionPeriod: "86400s" });
      await t.call("DescribeNamespace", { namespace: LONG });
      await startWorkflow(t, { namespace: LONG });
    },
    ids,
  ),
];

const waits: Scenario[] = [
  scenario(
    "limits/wait for an event",
    async (t) => {
      await startWorkflow(t);
      const request = { namespace: t.namespace, execution: { workflowId: t.id("workflow") }, waitNewEvent: true };
      const first = await t.call("GetWorkflowExecutionHistory", request);
      await t.call(
        "GetWorkflowExecutionHistory",
        { ...request, nextPageToken: first.nextPageToken },
        { timed: true, note: "ends after two seconds" },
      );
    },
    quick,
  ),
  scenario(
    "limits/wait for a task",
    async (t) => {
      const fields = { namespace: t.namespace, taskQueue: { name: t.id("queue") } };
      await t.call("PollWorkflowTaskQueue", fields, { timed: true, note: "ends after three seconds" });
      await t.call("PollActivityTaskQueue", fields, { timed: true });
    },
    quick,
  ),
  scenario(
    "limits/wait for an update",
    async (t) => {
      await startWorkflow(t);
      await doTask(t);
      await beginUpdate(t, "update", "COMPLETED", { timed: true, note: "ends after two seconds" }).reply;
    },
    quick,
  ),
  scenario(
    "limits/time-out of workflow tasks without one",
    async (t) => {
      await startWorkflow(t);
      await describeWorkflow(t);
      await pollWorkflowTask(t);
      await readHistory(t, { until: "WORKFLOW_TASK_TIMED_OUT" });
    },
    quick,
  ),
  scenario(
    "limits/heartbeats of a workflow task end",
    async (t) => {
      await startWorkflow(t);
      let task = await pollWorkflowTask(t);
      await t.sleep(1_200);
      const fields = { forceCreateNewWorkflowTask: true, returnNewWorkflowTask: true };
      const reply = await completeTask(t, task, [], fields);
      task = reply.workflowTask as Plain;
      await t.sleep(1_300);
      await completeTask(t, task, [], { forceCreateNewWorkflowTask: true }, { note: "beyond two seconds" });
      await readHistory(t);
    },
    quick,
  ),
];

const pages: Scenario[] = [
  scenario(
    "limits/links of a request",
    async (t) => {
      const link = (id: string): Plain => ({
        workflowEvent: { namespace: t.namespace, workflowId: id, runId: "11111111-1111-4111-8111-111111111111" },
      });
      await startWorkflow(t, { links: [link("a"), link("b"), link("c")] }, { note: "three" });
      await startWorkflow(t, { links: [link("a".repeat(200))] }, { note: "too large" });
      await startWorkflow(t, { links: [link("a"), link("b")] }, { note: "two" });
      await signalWorkflow(t, "signal", { links: [link("a"), link("b"), link("c")] });
    },
    few,
  ),
  scenario(
    "limits/search attributes of a request",
    async (t) => {
      const indexedFields = (fields: Plain): Plain => ({ searchAttributes: { indexedFields: fields } });
      await startWorkflow(
        t,
        indexedFields({
          BatcherUser: payload("a"),
          BatcherNamespace: payload("b"),
          TemporalChangeVersion: payload(["c"]),
        }),
        { note: "three" },
      );
      await startWorkflow(t, indexedFields({ BatcherUser: payload("x".repeat(101)) }), { note: "a long value" });
      await startWorkflow(
        t,
        indexedFields({ BatcherUser: payload("x".repeat(95)), BatcherNamespace: payload("x".repeat(95)) }),
        { note: "long together" },
      );
      await startWorkflow(t, indexedFields({ BatcherUser: payload("x"), BatcherNamespace: payload("y") }));
    },
    few,
  ),
  scenario(
    "limits/queries that wait",
    async (t) => {
      await startWorkflow(t);
      await doTask(t);
      await signalWorkflow(t, "signal");
      const first = queryWorkflow(t, "one", {}, { deadlineMs: 4_000 });
      await t.sleep(200);
      const second = queryWorkflow(t, "two", {}, { deadlineMs: 4_000 });
      await t.sleep(200);
      await queryWorkflow(t, "three", {}, { deadlineMs: 4_000 }).reply;
      await first.reply;
      await second.reply;
    },
    few,
  ),
  scenario(
    "limits/updates in flight",
    async (t) => {
      await startWorkflow(t);
      await doTask(t);
      const one = beginUpdate(t, "one", "ACCEPTED");
      await t.sleep(200);
      const task = await pollWorkflowTask(t);
      const answers = requestsOf(task).map((request) => acceptance(request));
      await completeTask(
        t,
        task,
        answers.flatMap(({ commands }) => commands),
        { messages: answers.flatMap(({ messages }) => messages) },
      );
      await one.reply;
      const two = beginUpdate(t, "two", "ACCEPTED", { deadlineMs: 3_000 });
      await t.sleep(200);
      await beginUpdate(t, "three", "ACCEPTED").reply;
      await two.reply;
    },
    few,
  ),
  scenario(
    "limits/updates from which to continue as new",
    async (t) => {
      await startWorkflow(t);
      await doTask(t);
      for (const updateId of ["one", "two", "three"]) {
        const update = beginUpdate(t, updateId, "COMPLETED", { deadlineMs: 3_000 });
        const task = await pollWorkflowTask(t);
        const answers = requestsOf(task).map((request) => together(acceptance(request), completion(request)));
        await completeTask(
          t,
          task,
          answers.flatMap(({ commands }) => commands),
          { messages: answers.flatMap(({ messages }) => messages) },
        );
        await update.reply;
      }
      await readHistory(t);
    },
    few,
  ),
  scenario(
    "limits/workflow tasks that fail until it is told",
    async (t) => {
      await startWorkflow(t);
      for (let attempt = 0; attempt < 2; attempt++) {
        await failTask(t, await pollWorkflowTask(t), { failure: applicationFailure("no") });
      }
      await describeWorkflow(t);
    },
    few,
  ),
  scenario(
    "limits/failure of an activity's last attempt",
    async (t) => {
      await startWorkflow(t);
      await doTask(t, [activityCommand(t, { retryPolicy: { initialInterval: "30s" } })]);
      await failActivity(t, await pollActivityTask(t), { failure: applicationFailure("x".repeat(3_000)) });
      await describeWorkflow(t);
    },
    few,
  ),
];

/** Of single commands and requests, at the limit and one byte beyond. The limit is 4096 bytes. */
const sizes: Scenario[] = [
  scenario(
    "limits/payloads at the limit",
    async (t) => {
      for (const size of [4_060, 4_061, 4_062, 4_063, 4_064, 4_065, 4_066, 4_067, 4_068])
        await startWorkflow(
          t,
          { workflowId: t.id(`w${size}`), input: { payloads: [payloadOfSize(size)] } },
          { note: `${size}` },
        );
    },
    small,
  ),
  scenario(
    "limits/memo at the limit",
    async (t) => {
      for (const size of [4_054, 4_055, 4_056, 4_057, 4_058, 4_059, 4_060, 4_061, 4_062])
        await startWorkflow(
          t,
          { workflowId: t.id(`w${size}`), memo: { fields: { m: payloadOfSize(size) } } },
          { note: `${size}` },
        );
    },
    small,
  ),
  scenario(
    "limits/result of an activity at the limit",
    async (t) => {
      await startWorkflow(t);
      await doTask(t, [activityCommand(t)]);
      await completeActivity(t, await pollActivityTask(t), { result: { payloads: [payloadOfSize(4_060)] } });
      await readHistory(t);
    },
    small,
  ),
];

/** A namespace of the scenario's own, so that nobody else uses up its rate. */
async function fresh(t: Conversation): Promise<string> {
  const namespace = t.identifier("fresh");
  await t.silently("RegisterNamespace", { namespace, workflowExecutionRetentionPeriod: "86400s" });
  for (let attempt = 0; attempt < 60; attempt++) {
    const reply = await t.silently("DescribeTaskQueue", { namespace, taskQueue: { name: "q" } });
    if (reply.error === undefined || reply.error.code === "RESOURCE_EXHAUSTED") break;
    await t.sleep(200);
  }
  await t.sleep(2_500);
  return namespace;
}

/** The record of a call when its rate is used up: others go before it in the same moment. */
async function exhausted(t: Conversation, method: string, request: Plain): Promise<void> {
  const others = (): Promise<Plain>[] => Array.from({ length: 12 }, () => t.silently(method, request));
  await Promise.all(others());
  const before = others();
  await t.call(method, request);
  await Promise.all(before);
}

const slow = { settings: "low rates" } as const;

const rates: Scenario[] = [
  ...(
    [
      ["starts", "StartWorkflowExecution", (t) => startRequest(t)],
      [
        "signals",
        "SignalWorkflowExecution",
        (t) => ({ workflowExecution: { workflowId: t.id("w") }, signalName: "s" }),
      ],
      ["descriptions", "DescribeWorkflowExecution", (t) => ({ execution: { workflowId: t.id("w") } })],
      ["histories", "GetWorkflowExecutionHistory", (t) => ({ execution: { workflowId: t.id("w") } })],
      ["answers of workers", "RespondActivityTaskCompletedById", (t) => ({ workflowId: t.id("w"), activityId: "a" })],
      ["descriptions of queues", "DescribeTaskQueue", (t) => ({ taskQueue: { name: t.id("q") } })],
      ["cancel requests", "RequestCancelWorkflowExecution", (t) => ({ workflowExecution: { workflowId: t.id("w") } })],
    ] as [string, string, (t: Conversation) => Plain][]
  ).map(([what, method, request]) =>
    scenario(
      `rates/${what}`,
      async (t) => {
        const namespace = await fresh(t);
        await exhausted(t, method, { ...request(t), namespace });
      },
      slow,
    ),
  ),
  scenario(
    "rates/lists",
    async (t) => {
      const namespace = await fresh(t);
      await exhausted(t, "ListWorkflowExecutions", { namespace });
      await exhausted(t, "CountWorkflowExecutions", { namespace });
    },
    slow,
  ),
  scenario(
    "rates/of one namespace are not those of another",
    async (t) => {
      const namespace = await fresh(t);
      const request = { execution: { workflowId: t.id("w") } };
      await exhausted(t, "DescribeWorkflowExecution", { ...request, namespace });
      await t.sleep(3_000);
      await t.call("DescribeWorkflowExecution", { ...request, namespace }, { note: "when time has passed" });
    },
    slow,
  ),
  scenario(
    "rates/waits for events at once",
    async (t) => {
      await startWorkflow(t);
      const request = {
        namespace: t.namespace,
        execution: { workflowId: t.id("workflow") },
        waitNewEvent: true,
        historyEventFilterType: "CLOSE_EVENT",
      };
      const waiting = [1, 2].map(() => t.begin("GetWorkflowExecutionHistory", request, { deadlineMs: 4_000 }));
      await t.sleep(500);
      await t.call("GetWorkflowExecutionHistory", request, { deadlineMs: 3_000, note: "the third" });
      await t.call(
        "GetWorkflowExecutionHistory",
        { ...request, waitNewEvent: false },
        { deadlineMs: 3_000, note: "one that does not wait" },
      );
      await Promise.all(waiting.map(({ reply }) => reply));
    },
    { settings: "few polls" },
  ),
  scenario(
    "rates/updates and queries that wait are counted",
    async (t) => {
      await startWorkflow(t, { workflowId: t.id("w2"), taskQueue: { name: t.id("q2") } });
      const execution = { workflowExecution: { workflowId: t.id("w2") } };
      const updates = ["a", "b", "c"].map((id) =>
        beginUpdate(t, id, "COMPLETED", { deadlineMs: 3_000, fields: execution }),
      );
      await Promise.all(updates.map(({ reply }) => reply));
    },
    { settings: "few polls" },
  ),
];

export const limitsByKey: Scenario[] = [...lengths, ...waits, ...pages, ...sizes, ...rates];
