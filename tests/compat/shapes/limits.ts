import type { WorkflowFailedError } from "@temporalio/client";
import { ServerFailure, TerminatedFailure } from "@temporalio/common";
import type { ActivityFailure } from "@temporalio/common";
import { expect } from "vitest";
import { tokenOf } from "../activities.ts";
import { countOf, milestones } from "../harness/history-events.ts";
import type { Shape } from "../harness/world.ts";
import * as workflows from "../workflows/index.ts";

const TOO_LARGE_BYTES = 2_200_000;

/** The SDK would refuse large payloads by itself; here the server is to say no. */
const careless = { disablePayloadErrorLimit: true };

export const limits: Shape[] = [
  {
    name: "an activity whose result is too large fails",
    async run(world) {
      const taskQueue = world.id("large-result");
      const handle = await world.client.workflow.start(workflows.runActivity, {
        workflowId: world.id("large-result"),
        taskQueue,
        args: [
          {
            name: "makeBytes",
            args: [TOO_LARGE_BYTES],
            options: { startToCloseTimeout: "10s", retry: { maximumAttempts: 1 } },
          },
        ],
      });
      await world.withWorker({ taskQueue, ...careless }, async () => {
        const error = (await handle.result().catch((thrown: unknown) => thrown)) as WorkflowFailedError;
        const { cause } = error.cause as ActivityFailure;
        expect(cause).toBeInstanceOf(ServerFailure);
        expect(cause?.message).toMatch(/exceeds size limit/i);
      });
    },
  },
  {
    name: "a workflow that sends a payload that is too large is terminated",
    async run(world) {
      const taskQueue = world.id("large-command");
      const handle = await world.client.workflow.start(workflows.carryBytes, {
        workflowId: world.id("large-command"),
        taskQueue,
        args: [TOO_LARGE_BYTES],
      });
      await world.withWorker({ taskQueue, ...careless }, async () => {
        const error = (await handle.result().catch((thrown: unknown) => thrown)) as WorkflowFailedError;
        expect(error.cause).toBeInstanceOf(TerminatedFailure);
      });
      expect(milestones(await world.history(handle))).toEqual([
        "WorkflowExecutionStarted",
        "WorkflowTaskFailed",
        "WorkflowExecutionTerminated",
      ]);
    },
  },
  {
    // The SDK recognises the refusal by its text and fails the task with a cause of its own, upon which the server ends the run.
    name: "a workflow whose completion exceeds what a request may carry is terminated",
    async run(world) {
      const taskQueue = world.id("large-request");
      const handle = await world.client.workflow.start(workflows.carryMany, {
        workflowId: world.id("large-request"),
        taskQueue,
        args: [4, 1_500_000],
      });
      await world.withWorker({ taskQueue, ...careless }, async () => {
        const error = (await handle.result().catch((thrown: unknown) => thrown)) as WorkflowFailedError;
        expect(error.cause).toBeInstanceOf(TerminatedFailure);
      });
      const events = await world.history(handle);
      expect(milestones(events)).toEqual([
        "WorkflowExecutionStarted",
        "WorkflowTaskFailed",
        "WorkflowExecutionTerminated",
      ]);
      expect(events.at(-1)!.workflowExecutionTerminatedEventAttributes?.reason).toBe("GrpcMessageTooLarge");
    },
  },
  {
    name: "an activity whose worker shuts down is run by the next worker",
    async run(world) {
      const taskQueue = world.id("outlived");
      const handle = await world.client.workflow.start(workflows.runActivity, {
        workflowId: world.id("outlived"),
        taskQueue,
        args: [{ name: "outliveWorker", options: { startToCloseTimeout: "20s", retry: { initialInterval: 20 } } }],
      });
      await world.withWorker({ taskQueue, shutdownGraceTime: 10 }, () => tokenOf(handle.workflowId));
      await world.withWorker({ taskQueue }, async () => expect(await handle.result()).toBe("attempt 2"));
      expect(countOf(await world.history(handle), "ActivityTaskStarted")).toBe(1);
    },
  },
  {
    name: "a workflow is terminated while it waits for its delayed start",
    async run(world) {
      const handle = await world.client.workflow.start(workflows.waitForever, {
        workflowId: world.id("delay-terminated"),
        taskQueue: world.taskQueue,
        startDelay: "1 hour",
      });
      await handle.terminate("not needed any more");
      expect(milestones(await world.history(handle))).toEqual([
        "WorkflowExecutionStarted",
        "WorkflowExecutionTerminated",
      ]);
    },
  },
];
