/** In which order tasks leave a queue: priorities, and fairness among keys. */
import type { Conversation } from "../conversation.ts";
import { scenario } from "../scenario.ts";
import type { Scenario } from "../scenario.ts";
import { activityCommand, pollActivityTask } from "../steps/activity.ts";
import { completeWorkflow, startChild } from "../steps/commands.ts";
import { describeWorkflow, readHistory, startWorkflow } from "../steps/workflow.ts";
import { beginWorkflowTaskPoll, doTask, pollWorkflowTask } from "../steps/workflow-task.ts";
import type { Plain } from "../wire-format.ts";

/** Starts one workflow for each priority, named by its place: their tasks come to the queue in this order. */
async function startAll(t: Conversation, priorities: readonly Plain[]): Promise<void> {
  for (const [i, priority] of priorities.entries())
    await startWorkflow(t, { workflowId: t.id(`w${i}`), requestId: t.id(`start-${i}`), priority });
  await waiting(t, priorities.length, "WORKFLOW");
}

async function waiting(t: Conversation, count: number, taskQueueType = "ACTIVITY"): Promise<void> {
  const request = { namespace: t.namespace, taskQueue: { name: t.id("queue") }, taskQueueType, reportStats: true };
  for (let attempt = 0; attempt < 200; attempt++) {
    const reply = await t.silently("DescribeTaskQueue", request);
    if (Number(reply.stats?.approximateBacklogCount ?? 0) === count) return;
    await t.sleep(25);
  }
  throw new Error(`there are never ${count} tasks`);
}

async function takeAll(t: Conversation, count: number): Promise<void> {
  for (let i = 0; i < count; i++) await pollWorkflowTask(t);
}

const keyed = (fairnessKey: string, fairnessWeight?: number): Plain => ({ fairnessKey, fairnessWeight });
const repeat = (priority: Plain, count: number): Plain[] => Array.from({ length: count }, () => priority);

const priorities: Scenario[] = [
  scenario("priorities/first things first", async (t) => {
    await startAll(
      t,
      [5, 4, 3, 2, 1].map((priorityKey) => ({ priorityKey })),
    );
    await takeAll(t, 5);
  }),

  scenario("priorities/within one as they came", async (t) => {
    await startAll(
      t,
      [2, 4, 2, 4, 2].map((priorityKey) => ({ priorityKey })),
    );
    await takeAll(t, 5);
  }),

  scenario("priorities/none is the third", async (t) => {
    await startAll(
      t,
      [4, 0, 3, 0, 2].map((priorityKey) => ({ priorityKey })),
    );
    await takeAll(t, 5);
  }),

  scenario("priorities/beyond the last", async (t) => {
    await startAll(
      t,
      [9, 4, 100].map((priorityKey) => ({ priorityKey })),
    );
    await takeAll(t, 3);
  }),

  scenario("priorities/of activities", async (t) => {
    await startWorkflow(t);
    await doTask(
      t,
      [5, 2, 3, 1, 4].map((priorityKey, i) => activityCommand(t, { activityId: `${i}`, priority: { priorityKey } })),
    );
    await waiting(t, 5);
    for (let i = 0; i < 5; i++) await pollActivityTask(t);
  }),

  scenario("priorities/activities inherit field by field", async (t) => {
    await startWorkflow(t, { priority: { priorityKey: 2, fairnessKey: "tenant", fairnessWeight: 3 } });
    const own = {
      nothing: undefined,
      key: { priorityKey: 5 },
      fairness: { fairnessKey: "mine" },
      weight: { fairnessWeight: 7 },
    };
    await doTask(
      t,
      Object.entries(own).map(([name, priority]) =>
        activityCommand(t, { activityId: name, taskQueue: { name: t.id(name) }, priority }),
      ),
    );
    for (const name of Object.keys(own)) await pollActivityTask(t, { queue: name });
  }),

  scenario("priorities/children inherit field by field", async (t) => {
    await startWorkflow(t, { priority: { priorityKey: 2, fairnessKey: "tenant", fairnessWeight: 3 } });
    await doTask(t, [
      startChild({
        workflowId: t.id("child"),
        workflowType: { name: "Child" },
        taskQueue: { name: t.id("children") },
        priority: { priorityKey: 1 },
      }),
    ]);
    await beginWorkflowTaskPoll(t, { queue: "children" }).reply;
    await describeWorkflow(t, { workflowId: t.id("child") });
  }),

  scenario("priorities/of a run that waits are changed", async (t) => {
    for (const name of ["one", "two"])
      await startWorkflow(t, {
        workflowId: t.id(name),
        requestId: t.id(`start-${name}`),
        priority: { priorityKey: 3 },
      });
    await waiting(t, 2, "WORKFLOW");
    await t.call("UpdateWorkflowExecutionOptions", {
      namespace: t.namespace,
      workflowExecution: { workflowId: t.id("two") },
      workflowExecutionOptions: { priority: { priorityKey: 1, fairnessKey: "late" } },
      updateMask: { paths: ["priority"] },
    });
    await describeWorkflow(t, { workflowId: t.id("two") });
    await t.sleep(300);
    const first = await pollWorkflowTask(t);
    const second = await pollWorkflowTask(t);
    const both = [first, second].map((task) => task.workflowExecution.workflowId as string);
    if (new Set(both).size !== 2) throw new Error(`a task was handed out twice: ${both.join()}`);
    await readHistory(t, { workflowId: t.id("two") });
  }),

  scenario("priorities/of activities that wait are changed with their run", async (t) => {
    await startWorkflow(t, { priority: { priorityKey: 3 } });
    await doTask(t, [activityCommand(t)]);
    await waiting(t, 1);
    await t.call("UpdateWorkflowExecutionOptions", {
      namespace: t.namespace,
      workflowExecution: { workflowId: t.id("workflow") },
      workflowExecutionOptions: { priority: { priorityKey: 5, fairnessKey: "late", fairnessWeight: 2 } },
      updateMask: { paths: ["priority"] },
    });
    await t.sleep(300);
    await pollActivityTask(t);
  }),

  scenario("priorities/are carried on by a continued run", async (t) => {
    await startWorkflow(t, { priority: { priorityKey: 4, fairnessKey: "tenant" } });
    await doTask(t, [
      {
        commandType: "CONTINUE_AS_NEW_WORKFLOW_EXECUTION",
        continueAsNewWorkflowExecutionCommandAttributes: {},
      },
    ]);
    await beginWorkflowTaskPoll(t).reply;
    await describeWorkflow(t);
  }),

  scenario("priorities/are told in a description", async (t) => {
    await startWorkflow(t, { priority: { priorityKey: 1, fairnessKey: "tenant", fairnessWeight: 0.25 } });
    await describeWorkflow(t);
    await doTask(t, [completeWorkflow()]);
    await describeWorkflow(t);
  }),
];

const fairness: Scenario[] = [
  scenario(
    "fairness/keys take turns",
    async (t) => {
      await startAll(t, [...repeat(keyed("a"), 4), ...repeat(keyed("b"), 2)]);
      await takeAll(t, 6);
    },
    { settings: "fairness" },
  ),
  scenario(
    "fairness/no key is a key",
    async (t) => {
      await startAll(t, [...repeat({}, 3), ...repeat(keyed("b"), 2)]);
      await takeAll(t, 5);
    },
    { settings: "fairness" },
  ),
  scenario(
    "fairness/three keys",
    async (t) => {
      await startAll(t, [...repeat(keyed("a"), 3), ...repeat(keyed("b"), 3), ...repeat(keyed("c"), 1)]);
      await takeAll(t, 7);
    },
    { settings: "fairness" },
  ),
  scenario(
    "fairness/priorities go before keys",
    async (t) => {
      await startAll(t, [
        ...repeat({ fairnessKey: "a", priorityKey: 4 }, 2),
        ...repeat({ fairnessKey: "a", priorityKey: 2 }, 3),
        ...repeat({ fairnessKey: "b", priorityKey: 2 }, 1),
        ...repeat({ fairnessKey: "b", priorityKey: 4 }, 1),
      ]);
      await takeAll(t, 7);
    },
    { settings: "fairness" },
  ),
];

/** How the first tasks are shared out is checked here, on every server; in which order is not said. */
const shares: Scenario[] = [
  scenario(
    "fairness/weights of tasks share a queue",
    async (t) => {
      await startAll(t, [...repeat(keyed("light", 1), 12), ...repeat(keyed("heavy", 3), 12)]);
      await takeShare(t, { min: 8, max: 10 });
    },
    { settings: "fairness" },
  ),
  scenario(
    "fairness/weights of the queue go before those of tasks",
    async (t) => {
      await t.call("UpdateTaskQueueConfig", {
        namespace: t.namespace,
        identity: "operator@test",
        taskQueue: t.id("queue"),
        taskQueueType: "WORKFLOW",
        setFairnessWeightOverrides: { heavy: 3 },
      });
      await startAll(t, [...repeat(keyed("light", 1), 12), ...repeat(keyed("heavy", 1), 12)]);
      await takeShare(t, { min: 8, max: 10 });
    },
    { settings: "fairness" },
  ),
];

/** How many of the first twelve tasks are of the second key, whose workflows were started last. */
async function takeShare(t: Conversation, { min, max }: { min: number; max: number }): Promise<void> {
  let share = 0;
  for (let i = 0; i < 12; i++) {
    const task = await t.silently("PollWorkflowTaskQueue", {
      namespace: t.namespace,
      taskQueue: { name: t.id("queue") },
      identity: "worker@test",
    });
    if (task.history.events[0].workflowExecutionStartedEventAttributes.priority.fairnessKey === "heavy") share++;
  }
  if (share < min || share > max) throw new Error(`${share} of 12 tasks, not ${min} to ${max}`);
}

export const prioritiesAndFairness: readonly Scenario[] = [...priorities, ...fairness, ...shares];
