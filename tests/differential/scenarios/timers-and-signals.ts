/** Timers, signals, cancel, terminate, delete, and the commands that reach other workflows. */
import { scenario } from "../scenario.ts";
import type { Scenario } from "../scenario.ts";
import {
  cancelExternal,
  cancelTimer,
  cancelWorkflow,
  completeWorkflow,
  continueAsNew,
  signalExternal,
  startTimer,
} from "../steps/commands.ts";
import { payload, payloadOfSize, payloads } from "../steps/payload.ts";
import {
  cancelRequest,
  describeRequest,
  describeWorkflow,
  readHistory,
  signalWithStart,
  signalWorkflow,
  startWorkflow,
  terminateWorkflow,
} from "../steps/workflow.ts";
import { completeTask, doTask, pollWorkflowTask } from "../steps/workflow-task.ts";
import type { Plain } from "../wire-format.ts";

const otherRun = "11111111-1111-4111-8111-111111111111";
const longId = "x".repeat(1001);

const timers: Scenario[] = [
  scenario("timers/fired", async (t) => {
    await startWorkflow(t);
    await doTask(t, [startTimer("short", "0.1s"), startTimer("long", "60s")]);
    await doTask(t, [completeWorkflow()]);
    await readHistory(t);
  }),

  scenario("timers/of no length", async (t) => {
    await startWorkflow(t);
    await doTask(t, [startTimer("zero", "0s"), startTimer("absent")]);
    await readHistory(t, {
      until: (events) =>
        events.filter((event) => event.eventType === "TIMER_FIRED").length === 2 ||
        events.some((event) => event.eventType === "WORKFLOW_TASK_FAILED"),
    });
  }),

  scenario("timers/canceled", async (t) => {
    await startWorkflow(t);
    await doTask(t, [
      startTimer("first", "60s"),
      startTimer("same-task", "60s"),
      cancelTimer("same-task"),
      startTimer("same-task", "60s"),
    ]);
    await signalWorkflow(t, "wake");
    await doTask(t, [cancelTimer("first"), completeWorkflow()]);
    await readHistory(t);
  }),

  scenario("timers/canceled after it fired into the buffer", async (t) => {
    await startWorkflow(t);
    await doTask(t, [startTimer("timer", "2s")]);
    await signalWorkflow(t, "wake");
    const task = await pollWorkflowTask(t);
    await t.sleep(2600);
    await completeTask(t, task, [cancelTimer("timer"), completeWorkflow()]);
    await readHistory(t);
  }),

  scenario("timers/canceled in the buffer beside a signal", async (t) => {
    await startWorkflow(t);
    await doTask(t, [startTimer("timer", "2s")]);
    await signalWorkflow(t, "wake");
    const task = await pollWorkflowTask(t);
    await t.sleep(2600);
    await signalWorkflow(t, "meanwhile");
    await completeTask(t, task, [cancelTimer("timer")]);
    await doTask(t, [completeWorkflow()]);
    await readHistory(t);
  }),

  scenario("timers/canceled after it fired for good", async (t) => {
    await startWorkflow(t);
    await doTask(t, [startTimer("timer", "0.1s")]);
    const task = await pollWorkflowTask(t);
    await completeTask(t, task, [cancelTimer("timer")]);
    await readHistory(t);
  }),

  scenario("timers/an id is free again after it fired", async (t) => {
    await startWorkflow(t);
    await doTask(t, [startTimer("timer", "0.1s")]);
    await doTask(t, [startTimer("timer", "0.1s")]);
    await doTask(t, [completeWorkflow()]);
    await readHistory(t);
  }),
];

const signals: Scenario[] = [
  scenario("signals/validation", async (t) => {
    await startWorkflow(t);
    const cases: Record<string, Plain> = {
      "no name": { signalName: "" },
      "name too long": { signalName: longId },
      "no execution": { workflowExecution: undefined },
      "no workflow id": { workflowExecution: {} },
      "workflow id too long": { workflowExecution: { workflowId: longId } },
      "run id that is no UUID": { workflowExecution: { workflowId: t.id("workflow"), runId: "nonsense" } },
      "unknown workflow": { workflowExecution: { workflowId: t.id("unknown") } },
      "unknown run": { workflowExecution: { workflowId: t.id("workflow"), runId: otherRun } },
      "no namespace": { namespace: "" },
      "unknown namespace": { namespace: "no-such-namespace" },
      "request id too long": { requestId: longId },
      "input too large": { input: { payloads: [payloadOfSize(2 * 1024 * 1024 + 1)] } },
      "bad link": { links: [{}] },
    };
    for (const [note, fields] of Object.entries(cases)) await signalWorkflow(t, "signal", fields, { note });
    await readHistory(t);
  }),

  scenario("signals/what an event keeps", async (t) => {
    await startWorkflow(t);
    await signalWorkflow(t, "full", {
      input: payloads("one", { two: 2 }),
      header: { fields: { trace: payload("context") } },
      requestId: t.id("request"),
      control: "control",
      links: [
        {
          workflowEvent: {
            namespace: "default",
            workflowId: "other",
            runId: otherRun,
            requestIdRef: { requestId: "r", eventType: "WORKFLOW_EXECUTION_SIGNALED" },
          },
        },
      ],
    });
    await signalWorkflow(t, "empty");
    await readHistory(t);
    await describeWorkflow(t);
  }),

  scenario("signals/deduplicated by request id", async (t) => {
    await startWorkflow(t);
    await signalWorkflow(t, "signal", { requestId: t.id("same"), input: payloads(1) });
    await signalWorkflow(t, "signal", { requestId: t.id("same"), input: payloads(2) });
    await signalWorkflow(t, "other-name", { requestId: t.id("same") });
    await signalWorkflow(t, "signal", { requestId: t.id("other") });
    await signalWorkflow(t, "signal", { requestId: t.id("start") }, { note: "the id of the start" });
    const task = await pollWorkflowTask(t);
    await signalWorkflow(t, "signal", { requestId: t.id("buffered") });
    await signalWorkflow(t, "signal", { requestId: t.id("buffered") });
    await completeTask(t, task);
    await signalWorkflow(t, "signal", { requestId: t.id("same") });
    await readHistory(t);
  }),

  scenario("signals/to a closed workflow", async (t) => {
    const { runId } = await startWorkflow(t);
    await doTask(t, [completeWorkflow()]);
    await signalWorkflow(t, "late");
    await signalWorkflow(t, "late", { workflowExecution: { workflowId: t.id("workflow"), runId } });
  }),

  scenario("signals/to the current run of a chain", async (t) => {
    const { runId } = await startWorkflow(t);
    await t.sleep(1100); // A run of a second and more leaves no backoff to the next.
    await doTask(t, [continueAsNew()]);
    await signalWorkflow(t, "to-current");
    await signalWorkflow(t, "to-first", { workflowExecution: { workflowId: t.id("workflow"), runId } });
    await readHistory(t);
  }),

  scenario("signals/with start on a new workflow", async (t) => {
    await signalWithStart(t, {
      signalInput: payloads("in"),
      input: payloads("start"),
      header: { fields: { h: payload(1) } },
      memo: { fields: { m: payload(1) } },
    });
    await readHistory(t);
    await signalWithStart(t, { signalInput: payloads("again"), requestId: t.id("second") });
    await readHistory(t);
    await signalWithStart(
      t,
      { signalInput: payloads("repeated"), requestId: t.id("second") },
      { note: "the same request" },
    );
    await signalWithStart(t, { requestId: t.id("start") }, { note: "the request of the start" });
    await readHistory(t);
    await describeWorkflow(t);
  }),

  scenario("signals/with start during a start delay", async (t) => {
    await signalWithStart(t, { workflowStartDelay: "60s" });
    await readHistory(t, { note: "the delay holds although it was signalled" });
    await describeWorkflow(t);
    await signalWorkflow(t, "plain");
    await readHistory(t, { note: "a plain signal does not end the delay" });
    await signalWithStart(t, { requestId: t.id("second") });
    await readHistory(t, { note: "a signal with start does" });
    await doTask(t, [completeWorkflow()]);
    await readHistory(t);
  }),

  scenario("signals/while no workflow task may be scheduled", async (t) => {
    await startWorkflow(t, { workflowStartDelay: "1s" });
    await signalWorkflow(t, "early");
    await cancelRequest(t);
    await readHistory(t);
    await doTask(t, [cancelWorkflow()], {}, { note: "after the delay" });
    await readHistory(t);
  }),
];

const endings: Scenario[] = [
  scenario("cancel/validation", async (t) => {
    await startWorkflow(t);
    const cases: Record<string, Plain> = {
      "no execution": { workflowExecution: undefined },
      "no workflow id": { workflowExecution: {} },
      "run id that is no UUID": { workflowExecution: { workflowId: t.id("workflow"), runId: "nonsense" } },
      "unknown workflow": { workflowExecution: { workflowId: t.id("unknown") } },
      "unknown run": { workflowExecution: { workflowId: t.id("workflow"), runId: otherRun } },
      "another first run": { firstExecutionRunId: otherRun },
      "first run that is no UUID": { firstExecutionRunId: "nonsense" },
      "no namespace": { namespace: "" },
      "unknown namespace": { namespace: "no-such-namespace" },
      "reason too long": { reason: "r".repeat(2000) },
    };
    for (const [note, fields] of Object.entries(cases)) await cancelRequest(t, fields, { note });
    await readHistory(t);
  }),

  scenario("cancel/twice", async (t) => {
    const { runId } = await startWorkflow(t);
    await cancelRequest(t, { reason: "first", requestId: t.id("one"), firstExecutionRunId: runId });
    await cancelRequest(t, { reason: "first", requestId: t.id("one") }, { note: "the same request" });
    await cancelRequest(t, { reason: "second", requestId: t.id("two") }, { note: "another request" });
    await describeWorkflow(t);
    await doTask(t, [cancelWorkflow("gone")]);
    await cancelRequest(t, {}, { note: "closed" });
    await cancelRequest(t, { workflowExecution: { workflowId: t.id("workflow"), runId } }, { note: "closed, by run" });
    await readHistory(t);
    await describeWorkflow(t);
  }),

  scenario("cancel/ignored by the workflow", async (t) => {
    await startWorkflow(t);
    await doTask(t, [startTimer("timer", "60s")]);
    await cancelRequest(t);
    await doTask(t, [completeWorkflow("anyway")]);
    await readHistory(t);
  }),

  scenario("terminate/validation", async (t) => {
    const { runId } = await startWorkflow(t);
    const cases: Record<string, Plain> = {
      "no workflow id": { workflowExecution: {} },
      "run id that is no UUID": { workflowExecution: { workflowId: t.id("workflow"), runId: "nonsense" } },
      "unknown workflow": { workflowExecution: { workflowId: t.id("unknown") } },
      "unknown run": { workflowExecution: { workflowId: t.id("workflow"), runId: otherRun } },
      "another first run": { firstExecutionRunId: otherRun },
      "first run that is no UUID": { firstExecutionRunId: "nonsense" },
      "run and first run": {
        workflowExecution: { workflowId: t.id("workflow"), runId },
        firstExecutionRunId: otherRun,
      },
      "unknown namespace": { namespace: "no-such-namespace" },
      "details too large": { details: { payloads: [payloadOfSize(2 * 1024 * 1024 + 1)] } },
    };
    for (const [note, fields] of Object.entries(cases)) await terminateWorkflow(t, fields, { note });
    await readHistory(t);
  }),

  scenario("terminate/running and closed", async (t) => {
    const { runId } = await startWorkflow(t);
    await terminateWorkflow(t, { reason: "because", details: payloads("details"), firstExecutionRunId: runId });
    await terminateWorkflow(t, {}, { note: "again" });
    await terminateWorkflow(
      t,
      { workflowExecution: { workflowId: t.id("workflow"), runId } },
      { note: "again, by run" },
    );
    await readHistory(t);
    await describeWorkflow(t);
  }),

  scenario("terminate/a later run of the chain by its first run", async (t) => {
    const { runId } = await startWorkflow(t);
    await t.sleep(1100); // A run of a second and more leaves no backoff to the next.
    await doTask(t, [continueAsNew()]);
    await terminateWorkflow(t, { firstExecutionRunId: runId });
    await readHistory(t);
  }),

  scenario("delete/closed", async (t) => {
    await startWorkflow(t);
    await doTask(t, [completeWorkflow()]);
    const execution = { workflowId: t.id("workflow") };
    await t.call("DeleteWorkflowExecution", { namespace: t.namespace, workflowExecution: execution });
    await t.callWhen("DescribeWorkflowExecution", describeRequest(t), (reply) => reply.error !== undefined, {
      waitMs: 90_000,
    });
    await t.call("GetWorkflowExecutionHistory", { namespace: t.namespace, execution });
    await signalWorkflow(t, "late");
    await t.call(
      "DeleteWorkflowExecution",
      { namespace: t.namespace, workflowExecution: execution },
      { note: "again" },
    );
    await startWorkflow(
      t,
      { requestId: t.id("second"), workflowIdReusePolicy: "REJECT_DUPLICATE" },
      { note: "the id is free" },
    );
  }),

  scenario("delete/running", async (t) => {
    const { runId } = await startWorkflow(t);
    await t.call("DeleteWorkflowExecution", {
      namespace: t.namespace,
      workflowExecution: { workflowId: t.id("workflow"), runId },
    });
    await t.callWhen("DescribeWorkflowExecution", describeRequest(t), (reply) => reply.error !== undefined, {
      waitMs: 90_000,
    });
  }),

  scenario("delete/validation", async (t) => {
    const remove = async (note: string, fields: Plain): Promise<void> => {
      await t.call(
        "DeleteWorkflowExecution",
        { namespace: t.namespace, workflowExecution: { workflowId: t.id("workflow") }, ...fields },
        { note },
      );
    };
    await remove("unknown workflow", {});
    await remove("no execution", { workflowExecution: undefined });
    await remove("no workflow id", { workflowExecution: {} });
    await remove("run id that is no UUID", { workflowExecution: { workflowId: "w", runId: "nonsense" } });
    await remove("unknown namespace", { namespace: "no-such-namespace" });
  }),
];

const others: Scenario[] = [
  scenario("external workflows/signal", async (t) => {
    await startWorkflow(t, { workflowId: t.id("target"), taskQueue: { name: t.id("target") } });
    await startWorkflow(t);
    await doTask(t, [
      signalExternal({
        execution: { workflowId: t.id("target") },
        signalName: "hello",
        input: payloads("in"),
        header: { fields: { h: payload(1) } },
        control: "control",
      }),
    ]);
    await readHistory(t, { until: "EXTERNAL_WORKFLOW_EXECUTION_SIGNALED" });
    await readHistory(t, { workflowId: t.id("target") });
  }),

  scenario("external workflows/signal that finds nobody", async (t) => {
    await startWorkflow(t);
    await doTask(t, [signalExternal({ execution: { workflowId: t.id("nobody") }, signalName: "hello" })]);
    await readHistory(t, { until: "SIGNAL_EXTERNAL_WORKFLOW_EXECUTION_FAILED" });
  }),

  scenario("external workflows/signal to a closed workflow", async (t) => {
    await startWorkflow(t, { workflowId: t.id("target"), taskQueue: { name: t.id("target") } });
    await doTask(t, [completeWorkflow()], {}, { queue: "target" });
    await startWorkflow(t);
    await doTask(t, [signalExternal({ execution: { workflowId: t.id("target") }, signalName: "hello" })]);
    await readHistory(t, { until: "SIGNAL_EXTERNAL_WORKFLOW_EXECUTION_FAILED" });
  }),

  scenario("external workflows/signal to itself", async (t) => {
    await startWorkflow(t);
    await doTask(t, [signalExternal({ execution: { workflowId: t.id("workflow") }, signalName: "hello" })]);
    await readHistory(t, {
      until: (events) =>
        events.some(
          (event) =>
            String(event.eventType).startsWith("SIGNAL_EXTERNAL_WORKFLOW_EXECUTION_FAILED") ||
            event.eventType === "EXTERNAL_WORKFLOW_EXECUTION_SIGNALED",
        ),
    });
  }),

  scenario("external workflows/signal to somebody who is not a child", async (t) => {
    await startWorkflow(t, { workflowId: t.id("target"), taskQueue: { name: t.id("target") } });
    await startWorkflow(t);
    await doTask(t, [
      signalExternal({ execution: { workflowId: t.id("target") }, signalName: "hello", childWorkflowOnly: true }),
    ]);
    await readHistory(t, {
      until: (events) => events.some((event) => /SIGNALED$|_FAILED$/.test(String(event.eventType))),
    });
  }),

  scenario("external workflows/signal and close", async (t) => {
    await startWorkflow(t, { workflowId: t.id("target"), taskQueue: { name: t.id("target") } });
    await startWorkflow(t);
    await doTask(t, [
      signalExternal({ execution: { workflowId: t.id("target") }, signalName: "parting" }),
      completeWorkflow(),
    ]);
    await t.sleep(1500);
    await readHistory(t, { workflowId: t.id("target"), note: "the signal died with its sender" });
    await readHistory(t);
  }),

  scenario("external workflows/cancel", async (t) => {
    await startWorkflow(t, { workflowId: t.id("target"), taskQueue: { name: t.id("target") } });
    await startWorkflow(t);
    await doTask(t, [cancelExternal({ workflowId: t.id("target"), reason: "because", control: "control" })]);
    await readHistory(t, { until: "EXTERNAL_WORKFLOW_EXECUTION_CANCEL_REQUESTED" });
    await readHistory(t, { workflowId: t.id("target") });
  }),

  scenario("external workflows/cancel twice", async (t) => {
    await startWorkflow(t, { workflowId: t.id("target"), taskQueue: { name: t.id("target") } });
    await startWorkflow(t);
    await doTask(t, [cancelExternal({ workflowId: t.id("target") })]);
    await doTask(t, [cancelExternal({ workflowId: t.id("target") })]);
    await readHistory(t, {
      until: (events) =>
        events.filter((event) => event.eventType === "EXTERNAL_WORKFLOW_EXECUTION_CANCEL_REQUESTED").length === 2,
    });
    await readHistory(t, { workflowId: t.id("target") });
  }),

  scenario("external workflows/cancel that finds nobody", async (t) => {
    await startWorkflow(t);
    await doTask(t, [cancelExternal({ workflowId: t.id("nobody") })]);
    await readHistory(t, { until: "REQUEST_CANCEL_EXTERNAL_WORKFLOW_EXECUTION_FAILED" });
  }),

  scenario("external workflows/cancel of a closed workflow", async (t) => {
    await startWorkflow(t, { workflowId: t.id("target"), taskQueue: { name: t.id("target") } });
    await doTask(t, [completeWorkflow()], {}, { queue: "target" });
    await startWorkflow(t);
    await doTask(t, [cancelExternal({ workflowId: t.id("target") })]);
    await readHistory(t, {
      until: (events) => events.some((event) => /CANCEL_REQUESTED$|_FAILED$/.test(String(event.eventType))),
    });
  }),

  scenario("external workflows/cancel of itself", async (t) => {
    await startWorkflow(t);
    await doTask(t, [cancelExternal({ workflowId: t.id("workflow") })]);
    await readHistory(t, {
      until: (events) => events.some((event) => /CANCEL_REQUESTED$|_FAILED$/.test(String(event.eventType))),
    });
  }),
];

export const timersAndSignals: Scenario[] = [...timers, ...signals, ...endings, ...others];
