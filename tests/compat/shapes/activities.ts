import { WorkflowFailedError } from "@temporalio/client";
import { ActivityFailure, TimeoutFailure } from "@temporalio/common";
import type { ApplicationFailure } from "@temporalio/common";
import { temporal } from "@temporalio/proto";
import { expect } from "vitest";
import { permissionOf, tokenOf } from "../activities.ts";
import { eventually } from "../harness/eventually.ts";
import { countOf, eventName, expectInOrder, firstOf, milestones } from "../harness/history-events.ts";
import type { Shape, World } from "../harness/world.ts";
import * as workflows from "../workflows/index.ts";

const { RetryState, PendingActivityState } = temporal.api.enums.v1;

type Call = Parameters<typeof workflows.runActivity>[0];

async function startCall(world: World, name: string, call: Call) {
  return world.client.workflow.start(workflows.runActivity, {
    workflowId: world.id(name),
    taskQueue: world.taskQueue,
    args: [call],
  });
}

async function failureOf(promise: Promise<unknown>): Promise<ActivityFailure> {
  const error = await promise.then(
    (result) => {
      throw new Error(`completed with ${JSON.stringify(result)}`);
    },
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(WorkflowFailedError);
  expect((error as WorkflowFailedError).cause).toBeInstanceOf(ActivityFailure);
  return (error as WorkflowFailedError).cause as ActivityFailure;
}

type TimeoutRow = { name: string; call: Call; timeoutType: string; retryState: string; last: string };

const timeoutRows: TimeoutRow[] = [
  {
    name: "start-to-close",
    call: { name: "hang", options: { startToCloseTimeout: "500ms", retry: { maximumAttempts: 1 } } },
    timeoutType: "START_TO_CLOSE",
    retryState: "MAXIMUM_ATTEMPTS_REACHED",
    last: "ActivityTaskTimedOut",
  },
  {
    name: "schedule-to-start",
    call: {
      name: "greet",
      options: { startToCloseTimeout: "5s", scheduleToStartTimeout: "500ms", taskQueue: "compat-nobody-polls" },
    },
    timeoutType: "SCHEDULE_TO_START",
    retryState: "TIMEOUT",
    last: "ActivityTaskTimedOut",
  },
  {
    name: "schedule-to-close",
    call: { name: "hang", options: { scheduleToCloseTimeout: "700ms" } },
    timeoutType: "SCHEDULE_TO_CLOSE",
    retryState: "TIMEOUT",
    last: "ActivityTaskTimedOut",
  },
  {
    name: "schedule-to-close, which leaves no time for another attempt,",
    call: {
      name: "hang",
      options: { startToCloseTimeout: "400ms", scheduleToCloseTimeout: "3s", retry: { initialInterval: "10s" } },
    },
    timeoutType: "SCHEDULE_TO_CLOSE",
    retryState: "TIMEOUT",
    last: "ActivityTaskTimedOut",
  },
  {
    name: "heartbeat",
    call: {
      name: "hang",
      options: { startToCloseTimeout: "10s", heartbeatTimeout: "500ms", retry: { maximumAttempts: 1 } },
    },
    timeoutType: "HEARTBEAT",
    retryState: "MAXIMUM_ATTEMPTS_REACHED",
    last: "ActivityTaskTimedOut",
  },
];

export const activityShapes: Shape[] = [
  {
    name: "an activity runs once",
    async run(world) {
      const handle = await world.client.workflow.start(workflows.greetLazily, {
        workflowId: world.id("greet"),
        taskQueue: world.taskQueue,
        args: ["world"],
      });
      expect(await handle.result()).toBe("hello world");
      const events = await world.history(handle);
      expect(events.map(eventName)).toEqual([
        "WorkflowExecutionStarted",
        "WorkflowTaskScheduled",
        "WorkflowTaskStarted",
        "WorkflowTaskCompleted",
        "ActivityTaskScheduled",
        "ActivityTaskStarted",
        "ActivityTaskCompleted",
        "WorkflowTaskScheduled",
        "WorkflowTaskStarted",
        "WorkflowTaskCompleted",
        "WorkflowExecutionCompleted",
      ]);
      expect(firstOf(events, "ActivityTaskScheduled").userMetadata?.summary).toBeTruthy();
    },
  },
  {
    name: "an activity is dispatched eagerly in the reply to the workflow task",
    async run(world) {
      const handle = await world.client.workflow.start(workflows.greetOnce, {
        workflowId: world.id("greet-eagerly"),
        taskQueue: world.taskQueue,
        args: ["eager"],
      });
      expect(await handle.result()).toBe("hello eager");
      expectInOrder(await world.history(handle), [
        "ActivityTaskScheduled",
        "ActivityTaskStarted",
        "ActivityTaskCompleted",
      ]);
    },
  },
  {
    name: "an activity knows its execution, its queue and its time-outs",
    async run(world) {
      const handle = await startCall(world, "info", {
        name: "describeMyself",
        options: {
          startToCloseTimeout: "11s",
          heartbeatTimeout: "6s",
          activityId: "named-by-hand",
          priority: { priorityKey: 4, fairnessKey: "f", fairnessWeight: 1.5 },
        },
      });
      expect(await handle.result()).toEqual({
        activityId: "named-by-hand",
        activityType: "describeMyself",
        attempt: 1,
        namespace: world.namespace,
        workflowId: handle.workflowId,
        workflowType: "runActivity",
        taskQueue: world.taskQueue,
        startToCloseTimeoutMs: 11_000,
        heartbeatTimeoutMs: 6_000,
        priority: { priorityKey: 4, fairnessKey: "f", fairnessWeight: 1.5 },
        isLocal: false,
      });
    },
  },
  {
    name: "an activity is retried until it succeeds, and its history tells of one start",
    async run(world) {
      const handle = await startCall(world, "retry", {
        name: "failUntilAttempt",
        args: [3],
        options: { startToCloseTimeout: "5s", retry: { initialInterval: 30, backoffCoefficient: 1 } },
      });
      expect(await handle.result()).toBe(3);
      const events = await world.history(handle);
      expect(countOf(events, "ActivityTaskStarted")).toBe(1);
      const { activityTaskStartedEventAttributes: started } = firstOf(events, "ActivityTaskStarted");
      expect([started?.attempt, started?.lastFailure?.message]).toEqual([3, "attempt 2 fails"]);
    },
  },
  {
    name: "an activity is not retried when its failure says so",
    async run(world) {
      const handle = await startCall(world, "non-retryable", {
        name: "failWith",
        args: [{ type: "Fatal", nonRetryable: true }],
        options: { startToCloseTimeout: "5s" },
      });
      const failure = await failureOf(handle.result());
      expect([failure.retryState, (failure.cause as ApplicationFailure).type]).toEqual([
        "NON_RETRYABLE_FAILURE",
        "Fatal",
      ]);
      expect((failure.cause as ApplicationFailure).details).toEqual(["detail", 42]);
      expect(milestones(await world.history(handle))).toEqual([
        "WorkflowExecutionStarted",
        "ActivityTaskScheduled",
        "ActivityTaskStarted",
        "ActivityTaskFailed",
        "WorkflowExecutionFailed",
      ]);
    },
  },
  {
    name: "an activity is not retried when its policy excludes the type of the failure",
    async run(world) {
      const handle = await startCall(world, "excluded-type", {
        name: "failWith",
        args: [{ type: "Excluded", nonRetryable: false }],
        options: { startToCloseTimeout: "5s", retry: { nonRetryableErrorTypes: ["Excluded"] } },
      });
      expect((await failureOf(handle.result())).retryState).toBe("NON_RETRYABLE_FAILURE");
    },
  },
  {
    name: "an activity fails when its attempts are used up",
    async run(world) {
      const handle = await startCall(world, "attempts", {
        name: "failUntilAttempt",
        args: [9],
        options: { startToCloseTimeout: "5s", retry: { initialInterval: 20, maximumAttempts: 3 } },
      });
      const failure = await failureOf(handle.result());
      expect([failure.retryState, failure.cause?.message]).toEqual(["MAXIMUM_ATTEMPTS_REACHED", "attempt 3 fails"]);
      const { activityTaskFailedEventAttributes: failed } = firstOf(await world.history(handle), "ActivityTaskFailed");
      expect(failed?.retryState).toBe(RetryState.RETRY_STATE_MAXIMUM_ATTEMPTS_REACHED);
    },
  },
  {
    name: "an activity names the delay of its next attempt itself",
    async run(world) {
      const handle = await startCall(world, "next-delay", {
        name: "failOnceWithDelay",
        args: [50],
        options: { startToCloseTimeout: "5s", retry: { initialInterval: "1 hour" } },
      });
      expect(await handle.result()).toBe(2);
    },
  },
  ...timeoutRows.map((row): Shape => ({
    name: `an activity runs into its ${row.name} time-out`,
    async run(world) {
      const handle = await startCall(world, `timeout-${row.name}`, row.call);
      const failure = await failureOf(handle.result());
      expect(failure.cause).toBeInstanceOf(TimeoutFailure);
      expect([(failure.cause as TimeoutFailure).timeoutType, failure.retryState]).toEqual([
        row.timeoutType,
        row.retryState,
      ]);
      expectInOrder(await world.history(handle), ["ActivityTaskScheduled", row.last, "WorkflowExecutionFailed"]);
    },
  })),
  {
    name: "an attempt begins from the heartbeat of the one before, which timed out",
    async run(world) {
      const handle = await startCall(world, "heartbeat-details", {
        name: "heartbeatThenHang",
        options: { startToCloseTimeout: "10s", heartbeatTimeout: "700ms", retry: { initialInterval: 20 } },
      });
      expect(await handle.result()).toBe('resumed from {"progress":7}');
      const { activityTaskStartedEventAttributes: started } = firstOf(
        await world.history(handle),
        "ActivityTaskStarted",
      );
      expect(started?.attempt).toBeGreaterThanOrEqual(2);
      expect(started?.lastFailure?.message).toBe("activity Heartbeat timeout");
    },
  },
  {
    name: "a running activity appears in the description with its heartbeat, and then completes",
    async run(world) {
      const handle = await startCall(world, "pending", {
        name: "waitForTest",
        options: { startToCloseTimeout: "30s", heartbeatTimeout: "20s" },
      });
      await tokenOf(handle.workflowId);
      const pending = await eventually(async () => {
        const { raw } = await handle.describe();
        expect(raw.pendingActivities?.[0]?.heartbeatDetails?.payloads).toHaveLength(1);
        return raw.pendingActivities![0]!;
      });
      expect([pending.activityType?.name, pending.attempt, pending.state]).toEqual([
        "waitForTest",
        1,
        PendingActivityState.PENDING_ACTIVITY_STATE_STARTED,
      ]);
      permissionOf(handle.workflowId).resolve();
      expect(await handle.result()).toBe("allowed");
    },
  },
  {
    name: "an activity that waits for its retry shows the failure in the description",
    async run(world) {
      const handle = await startCall(world, "backing-off", {
        name: "failUntilAttempt",
        args: [2],
        options: { startToCloseTimeout: "5s", retry: { initialInterval: "1 hour" } },
      });
      const pending = await eventually(async () => {
        const { raw } = await handle.describe();
        expect(raw.pendingActivities?.[0]?.attempt).toBe(2);
        return raw.pendingActivities![0]!;
      });
      expect(pending.lastFailure?.message).toBe("attempt 1 fails");
      expect(pending.state).toBe(PendingActivityState.PENDING_ACTIVITY_STATE_SCHEDULED);
      await handle.terminate("seen enough");
      expect(milestones(await world.history(handle))).toEqual([
        "WorkflowExecutionStarted",
        "ActivityTaskScheduled",
        "WorkflowExecutionTerminated",
      ]);
    },
  },
  {
    name: "large payloads pass through an activity unchanged",
    async run(world) {
      const size = 1_500_000;
      const handle = await world.client.workflow.start(workflows.carryBytes, {
        workflowId: world.id("large"),
        taskQueue: world.taskQueue,
        args: [size],
      });
      expect(await handle.result()).toBe(size);
      const { activityTaskCompletedEventAttributes: completed } = firstOf(
        await world.history(handle),
        "ActivityTaskCompleted",
      );
      expect(completed?.result?.payloads?.[0]?.data).toHaveLength(size + 2);
    },
  },
  {
    name: "five hundred activities run side by side",
    async run(world) {
      const handle = await world.client.workflow.start(workflows.greetMany, {
        workflowId: world.id("five-hundred"),
        taskQueue: world.taskQueue,
        args: [500],
      });
      expect(await handle.result()).toBe(500);
      const events = await world.history(handle);
      expect([countOf(events, "ActivityTaskScheduled"), countOf(events, "ActivityTaskCompleted")]).toEqual([500, 500]);
    },
  },
  {
    name: "activities on another queue run on that queue only",
    async run(world) {
      const taskQueue = world.id("activities-only");
      await world.withWorker({ taskQueue, workflowBundle: undefined }, async () => {
        const handle = await startCall(world, "other-queue", {
          name: "describeMyself",
          options: { startToCloseTimeout: "5s", taskQueue },
        });
        expect(await handle.result()).toMatchObject({ taskQueue });
      });
    },
  },
];
