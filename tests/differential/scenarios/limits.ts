/** What happens at the limits that the server is configured with; recorded with lowered ones. */
import type { Conversation } from "../conversation.ts";
import { scenario } from "../scenario.ts";
import type { Scenario } from "../scenario.ts";
import { activityCommand, completeActivity, heartbeat, pollActivityTask } from "../steps/activity.ts";
import {
  applicationFailure,
  cancelExternal,
  cancelWorkflow,
  completeWorkflow,
  continueAsNew,
  failWorkflow,
  modifyProperties,
  recordMarker,
  signalExternal,
  startChild,
  startTimer,
  upsertSearchAttributes,
} from "../steps/commands.ts";
import { payload, payloadOfSize, payloads } from "../steps/payload.ts";
import { acceptance, beginUpdate, completion, requestsOf, together } from "../steps/update.ts";
import {
  describeWorkflow,
  queryWorkflow,
  readHistory,
  signalWithStart,
  signalWorkflow,
  startRequest,
  startWorkflow,
  terminateWorkflow,
} from "../steps/workflow.ts";
import { completeTask, doTask, failTask, pollWorkflowTask, respondQuery } from "../steps/workflow-task.ts";
import type { Plain } from "../wire-format.ts";

const small = { settings: "small limits" } as const;
const short = { settings: "short history" } as const;

/** The limit is 4096 bytes. */
const tooLarge = { payloads: [payloadOfSize(5000)] };

async function completionFails(t: Conversation, note: string, commands: Plain[], fields: Plain = {}): Promise<void> {
  const name = note.replaceAll(" ", "-");
  await t.silently(
    "StartWorkflowExecution",
    startRequest(t, { workflowId: t.id(name), taskQueue: { name: t.id(name) } }),
  );
  const task = await t.silently("PollWorkflowTaskQueue", { namespace: t.namespace, taskQueue: { name: t.id(name) } });
  await completeTask(t, task, commands, fields, { note });
  await readHistory(t, { workflowId: t.id(name) });
  await t.silently("TerminateWorkflowExecution", {
    namespace: t.namespace,
    workflowExecution: { workflowId: t.id(name) },
  });
}

const blobs: Scenario[] = [
  scenario(
    "limits/payloads of requests",
    async (t) => {
      await startWorkflow(t, { input: tooLarge }, { note: "input" });
      await startWorkflow(t, { memo: { fields: { m: payloadOfSize(5000) } } }, { note: "memo" });
      await startWorkflow(
        t,
        { input: { payloads: [payloadOfSize(2500)] }, header: { fields: { h: payloadOfSize(2500) } } },
        { note: "input and header together" },
      );
      await signalWithStart(t, { workflowId: t.id("signaled"), signalInput: tooLarge }, { note: "signal with start" });
      await signalWorkflow(t, "signal", { input: tooLarge }, { note: "signal" });
      await signalWorkflow(t, "signal", { header: { fields: { h: payloadOfSize(5000) } } }, { note: "signal header" });
      await queryWorkflow(
        t,
        "state",
        { query: { queryType: "state", queryArgs: tooLarge } },
        { note: "query", deadlineMs: 3000 },
      ).reply;
      await terminateWorkflow(t, { details: tooLarge }, { note: "details of a termination" });
      await readHistory(t);
    },
    small,
  ),

  scenario(
    "limits/payloads of commands",
    async (t) => {
      await completionFails(t, "activity input", [activityCommand(t, { input: tooLarge })]);
      await completionFails(t, "activity header", [
        activityCommand(t, { header: { fields: { h: payloadOfSize(5000) } } }),
      ]);
      await completionFails(t, "marker", [recordMarker({ markerName: "m", details: { d: tooLarge } })]);
      await completionFails(t, "result", [completeWorkflow("x".repeat(5000))]);
      await completionFails(t, "failure", [failWorkflow(applicationFailure("x".repeat(5000)))]);
      await completionFails(t, "cancel details", [cancelWorkflow("x".repeat(5000))]);
      await completionFails(t, "continue as new input", [continueAsNew({ input: tooLarge })]);
      await completionFails(t, "continue as new memo", [
        continueAsNew({ memo: { fields: { m: payloadOfSize(5000) } } }),
      ]);
      await completionFails(t, "child input", [
        startChild({ workflowId: t.id("c"), workflowType: { name: "C" }, input: tooLarge }),
      ]);
      await completionFails(t, "child memo", [
        startChild({
          workflowId: t.id("c"),
          workflowType: { name: "C" },
          memo: { fields: { m: payloadOfSize(5000) } },
        }),
      ]);
      await completionFails(t, "signal input", [
        signalExternal({ execution: { workflowId: t.id("other") }, signalName: "s", input: tooLarge }),
      ]);
      await completionFails(t, "memo", [modifyProperties({ m: payloadOfSize(5000) })]);
      await completionFails(t, "search attribute", [
        upsertSearchAttributes({ BatcherUser: payload("x".repeat(3000)) }),
      ]);
      await completionFails(t, "after a good command", [
        recordMarker({ markerName: "good" }),
        activityCommand(t, { input: tooLarge }),
      ]);
    },
    small,
  ),

  scenario(
    "limits/payload of the memo after several changes",
    async (t) => {
      await startWorkflow(t, { memo: { fields: { a: payloadOfSize(2500) } } });
      await doTask(t, [modifyProperties({ b: payloadOfSize(2500) })]);
      await readHistory(t);
      await describeWorkflow(t);
    },
    small,
  ),

  scenario(
    "limits/results of activities",
    async (t) => {
      await startWorkflow(t);
      await doTask(t, [
        activityCommand(t, { activityId: "one", taskQueue: { name: t.id("one") } }),
        activityCommand(t, { activityId: "two", taskQueue: { name: t.id("two") } }),
      ]);
      await completeActivity(t, await pollActivityTask(t, { queue: "one" }), { result: tooLarge });
      await heartbeat(t, await pollActivityTask(t, { queue: "two" }), { details: tooLarge });
      await readHistory(t);
    },
    small,
  ),

  scenario(
    "limits/failure of a workflow task",
    async (t) => {
      await startWorkflow(t);
      await failTask(t, await pollWorkflowTask(t), { failure: applicationFailure("x".repeat(5000)) });
      await readHistory(t);
    },
    small,
  ),

  scenario(
    "limits/answer of a query",
    async (t) => {
      await startWorkflow(t);
      await doTask(t);
      const query = queryWorkflow(t, "state", {}, { deadlineMs: 3000 });
      await respondQuery(t, await pollWorkflowTask(t), { completedType: "ANSWERED", queryResult: tooLarge });
      await query.reply;
    },
    small,
  ),
];

const counts: Scenario[] = [
  scenario(
    "limits/pending activities",
    async (t) => {
      const command = (index: number): Plain => activityCommand(t, { activityId: `activity-${index}` });
      await completionFails(t, "four at once", [1, 2, 3, 4].map(command));
      await startWorkflow(t);
      await doTask(t, [1, 2, 3].map(command));
      await signalWorkflow(t, "wake");
      const task = await pollWorkflowTask(t);
      await completeTask(t, task, [command(4)], {}, { note: "the fourth" });
      await readHistory(t);
    },
    small,
  ),

  scenario(
    "limits/pending children",
    async (t) => {
      const command = (index: number): Plain =>
        startChild({ workflowId: t.id(`child-${index}`), workflowType: { name: "Child" } });
      await completionFails(t, "three at once", [1, 2, 3].map(command));
    },
    small,
  ),

  scenario(
    "limits/pending signals and cancels",
    async (t) => {
      const signal = (index: number): Plain =>
        signalExternal({ execution: { workflowId: t.id(`other-${index}`) }, signalName: "s" });
      const cancel = (index: number): Plain => cancelExternal({ workflowId: t.id(`other-${index}`) });
      await completionFails(t, "three signals", [1, 2, 3].map(signal));
      await completionFails(t, "three cancels", [1, 2, 3].map(cancel));
    },
    small,
  ),

  scenario(
    "limits/signals of a run",
    async (t) => {
      await startWorkflow(t);
      for (let index = 1; index <= 6; index++) await signalWorkflow(t, `signal-${index}`);
      await signalWithStart(t, { requestId: t.id("second") });
      await readHistory(t);
    },
    small,
  ),

  scenario(
    "limits/buffered events",
    async (t) => {
      await startWorkflow(t);
      const task = await pollWorkflowTask(t);
      for (let index = 1; index <= 7; index++) await signalWorkflow(t, `signal-${index}`);
      await readHistory(t);
      await completeTask(t, task, [completeWorkflow()]);
      await readHistory(t);
    },
    { settings: "small buffer" },
  ),

  scenario(
    "limits/updates of a run",
    async (t) => {
      await startWorkflow(t);
      await doTask(t);
      for (let index = 1; index <= 6; index++) {
        const update = beginUpdate(t, `update-${index}`);
        const task = await pollWorkflowTask(t);
        const answers = requestsOf(task).map((request) => together(acceptance(request), completion(request)));
        const answer = together(...answers);
        await completeTask(t, task, answer.commands, { messages: answer.messages });
        await update.reply;
      }
      await beginUpdate(t, "update-7").reply;
    },
    small,
  ),

  scenario(
    "limits/suggestion to continue as new",
    async (t) => {
      await startWorkflow(t);
      for (let index = 1; index <= 4; index++) {
        await signalWorkflow(t, `signal-${index}`);
        await doTask(t, [recordMarker({ markerName: "m" })]);
      }
      await readHistory(t);
    },
    small,
  ),
];

const history: Scenario[] = [
  scenario(
    "limits/events of a history",
    async (t) => {
      await startWorkflow(t);
      await doTask(
        t,
        Array.from({ length: 12 }, (_, index) => recordMarker({ markerName: `m${index}` })),
      );
      await signalWorkflow(t, "sixteen");
      await describeWorkflow(t);
      const task = await pollWorkflowTask(t);
      await completeTask(t, task, [
        recordMarker({ markerName: "a" }),
        recordMarker({ markerName: "b" }),
        recordMarker({ markerName: "c" }),
      ]);
      await signalWorkflow(t, "after");
      await readHistory(t);
    },
    short,
  ),

  scenario(
    "limits/events of a history, by signals",
    async (t) => {
      await startWorkflow(t);
      for (let index = 3; index <= 24; index++) {
        const reply = await signalWorkflow(t, `signal-${index}`);
        if (reply.error !== undefined) break;
      }
      await readHistory(t);
    },
    short,
  ),

  scenario(
    "limits/bytes of a history",
    async (t) => {
      await startWorkflow(t, { input: payloads("x".repeat(7000)) });
      for (let index = 1; index <= 4; index++) {
        const reply = await signalWorkflow(t, `signal-${index}`, { input: payloads("x".repeat(7000)) });
        if (reply.error !== undefined) break;
      }
      await readHistory(t);
    },
    short,
  ),

  scenario(
    "limits/bytes of a history suggest to continue as new",
    async (t) => {
      await startWorkflow(t, { input: payloads("x".repeat(9000)) });
      await doTask(t);
      await readHistory(t);
    },
    short,
  ),

  scenario("limits/three megabytes in one completion", async (t) => {
    await startWorkflow(t);
    const task = await pollWorkflowTask(t);
    const megabyte = { payloads: [payloadOfSize(1024 * 1024)] };
    await completeTask(
      t,
      task,
      [1, 2, 3]
        .map((index) => activityCommand(t, { activityId: `a${index}`, input: megabyte }))
        .concat(startTimer("timer", "60s")),
    );
    await describeWorkflow(t);
  }),

  scenario("limits/requests that are too large for the transport", async (t) => {
    await startWorkflow(t, { input: { payloads: [payloadOfSize(4 * 1024 * 1024)] } });
    await startWorkflow(t);
    await signalWorkflow(t, "signal", { input: { payloads: [payloadOfSize(5 * 1024 * 1024)] } });
    await readHistory(t);
  }),
];

export const limits: Scenario[] = [...blobs, ...counts, ...history];
