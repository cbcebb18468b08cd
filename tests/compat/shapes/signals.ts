import { WorkflowNotFoundError } from "@temporalio/client";
import { randomUUID } from "node:crypto";
import { expect } from "vitest";
import { rejectionOf } from "../harness/rejection.ts";
import { permissionOf, tokenOf } from "../activities.ts";
import { countOf, eventName, expectInOrder, milestones } from "../harness/history-events.ts";
import type { Shape } from "../harness/world.ts";
import * as workflows from "../workflows/index.ts";

export const signals: Shape[] = [
  {
    name: "signals arrive in the order in which they were sent",
    async run(world) {
      const handle = await world.client.workflow.start(workflows.sum, {
        workflowId: world.id("signals"),
        taskQueue: world.taskQueue,
        args: [0],
      });
      for (let number = 1; number <= 20; number++) await handle.signal(workflows.addSignal, number);
      await handle.signal(workflows.finishSignal);
      expect(await handle.result()).toEqual(Array.from({ length: 21 }, (_, index) => index));
      expect(countOf(await world.history(handle), "WorkflowExecutionSignaled")).toBe(21);
    },
  },
  {
    name: "signals sent before any worker polls wait in the history",
    async run(world) {
      const taskQueue = world.id("signals-first");
      const handle = await world.client.workflow.start(workflows.sum, {
        workflowId: world.id("early-signals"),
        taskQueue,
        args: [1],
      });
      await handle.signal(workflows.addSignal, 2);
      await handle.signal(workflows.addSignal, 3);
      await handle.signal(workflows.finishSignal);
      expect((await world.history(handle)).map(eventName)).toEqual([
        "WorkflowExecutionStarted",
        "WorkflowTaskScheduled",
        "WorkflowExecutionSignaled",
        "WorkflowExecutionSignaled",
        "WorkflowExecutionSignaled",
      ]);
      await world.withWorker({ taskQueue }, async () => expect(await handle.result()).toEqual([1, 2, 3]));
    },
  },
  {
    name: "a signal-with-start starts a workflow once and signals it twice",
    async run(world) {
      const options = {
        workflowId: world.id("signal-with-start"),
        taskQueue: world.taskQueue,
        args: [0] as [number],
        signal: workflows.addSignal,
      };
      const first = await world.client.workflow.signalWithStart(workflows.sum, { ...options, signalArgs: [1] });
      const second = await world.client.workflow.signalWithStart(workflows.sum, { ...options, signalArgs: [2] });
      expect(second.signaledRunId).toBe(first.signaledRunId);
      await second.signal(workflows.finishSignal);
      expect(await second.result()).toEqual([0, 1, 2]);
      const events = await world.history(first);
      expect(events.slice(0, 3).map(eventName)).toEqual([
        "WorkflowExecutionStarted",
        "WorkflowExecutionSignaled",
        "WorkflowTaskScheduled",
      ]);
    },
  },
  {
    name: "a signal sent twice with one request id is recorded once",
    async run(world) {
      const handle = await world.client.workflow.start(workflows.sum, {
        workflowId: world.id("signal-dedupe"),
        taskQueue: world.taskQueue,
        args: [5],
      });
      const request = {
        namespace: world.namespace,
        workflowExecution: { workflowId: handle.workflowId },
        signalName: "finish",
        requestId: randomUUID(),
        identity: "compat",
      };
      const other = {
        ...request,
        signalName: "add",
        input: world.client.options.loadedDataConverter.payloadConverter.toPayload(1),
      };
      const payloads = { payloads: [other.input!] };
      await world.client.workflowService.signalWorkflowExecution({ ...other, input: payloads });
      await world.client.workflowService.signalWorkflowExecution({ ...other, input: payloads });
      await world.client.workflowService.signalWorkflowExecution({ ...request, requestId: randomUUID() });
      expect(await handle.result()).toEqual([5, 1]);
      expect(countOf(await world.history(handle), "WorkflowExecutionSignaled")).toBe(2);
    },
  },
  {
    name: "a closed or unknown workflow takes no signal",
    async run(world) {
      const handle = await world.client.workflow.start(workflows.echo, {
        workflowId: world.id("closed"),
        taskQueue: world.taskQueue,
        args: [1],
      });
      await handle.result();
      expect(await rejectionOf(handle.signal("late"))).toBeInstanceOf(WorkflowNotFoundError);
      expect(await rejectionOf(world.client.workflow.getHandle(world.id("unknown")).signal("nobody"))).toBeInstanceOf(
        WorkflowNotFoundError,
      );
      expect(await rejectionOf(handle.terminate())).toBeInstanceOf(WorkflowNotFoundError);
      await handle.cancel(); // Allowed: the wish is already fulfilled.
    },
  },
  {
    name: "signals that the workflow does not name reach its default handler",
    async run(world) {
      const handle = await world.client.workflow.start(workflows.collectAnySignal, {
        workflowId: world.id("any-signal"),
        taskQueue: world.taskQueue,
        args: [3],
      });
      await handle.signal("one");
      await handle.signal("two", 2);
      await handle.signal("three", { three: true }, null);
      expect(await handle.result()).toEqual(["one()", "two(2)", 'three({"three":true}, null)']);
    },
  },
  {
    name: "a signal that comes while an activity runs is handled before its result",
    async run(world) {
      const handle = await world.client.workflow.start(workflows.signalDuringActivity, {
        workflowId: world.id("during-activity"),
        taskQueue: world.taskQueue,
      });
      await tokenOf(handle.workflowId);
      await handle.signal(workflows.addSignal, 1);
      permissionOf(handle.workflowId).resolve();
      expect(await handle.result()).toEqual(["signal 1", "allowed"]);
      expect(milestones(await world.history(handle))).toEqual([
        "WorkflowExecutionStarted",
        "ActivityTaskScheduled",
        "WorkflowExecutionSignaled",
        "ActivityTaskStarted",
        "ActivityTaskCompleted",
        "WorkflowExecutionCompleted",
      ]);
    },
  },
  {
    name: "six hundred signals make a history of several pages, in order and complete",
    async run(world) {
      const count = 600;
      const handle = await world.client.workflow.start(workflows.countSignals, {
        workflowId: world.id("flood"),
        taskQueue: world.taskQueue,
        args: [count],
      });
      for (let sent = 0; sent < count; sent += 50) {
        await Promise.all(Array.from({ length: 50 }, (_, index) => handle.signal(workflows.addSignal, sent + index)));
      }
      expect(await handle.result()).toBeGreaterThan(count);
      const events = await world.history(handle);
      expect(countOf(events, "WorkflowExecutionSignaled")).toBe(count);
      expectInOrder(events, ["WorkflowExecutionStarted", "WorkflowExecutionSignaled", "WorkflowExecutionCompleted"]);
      const path = "/temporal.api.workflowservice.v1.WorkflowService/GetWorkflowExecutionHistoryReverse";
      if (world.target.served?.has(path) === false) return;
      const reversed = await world.client.workflowService.getWorkflowExecutionHistoryReverse({
        namespace: world.namespace,
        execution: { workflowId: handle.workflowId },
        maximumPageSize: 10,
      });
      // Temporal's pages end with whole batches of events, so a page may be longer than was asked for.
      const ids = reversed.history!.events!.map((event) => Number(event.eventId));
      expect(ids.length).toBeGreaterThanOrEqual(10);
      expect(ids).toEqual(ids.map((_, index) => events.length - index));
    },
  },
];
