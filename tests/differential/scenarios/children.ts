/** Child workflows: start, conflicts, how each close reaches the parent, and what the parent's close does to them. */
import type { Conversation } from "../conversation.ts";
import { scenario } from "../scenario.ts";
import type { Scenario } from "../scenario.ts";
import {
  applicationFailure,
  cancelExternal,
  cancelWorkflow,
  completeWorkflow,
  continueAsNew,
  failWorkflow,
  signalExternal,
  startChild,
} from "../steps/commands.ts";
import { attribute, payload, payloads } from "../steps/payload.ts";
import { cancelRequest, describeWorkflow, readHistory, startWorkflow, terminateWorkflow } from "../steps/workflow.ts";
import { doTask } from "../steps/workflow-task.ts";
import type { Plain } from "../wire-format.ts";

/** The command for child `child` on queue `child-queue`. */
function childCommand(t: Conversation, fields: Plain = {}): Plain {
  return startChild({
    workflowId: t.id("child"),
    workflowType: { name: "Child" },
    taskQueue: { name: t.id("child-queue") },
    ...fields,
  });
}

const ofChild = { queue: "child-queue" };

/** Parent `workflow` has seen its child start. */
async function parentWithChild(t: Conversation, fields: Plain = {}, start: Plain = {}): Promise<void> {
  await startWorkflow(t, start);
  await doTask(t, [childCommand(t, fields)]);
  await doTask(t);
}

const closes: Record<string, Plain> = {
  completed: completeWorkflow("result"),
  failed: failWorkflow(applicationFailure("child broke")),
  canceled: cancelWorkflow("details"),
};

const starts: Scenario[] = [
  scenario("children/start with defaults", async (t) => {
    await startWorkflow(t, {
      workflowTaskTimeout: "7s",
      workflowRunTimeout: "50s",
      priority: { priorityKey: 2 },
      header: { fields: { h: payload(1) } },
    });
    await doTask(t, [startChild({ workflowId: t.id("child"), workflowType: { name: "Child" } })]);
    await readHistory(t, { until: "CHILD_WORKFLOW_EXECUTION_STARTED" });
    await readHistory(t, { workflowId: t.id("child"), until: "WORKFLOW_TASK_SCHEDULED" });
    await describeWorkflow(t);
    await describeWorkflow(t, { workflowId: t.id("child") });
  }),

  scenario("children/start with everything", async (t) => {
    await startWorkflow(t, { workflowExecutionTimeout: "500s" });
    await doTask(t, [
      childCommand(t, {
        input: payloads("in"),
        workflowExecutionTimeout: "60s",
        workflowRunTimeout: "90s",
        workflowTaskTimeout: "5s",
        parentClosePolicy: "ABANDON",
        control: "control",
        workflowIdReusePolicy: "REJECT_DUPLICATE",
        retryPolicy: { maximumAttempts: 2 },
        header: { fields: { trace: payload("context") } },
        memo: { fields: { note: payload("remember") } },
        searchAttributes: { indexedFields: { BatcherUser: payload("someone") } },
        priority: { priorityKey: 4 },
      }),
    ]);
    await readHistory(t, { until: "CHILD_WORKFLOW_EXECUTION_STARTED" });
    await readHistory(t, { workflowId: t.id("child"), until: "WORKFLOW_TASK_SCHEDULED" });
    await describeWorkflow(t, { workflowId: t.id("child") });
  }),

  scenario("children/id is taken", async (t) => {
    await startWorkflow(t, { workflowId: t.id("child"), taskQueue: { name: t.id("child-queue") } });
    await startWorkflow(t);
    await doTask(t, [childCommand(t)]);
    await readHistory(t, { until: "START_CHILD_WORKFLOW_EXECUTION_FAILED" });
  }),

  scenario("children/id was used and must not be again", async (t) => {
    await startWorkflow(t, { workflowId: t.id("child"), taskQueue: { name: t.id("child-queue") } });
    await doTask(t, [completeWorkflow()], {}, ofChild);
    await startWorkflow(t);
    await doTask(t, [childCommand(t, { workflowIdReusePolicy: "REJECT_DUPLICATE" })]);
    await readHistory(t, { until: "START_CHILD_WORKFLOW_EXECUTION_FAILED" });
  }),

  scenario("children/running workflow is terminated for the child", async (t) => {
    await startWorkflow(t, { workflowId: t.id("child"), taskQueue: { name: t.id("child-queue") } });
    await startWorkflow(t);
    await doTask(t, [childCommand(t, { workflowIdReusePolicy: "TERMINATE_IF_RUNNING" })]);
    await readHistory(t, {
      until: (events) =>
        events.some((event) => /CHILD_WORKFLOW_EXECUTION_(STARTED|FAILED)$/.test(String(event.eventType))),
    });
  }),

  scenario("children/same id twice in one task", async (t) => {
    t.mask("initiatedEventId"); // Which of the two wins is chance.
    await startWorkflow(t);
    await doTask(t, [childCommand(t), childCommand(t)]);
    await readHistory(t, {
      until: (events) =>
        events.some((event) => event.eventType === "START_CHILD_WORKFLOW_EXECUTION_FAILED") &&
        events.some((event) => event.eventType === "CHILD_WORKFLOW_EXECUTION_STARTED"),
    });
  }),

  scenario("children/parent closes in the same task", async (t) => {
    await startWorkflow(t);
    await doTask(t, [childCommand(t), completeWorkflow()]);
    await t.sleep(1000);
    await readHistory(t);
    await describeWorkflow(t, { workflowId: t.id("child") });
  }),

  scenario("children/abandoned child of a parent that closes in the same task", async (t) => {
    await startWorkflow(t);
    await doTask(t, [childCommand(t, { parentClosePolicy: "ABANDON" }), completeWorkflow()]);
    await t.sleep(1000);
    await describeWorkflow(t, { workflowId: t.id("child") }, { note: "it was not started either" });
    await readHistory(t);
  }),

  scenario("children/cron", async (t) => {
    t.mask("firstWorkflowTaskBackoff");
    await parentWithChild(t, { cronSchedule: "0 0 1 1 *" });
    await readHistory(t, { workflowId: t.id("child") });
    await readHistory(t);
  }),
];

const closings: Scenario[] = [
  ...Object.entries(closes).map(([kind, command]) =>
    scenario(`children/${kind}`, async (t) => {
      await parentWithChild(t);
      await doTask(t, [command], {}, ofChild);
      await doTask(t, [completeWorkflow()]);
      await readHistory(t);
      await describeWorkflow(t);
    }),
  ),

  scenario("children/terminated", async (t) => {
    await parentWithChild(t);
    await terminateWorkflow(t, { workflowExecution: { workflowId: t.id("child") } });
    await doTask(t, [completeWorkflow()]);
    await readHistory(t);
  }),

  scenario("children/timed out", async (t) => {
    await parentWithChild(t, { workflowRunTimeout: "1s" });
    await doTask(t, [completeWorkflow()]);
    await readHistory(t);
    await readHistory(t, { workflowId: t.id("child") });
  }),

  scenario("children/continued as new, then completed", async (t) => {
    await parentWithChild(t);
    await doTask(t, [continueAsNew()], {}, ofChild);
    await describeWorkflow(t);
    await doTask(t, [completeWorkflow("of the second run")], {}, ofChild);
    await doTask(t, [completeWorkflow()]);
    await readHistory(t);
    await readHistory(t, { workflowId: t.id("child") });
  }),

  scenario("children/retried, then completed", async (t) => {
    await parentWithChild(t, { retryPolicy: { initialInterval: "1s", maximumAttempts: 2 } });
    await doTask(t, [failWorkflow()], {}, ofChild);
    await doTask(t, [completeWorkflow("second attempt")], {}, ofChild);
    await doTask(t, [completeWorkflow()]);
    await readHistory(t);
    await readHistory(t, { workflowId: t.id("child") });
  }),

  scenario("children/retried until attempts are used up", async (t) => {
    await parentWithChild(t, { retryPolicy: { initialInterval: "1s", maximumAttempts: 2 } });
    await doTask(t, [failWorkflow(applicationFailure("first"))], {}, ofChild);
    await doTask(t, [failWorkflow(applicationFailure("second"))], {}, ofChild);
    await doTask(t, [completeWorkflow()]);
    await readHistory(t);
  }),

  scenario("children/parent continues as new and hears nothing more", async (t) => {
    await parentWithChild(t, { parentClosePolicy: "ABANDON" });
    await cancelRequest(t);
    await doTask(t, [continueAsNew()]);
    await doTask(t, [completeWorkflow()], {}, ofChild);
    await doTask(t, [completeWorkflow()]);
    await readHistory(t);
  }),
];

const policies: Scenario[] = [
  ...(["UNSPECIFIED", "TERMINATE", "ABANDON", "REQUEST_CANCEL"] as const).map((policy) =>
    scenario(`children/parent closes, policy ${policy}`, async (t) => {
      await parentWithChild(t, { parentClosePolicy: policy });
      await describeWorkflow(t);
      await cancelRequest(t);
      await doTask(t, [completeWorkflow()]);
      if (policy === "ABANDON") await t.sleep(500);
      const until = {
        UNSPECIFIED: "WORKFLOW_EXECUTION_TERMINATED",
        TERMINATE: "WORKFLOW_EXECUTION_TERMINATED",
        ABANDON: "WORKFLOW_TASK_SCHEDULED",
        REQUEST_CANCEL: "WORKFLOW_EXECUTION_CANCEL_REQUESTED",
      }[policy];
      await readHistory(t, { workflowId: t.id("child"), until });
      await readHistory(t);
    }),
  ),

  scenario("children/parent is terminated", async (t) => {
    await parentWithChild(t);
    await terminateWorkflow(t, { reason: "because" });
    await readHistory(t, { workflowId: t.id("child"), until: "WORKFLOW_EXECUTION_TERMINATED" });
    await readHistory(t);
  }),

  scenario("children/parent times out", async (t) => {
    await parentWithChild(t, {}, { workflowRunTimeout: "2s" });
    await readHistory(t, { workflowId: t.id("child"), until: "WORKFLOW_EXECUTION_TERMINATED" });
    await readHistory(t);
  }),

  scenario("children/parent continues as new", async (t) => {
    await parentWithChild(t);
    await cancelRequest(t);
    await doTask(t, [continueAsNew()]);
    await readHistory(t, { workflowId: t.id("child"), until: "WORKFLOW_EXECUTION_TERMINATED" });
  }),
];

/** Starts so many children and closes their parent; children are recorded in no order, so all of that is left out. */
async function closeWithChildren(t: Conversation, count: number, fields: Plain): Promise<void> {
  const silentTask = (taskQueue: string): Promise<Plain> =>
    t.silently("PollWorkflowTaskQueue", { namespace: t.namespace, taskQueue: { name: t.id(taskQueue) } });
  const complete = async (task: Plain, commands: Plain[]): Promise<void> => {
    await t.silently("RespondWorkflowTaskCompleted", { namespace: t.namespace, taskToken: task.taskToken, commands });
  };
  const children = Array.from({ length: count }, (_, index) =>
    childCommand(t, { workflowId: t.id(`child-${index}`), ...fields }),
  );
  await startWorkflow(t);
  await complete(await silentTask("queue"), children);
  for (let started = 0; started < count;) {
    const task = await silentTask("queue");
    await complete(task, []);
    const history = await t.silently("GetWorkflowExecutionHistory", {
      namespace: t.namespace,
      execution: { workflowId: t.id("workflow") },
    });
    const events = history.history.events as Plain[];
    started = events.filter((event) => event.eventType === "CHILD_WORKFLOW_EXECUTION_STARTED").length;
  }
  await terminateWorkflow(t);
}

const many: Scenario[] = [
  ...[9, 10].map((count) =>
    scenario(`children/parent of ${count} is terminated`, async (t) => {
      await closeWithChildren(t, count, {});
      await readHistory(t, { workflowId: t.id("child-0"), until: "WORKFLOW_EXECUTION_TERMINATED" });
      await readHistory(t, { workflowId: t.id(`child-${count - 1}`), until: "WORKFLOW_EXECUTION_TERMINATED" });
    }),
  ),

  scenario("children/parent of ten is terminated, policy REQUEST_CANCEL", async (t) => {
    await closeWithChildren(t, 10, { parentClosePolicy: "REQUEST_CANCEL" });
    await readHistory(t, { workflowId: t.id("child-3"), until: "WORKFLOW_EXECUTION_CANCEL_REQUESTED" });
  }),
];

const commands: Scenario[] = [
  scenario("children/canceled by command", async (t) => {
    await startWorkflow(t);
    await doTask(t, [childCommand(t)]);
    await doTask(t, [cancelExternal({ workflowId: t.id("child"), childWorkflowOnly: true, reason: "because" })]);
    await doTask(t, [], {}, { note: "the parent learns that the cancel arrived" });
    await readHistory(t, { workflowId: t.id("child") });
    await readHistory(t);
  }),

  scenario("children/signaled by command", async (t) => {
    await startWorkflow(t);
    await doTask(t, [childCommand(t)]);
    await doTask(t, [
      signalExternal({ execution: { workflowId: t.id("child") }, childWorkflowOnly: true, signalName: "hello" }),
    ]);
    await doTask(t);
    await readHistory(t, { workflowId: t.id("child") });
    await readHistory(t);
  }),

  scenario("children/of children", async (t) => {
    await parentWithChild(t);
    await doTask(
      t,
      [startChild({ workflowId: t.id("grandchild"), workflowType: { name: "Grandchild" } })],
      {},
      ofChild,
    );
    await readHistory(t, { workflowId: t.id("grandchild"), until: "WORKFLOW_TASK_SCHEDULED" });
    await describeWorkflow(t, { workflowId: t.id("grandchild") });
  }),

  scenario("children/search attributes of a child", async (t) => {
    await parentWithChild(t, {
      searchAttributes: {
        indexedFields: { BatcherUser: attribute("Keyword", "a"), BuildIds: attribute("KeywordList", ["b"]) },
      },
    });
    await readHistory(t, { workflowId: t.id("child") });
  }),
];

export const children: Scenario[] = [...starts, ...closings, ...policies, ...many, ...commands];
