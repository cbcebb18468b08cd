/** Runs of one workflow: continue-as-new, retry, cron, delayed and eager starts, time-outs. */
import { scenario } from "../scenario.ts";
import type { Scenario } from "../scenario.ts";
import {
  applicationFailure,
  cancelWorkflow,
  completeWorkflow,
  continueAsNew,
  failWorkflow,
  startTimer,
} from "../steps/commands.ts";
import { activityCommand } from "../steps/activity.ts";
import { payload, payloads } from "../steps/payload.ts";
import {
  cancelRequest,
  describeWorkflow,
  readHistory,
  signalWorkflow,
  startWorkflow,
  terminateWorkflow,
} from "../steps/workflow.ts";
import {
  beginWorkflowTaskPoll,
  completeTask,
  doTask,
  failTask,
  pollWorkflowTask,
  stickyAttributes,
} from "../steps/workflow-task.ts";
import type { Plain } from "../wire-format.ts";

const everything: Plain = {
  input: payloads("first"),
  workflowExecutionTimeout: "100s",
  workflowRunTimeout: "50s",
  workflowTaskTimeout: "7s",
  retryPolicy: { maximumAttempts: 3, initialInterval: "1s" },
  memo: { fields: { note: payload("remember") } },
  searchAttributes: { indexedFields: { BatcherUser: payload("someone") } },
  header: { fields: { trace: payload("context") } },
  priority: { priorityKey: 2, fairnessKey: "tenant" },
  userMetadata: { summary: payload("summary") },
};

const continued: Scenario[] = [
  scenario("continue as new/defaults", async (t) => {
    const { runId } = await startWorkflow(t);
    await doTask(t, [continueAsNew()]);
    await readHistory(t, { runId: runId as string });
    await readHistory(t, { until: "WORKFLOW_TASK_SCHEDULED" });
    await describeWorkflow(t);
    await describeWorkflow(t, { runId });
  }),

  scenario("continue as new/what is carried", async (t) => {
    const { runId } = await startWorkflow(t, everything);
    await t.sleep(1100); // A run of a second and more leaves no backoff to the next.
    await doTask(t, [continueAsNew()]);
    await readHistory(t, { runId: runId as string });
    await readHistory(t);
    await describeWorkflow(t);
  }),

  scenario("continue as new/what is given", async (t) => {
    const { runId } = await startWorkflow(t, everything);
    await doTask(t, [
      continueAsNew({
        workflowType: { name: "Other" },
        taskQueue: { name: t.id("other-queue") },
        input: payloads("second"),
        workflowRunTimeout: "500s",
        workflowTaskTimeout: "9s",
        backoffStartInterval: "2s",
        retryPolicy: { maximumAttempts: 5 },
        initiator: "WORKFLOW",
        failure: applicationFailure("continued"),
        lastCompletionResult: payloads("so far"),
        header: { fields: { trace: payload("new") } },
        memo: { fields: { note: payload("new") } },
        searchAttributes: { indexedFields: { BatcherUser: payload("other") } },
      }),
    ]);
    await readHistory(t, { runId: runId as string });
    await readHistory(t);
    await describeWorkflow(t);
  }),

  scenario("continue as new/backoff", async (t) => {
    await startWorkflow(t);
    await doTask(t, [continueAsNew({ backoffStartInterval: "1s" })]);
    await readHistory(t);
    await doTask(t, [completeWorkflow()]);
    await readHistory(t);
  }),

  scenario("continue as new/a chain of three", async (t) => {
    await startWorkflow(t, { input: payloads(1) });
    await doTask(t, [continueAsNew({ input: payloads(2) })]);
    await doTask(t, [continueAsNew({ input: payloads(3) })]);
    await doTask(t, [completeWorkflow("third")]);
    await readHistory(t);
    await describeWorkflow(t);
  }),

  scenario("continue as new/leaves activities and timers behind", async (t) => {
    const { runId } = await startWorkflow(t);
    await doTask(t, [activityCommand(t), startTimer("timer", "1s"), continueAsNew()]);
    await readHistory(t, { runId: runId as string });
  }),

  scenario("continue as new/with return of a new task", async (t) => {
    await startWorkflow(t);
    await t.sleep(1100); // A run of a second and more leaves no backoff to the next.
    const task = await pollWorkflowTask(t);
    await completeTask(t, task, [continueAsNew()], {
      returnNewWorkflowTask: true,
      stickyAttributes: stickyAttributes(t),
    });
    await describeWorkflow(t);
  }),
];

const retried: Scenario[] = [
  scenario("workflow retry/fails, then completes", async (t) => {
    const { runId } = await startWorkflow(t, {
      retryPolicy: { initialInterval: "1s", maximumAttempts: 3 },
      input: payloads("in"),
      memo: { fields: { m: payload(1) } },
    });
    await doTask(t, [failWorkflow(applicationFailure("first"))]);
    await readHistory(t, { runId: runId as string });
    await readHistory(t, { note: "the second run waits" });
    await describeWorkflow(t);
    await doTask(t, [completeWorkflow("second")]);
    await readHistory(t);
  }),

  scenario("workflow retry/attempts used up", async (t) => {
    await startWorkflow(t, { retryPolicy: { initialInterval: "1s", maximumAttempts: 2 } });
    await doTask(t, [failWorkflow(applicationFailure("first"))]);
    await doTask(t, [failWorkflow(applicationFailure("second"))]);
    await readHistory(t);
  }),

  scenario("workflow retry/failures that are not retried", async (t) => {
    const cases: Record<string, Plain> = {
      "non-retryable flag": applicationFailure("a", { nonRetryable: true }),
      "non-retryable type": applicationFailure("b", { type: "Fatal" }),
      "canceled failure": { message: "c", canceledFailureInfo: {} },
      "terminated failure": { message: "d", terminatedFailureInfo: {} },
    };
    for (const [name, failure] of Object.entries(cases)) {
      await startWorkflow(t, {
        workflowId: t.id(name),
        taskQueue: { name: t.id(name) },
        retryPolicy: { initialInterval: "1s", nonRetryableErrorTypes: ["Fatal"] },
      });
      await doTask(t, [failWorkflow(failure)], {}, { queue: name });
      await readHistory(t, { workflowId: t.id(name) });
    }
  }),

  scenario("workflow retry/next retry delay from the failure", async (t) => {
    await startWorkflow(t, { retryPolicy: { initialInterval: "100s" } });
    await doTask(t, [failWorkflow(applicationFailure("soon", { nextRetryDelay: "1s" }))]);
    await readHistory(t);
  }),

  scenario("workflow retry/run timeout is retried", async (t) => {
    const { runId } = await startWorkflow(t, {
      workflowRunTimeout: "1s",
      retryPolicy: { initialInterval: "1s", maximumAttempts: 2 },
    });
    await readHistory(t, { runId: runId as string, until: "WORKFLOW_EXECUTION_TIMED_OUT" });
    await readHistory(t);
  }),

  scenario("workflow retry/not beyond the execution timeout", async (t) => {
    await startWorkflow(t, { workflowExecutionTimeout: "10s", retryPolicy: { initialInterval: "60s" } });
    await doTask(t, [failWorkflow()]);
    await readHistory(t);
  }),

  scenario("workflow retry/cancel and complete end the chain", async (t) => {
    await startWorkflow(t, { retryPolicy: { initialInterval: "1s" } });
    await doTask(t, [cancelWorkflow()]);
    await readHistory(t);
  }),

  scenario("workflow retry/terminated while it waits", async (t) => {
    await startWorkflow(t, { retryPolicy: { initialInterval: "100s" } });
    await doTask(t, [failWorkflow()]);
    await signalWorkflow(t, "early");
    await cancelRequest(t);
    await readHistory(t);
    await terminateWorkflow(t);
    await readHistory(t);
  }),
];

const crons: Scenario[] = [
  scenario("cron/starts with a backoff", async (t) => {
    t.mask("firstWorkflowTaskBackoff");
    await startWorkflow(t, { cronSchedule: "0 12 1 1 *", input: payloads("in") });
    await readHistory(t);
    await describeWorkflow(t);
    await signalWorkflow(t, "early");
    await readHistory(t);
  }),

  scenario(
    "cron/every second",
    async (t) => {
      t.mask("firstWorkflowTaskBackoff", "backoffStartInterval");
      const { runId } = await startWorkflow(t, { cronSchedule: "@every 1s", input: payloads("in") });
      await doTask(t, [completeWorkflow("first")]);
      await readHistory(t, { runId: runId as string });
      await doTask(t, [failWorkflow(applicationFailure("second"))]);
      const third = await pollWorkflowTask(t, { note: "has the first result and the last failure" });
      await completeTask(t, third, [cancelWorkflow()]);
      await readHistory(t, { runId: (third.workflowExecution as { runId: string }).runId });
      await t.silently("TerminateWorkflowExecution", {
        namespace: t.namespace,
        workflowExecution: { workflowId: t.id("workflow") },
      });
    },
    { slow: true },
  ),

  scenario("cron/with retry", async (t) => {
    t.mask("firstWorkflowTaskBackoff", "backoffStartInterval");
    const { runId } = await startWorkflow(t, {
      cronSchedule: "@every 1s",
      retryPolicy: { initialInterval: "1s", maximumAttempts: 2 },
    });
    await doTask(t, [failWorkflow(applicationFailure("first attempt"))]);
    await readHistory(t, { runId: runId as string });
    await doTask(t, [failWorkflow(applicationFailure("second attempt"))]);
    await readHistory(t, { note: "back on the schedule" });
    await terminateWorkflow(t);
  }),

  scenario("cron/continue as new by the workflow", async (t) => {
    t.mask("firstWorkflowTaskBackoff", "backoffStartInterval");
    const { runId } = await startWorkflow(t, { cronSchedule: "@every 1s" });
    const task = await pollWorkflowTask(t);
    await t.sleep(1100); // A run of a second and more leaves no backoff to the next.
    await completeTask(t, task, [continueAsNew()]);
    await readHistory(t, { runId: runId as string });
    await readHistory(t);
    await terminateWorkflow(t);
  }),

  scenario("cron/run timeout", async (t) => {
    t.mask("firstWorkflowTaskBackoff", "backoffStartInterval");
    const { runId } = await startWorkflow(t, { cronSchedule: "@every 1s", workflowRunTimeout: "1s" });
    await readHistory(t, { runId: runId as string, until: "WORKFLOW_EXECUTION_TIMED_OUT" });
    await readHistory(t);
    await terminateWorkflow(t);
  }),
];

const starts: Scenario[] = [
  scenario("start delay/first task comes late", async (t) => {
    await startWorkflow(t, { workflowStartDelay: "1s" });
    await readHistory(t);
    await describeWorkflow(t);
    const task = await pollWorkflowTask(t);
    await completeTask(t, task, [completeWorkflow()]);
    await readHistory(t);
    await describeWorkflow(t);
  }),

  scenario("start delay/canceled and terminated meanwhile", async (t) => {
    await startWorkflow(t, { workflowStartDelay: "100s" });
    await cancelRequest(t);
    await readHistory(t);
    await terminateWorkflow(t);
    await readHistory(t);
  }),

  scenario("start delay/timeouts count from the end of the delay", async (t) => {
    await startWorkflow(t, { workflowStartDelay: "2s", workflowRunTimeout: "1s", workflowExecutionTimeout: "1s" });
    await readHistory(t, { until: "WORKFLOW_EXECUTION_TIMED_OUT" });
    await describeWorkflow(t);
  }),

  scenario("eager start/task in the reply", async (t) => {
    const { eagerWorkflowTask } = await startWorkflow(t, { requestEagerExecution: true });
    await describeWorkflow(t);
    await startWorkflow(t, { requestEagerExecution: true }, { note: "the same request again" });
    await beginWorkflowTaskPoll(t, { deadlineMs: 2500, note: "nothing on the queue" }).reply;
    await completeTask(t, eagerWorkflowTask, [completeWorkflow()]);
    await startWorkflow(t, { requestEagerExecution: true }, { note: "the same request when closed" });
    await readHistory(t);
  }),

  scenario("eager start/task that fails", async (t) => {
    const { eagerWorkflowTask } = await startWorkflow(t, { requestEagerExecution: true });
    await failTask(t, eagerWorkflowTask);
    await startWorkflow(t, { requestEagerExecution: true }, { note: "the same request, later attempt" });
    await doTask(t, [completeWorkflow()]);
    await readHistory(t);
  }),

  scenario("eager start/not with a delay or a conflict", async (t) => {
    await startWorkflow(t, { requestEagerExecution: true, workflowStartDelay: "100s" });
    await startWorkflow(t, {
      requestEagerExecution: true,
      requestId: t.id("second"),
      workflowIdConflictPolicy: "USE_EXISTING",
    });
    await startWorkflow(t, {
      requestEagerExecution: true,
      requestId: t.id("third"),
      workflowIdConflictPolicy: "TERMINATE_EXISTING",
    });
    await readHistory(t);
  }),

  scenario("timeouts/run", async (t) => {
    await startWorkflow(t, { workflowRunTimeout: "1s" });
    await readHistory(t, { until: "WORKFLOW_EXECUTION_TIMED_OUT" });
    await describeWorkflow(t);
  }),

  scenario("timeouts/run, while a workflow task is started", async (t) => {
    await startWorkflow(t, { workflowRunTimeout: "3s" });
    await t.sleep(800); // The task may take as long as the run, and must not end first.
    const task = await pollWorkflowTask(t);
    await signalWorkflow(t, "buffered");
    await readHistory(t, { until: "WORKFLOW_EXECUTION_TIMED_OUT" });
    await completeTask(t, task);
  }),

  scenario("timeouts/execution, over a chain", async (t) => {
    await startWorkflow(t, { workflowExecutionTimeout: "4s" });
    await t.sleep(1100); // A run of a second and more leaves no backoff to the next.
    await doTask(t, [continueAsNew()]);
    await readHistory(t, { until: "WORKFLOW_EXECUTION_TIMED_OUT" });
    await describeWorkflow(t);
  }),
];

export const runs: Scenario[] = [...continued, ...retried, ...crons, ...starts];
