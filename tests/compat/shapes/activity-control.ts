import type { AsyncCompletionClient, WorkflowFailedError } from "@temporalio/client";
import { ActivityNotFoundError } from "@temporalio/client";
import { ActivityFailure, ApplicationFailure, CancelledFailure } from "@temporalio/common";
import { expect } from "vitest";
import { rejectionOf } from "../harness/rejection.ts";
import { tokenOf } from "../activities.ts";
import { countOf, eventName, expectInOrder, milestones } from "../harness/history-events.ts";
import type { Shape, World } from "../harness/world.ts";
import * as workflows from "../workflows/index.ts";

type Type = "TRY_CANCEL" | "WAIT_CANCELLATION_COMPLETED" | "ABANDON";

const cancellationRows: {
  type: Type;
  then: "confirm" | "complete";
  outcome: string;
  events: string[];
  absent: string;
}[] = [
  {
    type: "TRY_CANCEL",
    then: "confirm",
    outcome: "failed: CancelledFailure",
    events: [
      "ActivityTaskScheduled",
      "WorkflowExecutionSignaled",
      "ActivityTaskCancelRequested",
      "WorkflowExecutionCompleted",
    ],
    absent: "ActivityTaskCompleted",
  },
  {
    type: "WAIT_CANCELLATION_COMPLETED",
    then: "confirm",
    outcome: "failed: CancelledFailure",
    events: [
      "ActivityTaskCancelRequested",
      "ActivityTaskStarted",
      "ActivityTaskCanceled",
      "WorkflowExecutionCompleted",
    ],
    absent: "ActivityTaskCompleted",
  },
  {
    type: "WAIT_CANCELLATION_COMPLETED",
    then: "complete",
    outcome: "completed: finished all the same",
    events: [
      "ActivityTaskCancelRequested",
      "ActivityTaskStarted",
      "ActivityTaskCompleted",
      "WorkflowExecutionCompleted",
    ],
    absent: "ActivityTaskCanceled",
  },
  {
    type: "ABANDON",
    then: "confirm",
    outcome: "failed: CancelledFailure",
    events: ["ActivityTaskScheduled", "WorkflowExecutionSignaled", "WorkflowExecutionCompleted"],
    absent: "ActivityTaskCancelRequested",
  },
];

/** An activity that waits to be completed by others, and the two ways to name it. */
async function startElsewhere(world: World, name: string) {
  const handle = await world.client.workflow.start(workflows.runActivity, {
    workflowId: world.id(name),
    taskQueue: world.taskQueue,
    args: [
      {
        name: "completeElsewhere",
        options: {
          activityId: "elsewhere",
          startToCloseTimeout: "30s",
          heartbeatTimeout: "20s",
          cancellationType: "WAIT_CANCELLATION_COMPLETED",
          retry: { maximumAttempts: 1 },
        },
      },
    ],
  });
  return {
    handle,
    token: await tokenOf(handle.workflowId),
    fullId: { workflowId: handle.workflowId, activityId: "elsewhere" },
  };
}

type Named = Uint8Array & { workflowId: string; activityId: string };

const completionRows: { by: "token" | "id"; name: (started: Awaited<ReturnType<typeof startElsewhere>>) => Named }[] = [
  { by: "token", name: ({ token }) => token as Named },
  { by: "id", name: ({ fullId }) => fullId as Named },
];

function completions(world: World): AsyncCompletionClient {
  return world.client.activity;
}

export const activityControl: Shape[] = [
  ...cancellationRows.map((row): Shape => ({
    name: `a running activity is cancelled by ${row.type} and then would ${row.then}`,
    async run(world) {
      const handle = await world.client.workflow.start(workflows.cancelActivity, {
        workflowId: world.id(`cancel-${row.type}`),
        taskQueue: world.taskQueue,
        args: [
          {
            name: "heartbeatUntilCancelled",
            args: [row.then],
            options: { startToCloseTimeout: "20s", heartbeatTimeout: "5s", retry: { maximumAttempts: 1 } },
            type: row.type,
          },
        ],
      });
      await world.untilEvent(handle.workflowId, (events) => countOf(events, "ActivityTaskScheduled") === 1);
      await handle.signal(workflows.cancelNow);
      expect(await handle.result()).toBe(row.outcome);
      const events = await world.history(handle);
      expectInOrder(events, row.events);
      expect(countOf(events, row.absent)).toBe(0);
    },
  })),
  {
    name: "an activity that no worker has taken is cancelled at once",
    async run(world) {
      const handle = await world.client.workflow.start(workflows.cancelActivity, {
        workflowId: world.id("cancel-unstarted"),
        taskQueue: world.taskQueue,
        args: [
          {
            name: "greet",
            args: ["nobody"],
            options: { startToCloseTimeout: "20s", taskQueue: "compat-nobody-polls" },
            type: "WAIT_CANCELLATION_COMPLETED",
          },
        ],
      });
      await handle.signal(workflows.cancelNow);
      expect(await handle.result()).toBe("failed: CancelledFailure");
      const events = await world.history(handle);
      expect(countOf(events, "ActivityTaskStarted")).toBe(0);
      if (countOf(events, "ActivityTaskScheduled") > 0) {
        expectInOrder(events, [
          "ActivityTaskScheduled",
          "ActivityTaskCancelRequested",
          "ActivityTaskCanceled",
          "WorkflowExecutionCompleted",
        ]);
      }
    },
  },
  ...completionRows.flatMap(({ by, name }): Shape[] => [
    {
      name: `an activity is heartbeated and completed by ${by}`,
      async run(world) {
        const started = await startElsewhere(world, `complete-by-${by}`);
        await completions(world).heartbeat(name(started), { progress: "half" });
        await completions(world).complete(name(started), "from elsewhere");
        expect(await started.handle.result()).toBe("from elsewhere");
        expect(await rejectionOf(completions(world).complete(name(started), "too late"))).toBeInstanceOf(
          ActivityNotFoundError,
        );
        expectInOrder(await world.history(started.handle), [
          "ActivityTaskStarted",
          "ActivityTaskCompleted",
          "WorkflowExecutionCompleted",
        ]);
      },
    },
    {
      name: `an activity is failed by ${by}`,
      async run(world) {
        const started = await startElsewhere(world, `fail-by-${by}`);
        await completions(world).fail(
          name(started),
          ApplicationFailure.create({ message: "failed elsewhere", type: "Elsewhere" }),
        );
        const error = (await started.handle.result().catch((thrown: unknown) => thrown)) as WorkflowFailedError;
        expect(error.cause?.cause).toMatchObject({ type: "Elsewhere" });
        expect(milestones(await world.history(started.handle)).slice(-2)).toEqual([
          "ActivityTaskFailed",
          "WorkflowExecutionFailed",
        ]);
      },
    },
    {
      name: `a cancelled activity is reported as cancelled by ${by}`,
      async run(world) {
        const started = await startElsewhere(world, `cancel-by-${by}`);
        await started.handle.cancel();
        await world.untilEvent(
          started.handle.workflowId,
          (events) => countOf(events, "ActivityTaskCancelRequested") === 1,
        );
        expect(await rejectionOf(completions(world).heartbeat(name(started)))).toMatchObject({
          name: "ActivityCancelledError",
        });
        await completions(world).reportCancellation(name(started), "gave up");
        const error = (await started.handle.result().catch((thrown: unknown) => thrown)) as WorkflowFailedError;
        expect(error.cause).toBeInstanceOf(CancelledFailure);
        expectInOrder(await world.history(started.handle), [
          "WorkflowExecutionCancelRequested",
          "ActivityTaskCancelRequested",
          "ActivityTaskCanceled",
          "WorkflowExecutionCanceled",
        ]);
      },
    },
  ]),
  {
    name: "a local activity leaves a marker and nothing else",
    async run(world) {
      const handle = await world.client.workflow.start(workflows.greetLocally, {
        workflowId: world.id("local"),
        taskQueue: world.taskQueue,
        args: ["local"],
      });
      expect(await handle.result()).toBe("hello local");
      expect((await world.history(handle)).map(eventName)).toEqual([
        "WorkflowExecutionStarted",
        "WorkflowTaskScheduled",
        "WorkflowTaskStarted",
        "WorkflowTaskCompleted",
        "MarkerRecorded",
        "WorkflowExecutionCompleted",
      ]);
    },
  },
  {
    name: "local activities are retried, fail, and run by the dozen",
    async run(world) {
      const options = { taskQueue: world.taskQueue };
      const [retried, failed, many] = await Promise.all([
        world.client.workflow.execute(workflows.retryLocally, {
          ...options,
          workflowId: world.id("local-retry"),
          args: [3],
        }),
        world.client.workflow.execute(workflows.failLocally, { ...options, workflowId: world.id("local-fail") }),
        world.client.workflow.execute(workflows.manyLocally, {
          ...options,
          workflowId: world.id("local-many"),
          args: [12],
        }),
      ]);
      expect([retried, failed, many]).toEqual([3, "on purpose", 12]);
    },
  },
  {
    name: "a long local activity keeps its workflow task alive by heartbeats",
    async run(world) {
      const handle = await world.client.workflow.start(workflows.stayLocalFor, {
        workflowId: world.id("local-long"),
        taskQueue: world.taskQueue,
        args: [7000],
        workflowTaskTimeout: "4s",
      });
      expect(await handle.result()).toBe(7000);
      const events = await world.history(handle);
      expect(countOf(events, "WorkflowTaskCompleted")).toBeGreaterThan(2);
      expect(countOf(events, "WorkflowTaskTimedOut")).toBe(0);
    },
  },
  {
    name: "a workflow fails with the failure of its activity around the cause",
    async run(world) {
      const handle = await world.client.workflow.start(workflows.runActivity, {
        workflowId: world.id("wrapped"),
        taskQueue: world.taskQueue,
        args: [{ name: "noSuchActivity", options: { startToCloseTimeout: "5s", retry: { maximumAttempts: 1 } } }],
      });
      const error = (await handle.result().catch((thrown: unknown) => thrown)) as WorkflowFailedError;
      expect(error.cause).toBeInstanceOf(ActivityFailure);
      expect((error.cause as ActivityFailure).activityType).toBe("noSuchActivity");
    },
  },
];
