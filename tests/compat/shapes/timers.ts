import { expect } from "vitest";
import { countOf, eventName, expectInOrder, firstOf, milestones } from "../harness/history-events.ts";
import type { Shape } from "../harness/world.ts";
import * as workflows from "../workflows/index.ts";

export const timers: Shape[] = [
  {
    name: "a timer fires",
    async run(world) {
      const handle = await world.client.workflow.start(workflows.sleepFor, {
        workflowId: world.id("sleep"),
        taskQueue: world.taskQueue,
        args: [300],
      });
      expect(await handle.result()).toBe("awake");
      const events = await world.history(handle);
      expect(events.map(eventName)).toEqual([
        "WorkflowExecutionStarted",
        "WorkflowTaskScheduled",
        "WorkflowTaskStarted",
        "WorkflowTaskCompleted",
        "TimerStarted",
        "TimerFired",
        "WorkflowTaskScheduled",
        "WorkflowTaskStarted",
        "WorkflowTaskCompleted",
        "WorkflowExecutionCompleted",
      ]);
      const timer = firstOf(events, "TimerStarted");
      expect(timer.userMetadata?.summary).toBeTruthy();
      expect(timer.timerStartedEventAttributes?.timerId).toBe(
        firstOf(events, "TimerFired").timerFiredEventAttributes?.timerId,
      );
    },
  },
  {
    name: "a timer is cancelled",
    async run(world) {
      const handle = await world.client.workflow.start(workflows.cancelTimer, {
        workflowId: world.id("cancel-timer"),
        taskQueue: world.taskQueue,
      });
      expect(await handle.result()).toBe("cancelled");
      const events = await world.history(handle);
      expect([
        countOf(events, "TimerStarted"),
        countOf(events, "TimerFired"),
        countOf(events, "TimerCanceled"),
      ]).toEqual([2, 1, 1]);
    },
  },
  {
    name: "a timer cancelled in the task that started it leaves no trace",
    async run(world) {
      const handle = await world.client.workflow.start(workflows.cancelTimerAtOnce, {
        workflowId: world.id("no-timer"),
        taskQueue: world.taskQueue,
      });
      expect(await handle.result()).toBe("never started");
      expect(milestones(await world.history(handle))).toEqual([
        "WorkflowExecutionStarted",
        "WorkflowExecutionCompleted",
      ]);
    },
  },
  {
    name: "a condition gives up at its time-out",
    async run(world) {
      const handle = await world.client.workflow.start(workflows.waitWithTimeout, {
        workflowId: world.id("condition"),
        taskQueue: world.taskQueue,
        args: [200],
      });
      expect(await handle.result()).toBe(false);
      expect(milestones(await world.history(handle))).toEqual([
        "WorkflowExecutionStarted",
        "TimerStarted",
        "TimerFired",
        "WorkflowExecutionCompleted",
      ]);
    },
  },
  {
    name: "timers fire in the order of their times, whatever the order of their starts",
    async run(world) {
      const handle = await world.client.workflow.start(workflows.fireInOrder, {
        workflowId: world.id("order"),
        taskQueue: world.taskQueue,
        args: [[900, 300, 600, 0]],
      });
      expect(await handle.result()).toEqual([0, 300, 600, 900]);
    },
  },
  {
    name: "two hundred timers run side by side, each task replayed from the first event",
    async run(world) {
      const handle = await world.client.workflow.start(workflows.startManyTimers, {
        workflowId: world.id("many-timers"),
        taskQueue: world.uncachedTaskQueue,
        args: [200],
      });
      expect(await handle.result()).toBe(200);
      const events = await world.history(handle);
      expect([countOf(events, "TimerStarted"), countOf(events, "TimerFired")]).toEqual([200, 200]);
      expectInOrder(events, ["TimerStarted", "TimerFired", "WorkflowExecutionCompleted"]);
    },
  },
];
