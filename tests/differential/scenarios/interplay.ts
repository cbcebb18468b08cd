/** Where two subjects meet: a run that went on, a task that timed out twice, answers that come too late. */
import { scenario } from "../scenario.ts";
import type { Scenario } from "../scenario.ts";
import { activityCommand, completeActivity, failActivity, heartbeat, pollActivityTask } from "../steps/activity.ts";
import {
  cancelActivity,
  cancelExternal,
  cancelTimer,
  completeWorkflow,
  continueAsNew,
  recordMarker,
  signalExternal,
  startChild,
  startTimer,
  upsertSearchAttributes,
} from "../steps/commands.ts";
import { payload, payloads } from "../steps/payload.ts";
import { acceptance, beginUpdate, completion, pollUpdate, requestsOf, together } from "../steps/update.ts";
import {
  cancelRequest,
  describeWorkflow,
  queryWorkflow,
  readHistory,
  signalWithStart,
  signalWorkflow,
  startRequest,
  startWorkflow,
  terminateWorkflow,
} from "../steps/workflow.ts";
import {
  beginWorkflowTaskPoll,
  completeTask,
  doTask,
  failTask,
  pollWorkflowTask,
  respondQuery,
  stickyAttributes,
  stickyPoll,
} from "../steps/workflow-task.ts";

const tasks: Scenario[] = [
  scenario("interplay/workflow task timed out twice", async (t) => {
    await startWorkflow(t, { workflowTaskTimeout: "2s" });
    await pollWorkflowTask(t);
    await pollWorkflowTask(t);
    const third = await pollWorkflowTask(t);
    await readHistory(t, { note: "one time-out is written" });
    await completeTask(t, third, [completeWorkflow()]);
    await readHistory(t);
  }),

  scenario("interplay/sticky workflow task times out", async (t) => {
    await startWorkflow(t, { workflowTaskTimeout: "2s" });
    const parked = beginWorkflowTaskPoll(t, stickyPoll(t));
    await doTask(t, [], { stickyAttributes: stickyAttributes(t) });
    await signalWorkflow(t, "wake");
    await parked.reply;
    const next = await pollWorkflowTask(t, { note: "on the normal queue, from the beginning" });
    await completeTask(t, next, [completeWorkflow()]);
    await readHistory(t);
  }),

  scenario("interplay/signal while a transient task is started", async (t) => {
    await startWorkflow(t);
    await failTask(t, await pollWorkflowTask(t));
    const second = await pollWorkflowTask(t);
    await signalWorkflow(t, "buffered");
    await failTask(t, second, {}, { note: "the second failure, with a buffered event" });
    await readHistory(t);
    await doTask(t, [completeWorkflow()]);
    await readHistory(t);
  }),

  scenario("interplay/cancel arrives while a bad completion is retried", async (t) => {
    await startWorkflow(t);
    const task = await pollWorkflowTask(t);
    await cancelRequest(t);
    await completeTask(t, task, [startTimer("", "1s")]);
    const next = await pollWorkflowTask(t);
    await completeTask(t, next, [completeWorkflow()]);
    await readHistory(t);
  }),

  scenario("interplay/two workers hold tasks of one workflow", async (t) => {
    await startWorkflow(t, { workflowTaskTimeout: "2s" });
    const slow = await pollWorkflowTask(t);
    const quick = await pollWorkflowTask(t);
    await completeTask(t, slow, [completeWorkflow("slow")], {}, { note: "its time is over" });
    await completeTask(t, quick, [completeWorkflow("quick")]);
    await readHistory(t);
  }),

  scenario("interplay/answers to queries that nobody asked", async (t) => {
    await startWorkflow(t);
    const task = await pollWorkflowTask(t);
    const queryResults = { unknown: { resultType: "ANSWERED", answer: payloads("x") } };
    await completeTask(t, task, [recordMarker({ markerName: "m" })], { queryResults });
    await readHistory(t);
  }),

  scenario("interplay/identities that are too long", async (t) => {
    const identity = "x".repeat(1001);
    await startWorkflow(t, { identity });
    await startWorkflow(t);
    await signalWorkflow(t, "signal", { identity });
    await cancelRequest(t, { identity });
    const task = await pollWorkflowTask(t);
    await completeTask(t, task, [], { identity });
    await terminateWorkflow(t, { identity });
    await readHistory(t);
  }),

  scenario("interplay/heartbeats of a sticky workflow task", async (t) => {
    await startWorkflow(t);
    const options = {
      stickyAttributes: stickyAttributes(t),
      forceCreateNewWorkflowTask: true,
      returnNewWorkflowTask: true,
    };
    const first = await completeTask(t, await pollWorkflowTask(t), [], options);
    await signalWorkflow(t, "between");
    const second = await completeTask(t, first.workflowTask, [], options);
    const last = await completeTask(t, second.workflowTask, [completeWorkflow()], options);
    await t.call("DescribeWorkflowExecution", {
      namespace: t.namespace,
      execution: { workflowId: t.id(last.workflowTask === undefined ? "workflow" : "unexpected") },
    });
    await readHistory(t);
  }),
];

const activitiesAndTimers: Scenario[] = [
  scenario("interplay/activity of a run that continued as new", async (t) => {
    await startWorkflow(t);
    await doTask(t, [activityCommand(t)]);
    const activity = await pollActivityTask(t);
    await signalWorkflow(t, "wake");
    await doTask(t, [continueAsNew()]);
    await heartbeat(t, activity);
    await completeActivity(t, activity);
  }),

  scenario("interplay/activity timeouts while a workflow task is started", async (t) => {
    await startWorkflow(t);
    await doTask(t, [activityCommand(t, { scheduleToStartTimeout: "2s" }), startTimer("timer", "2s")]);
    await signalWorkflow(t, "wake");
    const task = await pollWorkflowTask(t);
    await t.sleep(2800);
    await describeWorkflow(t);
    await completeTask(t, task, [cancelTimer("timer")]);
    await doTask(t, [completeWorkflow()]);
    await readHistory(t);
  }),

  scenario("interplay/heartbeat timeout with retry", async (t) => {
    await startWorkflow(t);
    await doTask(t, [activityCommand(t, { heartbeatTimeout: "2s", retryPolicy: { initialInterval: "0.1s" } })]);
    const first = await pollActivityTask(t);
    await heartbeat(t, first, { details: payloads("at 3") });
    const second = await pollActivityTask(t, { note: "goes on from the heartbeat" });
    await heartbeat(t, first, {}, { note: "of the first attempt" });
    await completeActivity(t, second);
    await doTask(t, [completeWorkflow()]);
    await readHistory(t);
  }),

  scenario("interplay/cancel of an activity in the task that learns of its result", async (t) => {
    await startWorkflow(t);
    await doTask(t, [activityCommand(t)]);
    await completeActivity(t, await pollActivityTask(t));
    await doTask(t, [cancelActivity(5)]);
    await readHistory(t);
  }),

  scenario("interplay/last attempt fails while the workflow task is started", async (t) => {
    await startWorkflow(t);
    await doTask(t, [activityCommand(t, { retryPolicy: { maximumAttempts: 1 } })]);
    const activity = await pollActivityTask(t);
    await signalWorkflow(t, "wake");
    const task = await pollWorkflowTask(t);
    await failActivity(t, activity);
    await completeTask(t, task, [completeWorkflow()], {}, { note: "hindered by the buffered failure" });
    await doTask(t, [completeWorkflow()]);
    await readHistory(t);
  }),

  scenario("interplay/workflow completes with activities and timers pending", async (t) => {
    await startWorkflow(t);
    await doTask(t, [activityCommand(t), startTimer("timer", "60s")]);
    await signalWorkflow(t, "wake");
    await doTask(t, [completeWorkflow()]);
    await readHistory(t);
    await describeWorkflow(t);
  }),

  scenario("interplay/commands keep their order", async (t) => {
    await startWorkflow(t);
    await doTask(t, [
      startTimer("first", "60s"),
      recordMarker({
        markerName: "second",
        details: { a: payloads(1), b: payloads(2) },
        header: { fields: { h: payload(1) } },
      }),
      activityCommand(t),
      upsertSearchAttributes({ BatcherUser: payload("someone") }),
      cancelTimer("first"),
      signalExternal({ execution: { workflowId: t.id("nobody") }, signalName: "s" }),
    ]);
    await readHistory(t, { until: "SIGNAL_EXTERNAL_WORKFLOW_EXECUTION_FAILED" });
  }),
];

const chains: Scenario[] = [
  scenario("interplay/start policies after a timed out run", async (t) => {
    const policies = ["ALLOW_DUPLICATE", "ALLOW_DUPLICATE_FAILED_ONLY", "REJECT_DUPLICATE", "TERMINATE_IF_RUNNING"];
    for (const policy of policies) {
      await t.silently(
        "StartWorkflowExecution",
        startRequest(t, { workflowId: t.id(policy), workflowRunTimeout: "1s" }),
      );
    }
    for (const policy of policies) {
      await t.callWhen(
        "DescribeWorkflowExecution",
        { namespace: t.namespace, execution: { workflowId: t.id(policy) } },
        (reply) => reply.workflowExecutionInfo?.status === "TIMED_OUT",
      );
      await startWorkflow(t, { workflowId: t.id(policy), requestId: t.id("second"), workflowIdReusePolicy: policy });
    }
  }),

  scenario("interplay/start policies against a run that waits for its retry", async (t) => {
    await startWorkflow(t, { workflowStartDelay: "100s", requestId: t.id("first") });
    await startWorkflow(t, { requestId: t.id("second"), workflowIdReusePolicy: "REJECT_DUPLICATE" });
    await startWorkflow(t, { requestId: t.id("third"), workflowIdConflictPolicy: "USE_EXISTING" });
    await signalWithStart(t, { requestId: t.id("fourth"), workflowIdConflictPolicy: "FAIL" });
    await startWorkflow(t, { requestId: t.id("fifth"), workflowIdConflictPolicy: "TERMINATE_EXISTING" });
    await readHistory(t);
  }),

  scenario("interplay/query of an earlier run of a chain", async (t) => {
    const { runId } = await startWorkflow(t);
    await doTask(t, [continueAsNew()]);
    const query = queryWorkflow(t, "state", { execution: { workflowId: t.id("workflow"), runId } });
    const task = await pollWorkflowTask(t);
    await respondQuery(t, task, { completedType: "ANSWERED", queryResult: payloads("then") });
    await query.reply;
  }),

  scenario("interplay/waiting on a history that is complete", async (t) => {
    await startWorkflow(t);
    await terminateWorkflow(t);
    const request = { namespace: t.namespace, execution: { workflowId: t.id("workflow") }, waitNewEvent: true };
    await t.call("GetWorkflowExecutionHistory", request);
    await t.callPages("GetWorkflowExecutionHistory", { ...request, maximumPageSize: 2 });
  }),

  scenario("interplay/waiting on the history of a workflow whose task is transient", async (t) => {
    await startWorkflow(t);
    await failTask(t, await pollWorkflowTask(t));
    const request = { namespace: t.namespace, execution: { workflowId: t.id("workflow") }, waitNewEvent: true };
    const first = await t.call("GetWorkflowExecutionHistory", request);
    const waiting = t.begin("GetWorkflowExecutionHistory", { ...request, nextPageToken: first.nextPageToken });
    await t.sleep(200);
    await doTask(t, [completeWorkflow()]);
    await waiting.reply;
  }),
];

const families: Scenario[] = [
  scenario("interplay/cancel and signal of a child that has ended", async (t) => {
    const child = {
      workflowId: t.id("child"),
      workflowType: { name: "Child" },
      taskQueue: { name: t.id("child-queue") },
    };
    await startWorkflow(t);
    await doTask(t, [startChild(child)]);
    await doTask(t);
    await doTask(t, [completeWorkflow()], {}, { queue: "child-queue" });
    await doTask(t, [cancelExternal({ workflowId: t.id("child"), childWorkflowOnly: true })]);
    await readHistory(t, {
      until: (events) => events.some((event) => /CANCEL_REQUESTED$|_FAILED$/.test(String(event.eventType))),
    });
    await doTask(t, [
      signalExternal({ execution: { workflowId: t.id("child") }, childWorkflowOnly: true, signalName: "s" }),
    ]);
    await readHistory(t, { until: "SIGNAL_EXTERNAL_WORKFLOW_EXECUTION_FAILED" });
  }),

  scenario("interplay/child closes while the workflow task of its parent is started", async (t) => {
    const child = {
      workflowId: t.id("child"),
      workflowType: { name: "Child" },
      taskQueue: { name: t.id("child-queue") },
    };
    await startWorkflow(t);
    await doTask(t, [startChild(child)]);
    const task = await pollWorkflowTask(t);
    await doTask(t, [completeWorkflow("early")], {}, { queue: "child-queue" });
    await t.sleep(700);
    await signalWorkflow(t, "later");
    await completeTask(t, task);
    await doTask(t, [completeWorkflow()]);
    await readHistory(t);
  }),

  scenario("interplay/child id is free again after the child ended", async (t) => {
    const child = {
      workflowId: t.id("child"),
      workflowType: { name: "Child" },
      taskQueue: { name: t.id("child-queue") },
    };
    await startWorkflow(t);
    await doTask(t, [startChild(child)]);
    await doTask(t);
    await doTask(t, [completeWorkflow()], {}, { queue: "child-queue" });
    await doTask(t, [startChild(child)]);
    await readHistory(t, {
      until: (events) => events.filter((event) => event.eventType === "CHILD_WORKFLOW_EXECUTION_STARTED").length === 2,
    });
  }),
];

const updatesToo: Scenario[] = [
  scenario("interplay/update messages between other commands", async (t) => {
    await startWorkflow(t);
    await doTask(t);
    const update = beginUpdate(t, "update");
    const task = await pollWorkflowTask(t);
    const [request] = requestsOf(task);
    const accept = acceptance(request!);
    const complete = completion(request!);
    const commands = [
      recordMarker({ markerName: "before" }),
      ...accept.commands,
      activityCommand(t),
      ...complete.commands,
      recordMarker({ markerName: "after" }),
    ];
    await completeTask(t, task, commands, { messages: [...accept.messages, ...complete.messages] });
    await update.reply;
    await readHistory(t);
  }),

  scenario("interplay/update by run id", async (t) => {
    const { runId } = await startWorkflow(t);
    await doTask(t);
    const fields = { workflowExecution: { workflowId: t.id("workflow"), runId }, firstExecutionRunId: runId };
    const update = beginUpdate(t, "update", "COMPLETED", { fields });
    const task = await pollWorkflowTask(t);
    const [request] = requestsOf(task);
    const answer = together(acceptance(request!), completion(request!));
    await completeTask(t, task, [...answer.commands, continueAsNew()], { messages: answer.messages });
    await update.reply;
    await beginUpdate(t, "another", "COMPLETED", { fields, note: "the run is closed" }).reply;
    await pollUpdate(t, "update", "COMPLETED", { note: "the current run does not know it" }).reply;
  }),

  scenario("interplay/update with links and a request id", async (t) => {
    await startWorkflow(t);
    await doTask(t);
    const links = [
      {
        workflowEvent: {
          namespace: "default",
          workflowId: "other",
          runId: "11111111-1111-4111-8111-111111111111",
          eventRef: { eventId: "1", eventType: "WORKFLOW_EXECUTION_STARTED" },
        },
      },
    ];
    const request = {
      meta: { updateId: "update", identity: "client@test" },
      input: { name: "change", header: { fields: { h: payload(1) } } },
      requestId: t.id("request"),
      links,
    };
    const update = beginUpdate(t, "update", "COMPLETED", { fields: { request } });
    const task = await pollWorkflowTask(t);
    const [sent] = requestsOf(task);
    const answer = together(acceptance(sent!), completion(sent!));
    await completeTask(t, task, answer.commands, { messages: answer.messages });
    await update.reply;
    await readHistory(t);
  }),

  scenario("interplay/query while an update waits for its worker", async (t) => {
    await startWorkflow(t);
    await doTask(t);
    const update = beginUpdate(t, "update");
    const task = await pollWorkflowTask(t);
    const query = queryWorkflow(t, "state");
    await t.sleep(300);
    const [request] = requestsOf(task);
    const answer = together(acceptance(request!), completion(request!));
    await completeTask(t, task, answer.commands, { messages: answer.messages });
    await update.reply;
    const next = await pollWorkflowTask(t);
    if (next.query !== undefined) {
      await respondQuery(t, next, { completedType: "ANSWERED", queryResult: payloads("state") });
    } else {
      const ids = Object.keys((next.queries ?? {}) as object);
      const queryResults = Object.fromEntries(
        ids.map((id) => [id, { resultType: "ANSWERED", answer: payloads("state") }]),
      );
      await completeTask(t, next, [], { queryResults });
    }
    await query.reply;
  }),
];

export const interplay: Scenario[] = [...tasks, ...activitiesAndTimers, ...chains, ...families, ...updatesToo];
