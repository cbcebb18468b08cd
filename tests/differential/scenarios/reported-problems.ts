/** The search attribute that tells of workflows whose tasks fail again and again. */
import type { Conversation } from "../conversation.ts";
import { scenario } from "../scenario.ts";
import type { Scenario } from "../scenario.ts";
import { startTimer, upsertSearchAttributes } from "../steps/commands.ts";
import { payload } from "../steps/payload.ts";
import { beginUpdate } from "../steps/update.ts";
import { describeWorkflow, readHistory, signalWorkflow, startWorkflow, terminateWorkflow } from "../steps/workflow.ts";
import {
  beginWorkflowTaskPoll,
  completeTask,
  doTask,
  failTask,
  pollWorkflowTask,
  stickyAttributes,
  stickyPoll,
} from "../steps/workflow-task.ts";

async function failTasks(t: Conversation, times: number, cause = "WORKFLOW_WORKER_UNHANDLED_FAILURE"): Promise<void> {
  withoutTimeouts(t);
  for (let time = 1; time <= times; time++) await failTask(t, await pollWorkflowTask(t), { cause });
}

/** From the fourth attempt on the recorded server takes some of a task's time away, at random. */
function withoutTimeouts(t: Conversation): void {
  t.mask("startToCloseTimeout");
}

const badTimer = startTimer("", "1s");

export const reportedProblems: Scenario[] = [
  scenario("reported problems/told after five failures, forgotten after a success", async (t) => {
    await startWorkflow(t);
    await failTasks(t, 4);
    await describeWorkflow(t, {}, { note: "after four" });
    await failTasks(t, 1);
    await describeWorkflow(t, {}, { note: "after five" });
    await t.callWhen(
      "ListWorkflowExecutions",
      {
        namespace: t.namespace,
        query: `WorkflowId = '${t.id("workflow")}' AND TemporalReportedProblems = 'category=WorkflowTaskFailed'`,
      },
      (reply) => reply.executions?.length === 1,
    );
    await failTasks(t, 1, "NON_DETERMINISTIC_ERROR");
    await describeWorkflow(t, {}, { note: "after six, the last for another cause" });
    await doTask(t);
    await describeWorkflow(t, {}, { note: "after a success" });
    await readHistory(t);
  }),

  scenario("reported problems/with other search attributes", async (t) => {
    await startWorkflow(t, { searchAttributes: { indexedFields: { BatcherUser: payload("someone") } } });
    await failTasks(t, 5);
    await describeWorkflow(t);
    await doTask(t, [upsertSearchAttributes({ BatcherUser: payload("other") })]);
    await describeWorkflow(t);
  }),

  scenario("reported problems/by tasks that fail for their commands", async (t) => {
    await startWorkflow(t);
    await completeTask(t, await pollWorkflowTask(t), [badTimer]);
    await failTasks(t, 4);
    await describeWorkflow(t);
  }),

  scenario(
    "reported problems/by time-outs",
    async (t) => {
      withoutTimeouts(t);
      await startWorkflow(t, { workflowTaskTimeout: "1s" });
      for (let time = 1; time <= 5; time++) await pollWorkflowTask(t);
      await t.callWhen(
        "DescribeWorkflowExecution",
        { namespace: t.namespace, execution: { workflowId: t.id("workflow") } },
        (reply) => reply.pendingWorkflowTask?.attempt === 6,
      );
      await readHistory(t);
    },
    { slow: true },
  ),

  scenario("reported problems/signals between the failures", async (t) => {
    await startWorkflow(t);
    await failTasks(t, 3);
    await signalWorkflow(t, "signal");
    await failTasks(t, 2);
    await describeWorkflow(t, {}, { note: "five in all" });
    await failTasks(t, 3);
    await describeWorkflow(t, {}, { note: "eight in all" });
    await signalWorkflow(t, "second");
    await failTasks(t, 1);
    await describeWorkflow(t, {}, { note: "and one after another signal" });
    await readHistory(t);
  }),

  scenario("reported problems/signals while the tasks that fail are started", async (t) => {
    await startWorkflow(t);
    for (let time = 1; time <= 6; time++) {
      const task = await pollWorkflowTask(t);
      await signalWorkflow(t, `signal-${time}`);
      await failTask(t, task);
    }
    await describeWorkflow(t);
  }),

  scenario("reported problems/on a sticky queue", async (t) => {
    await startWorkflow(t);
    await doTask(t, [], { stickyAttributes: stickyAttributes(t) });
    const poll = beginWorkflowTaskPoll(t, stickyPoll(t));
    await signalWorkflow(t, "signal");
    await failTask(t, await poll.reply);
    await failTasks(t, 4);
    await describeWorkflow(t, {}, { note: "after five, the first sticky" });
    await failTasks(t, 1);
    await describeWorkflow(t, {}, { note: "after six" });
  }),

  scenario("reported problems/the cause is that of the last failure in the history", async (t) => {
    await startWorkflow(t);
    await failTasks(t, 1, "NON_DETERMINISTIC_ERROR");
    await failTasks(t, 2);
    await signalWorkflow(t, "signal");
    await failTasks(t, 1, "RESET_STICKY_TASK_QUEUE");
    await failTasks(t, 1);
    await describeWorkflow(t, {}, { note: "after five" });
    await signalWorkflow(t, "second");
    await failTasks(t, 1, "BAD_BINARY");
    await describeWorkflow(t, {}, { note: "after six" });
    await failTasks(t, 1);
    await describeWorkflow(t, {}, { note: "after seven" });
  }),

  scenario("reported problems/of a run that is terminated while the fifth task is started", async (t) => {
    await startWorkflow(t);
    await failTasks(t, 4);
    await pollWorkflowTask(t);
    await terminateWorkflow(t);
    await describeWorkflow(t);
  }),

  scenario("reported problems/of a run that is retried", async (t) => {
    await startWorkflow(t, {
      workflowRunTimeout: "2s",
      retryPolicy: { initialInterval: "1s", maximumAttempts: 2 },
      searchAttributes: { indexedFields: { BatcherUser: payload("someone") } },
    });
    await failTasks(t, 5);
    await t.callWhen(
      "DescribeWorkflowExecution",
      { namespace: t.namespace, execution: { workflowId: t.id("workflow") } },
      (reply) => reply.workflowExecutionInfo?.historyLength === "2",
    );
    await terminateWorkflow(t);
  }),

  scenario("reported problems/of a run that is terminated", async (t) => {
    await startWorkflow(t);
    await failTasks(t, 5);
    await terminateWorkflow(t);
    await describeWorkflow(t);
  }),

  scenario("reported problems/an update after them", async (t) => {
    await startWorkflow(t);
    await failTasks(t, 5);
    await beginUpdate(t, "update").reply;
    await describeWorkflow(t);
  }),
];
