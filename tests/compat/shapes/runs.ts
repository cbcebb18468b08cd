import type { WorkflowFailedError } from "@temporalio/client";
import { CancelledFailure, TerminatedFailure } from "@temporalio/common";
import { temporal } from "@temporalio/proto";
import { expect } from "vitest";
import { rejectionOf } from "../harness/rejection.ts";
import { countOf, eventName, expectInOrder, milestones } from "../harness/history-events.ts";
import type { HistoryEvent } from "../harness/history-events.ts";
import type { Shape, World } from "../harness/world.ts";
import * as workflows from "../workflows/index.ts";

const { HistoryEventFilterType } = temporal.api.enums.v1;

/** The first events of `count` runs of a chain, beginning with the run of the handle. */
async function chainOf(world: World, start: { workflowId: string; firstExecutionRunId: string }, count: number) {
  const runs = [];
  let runId: string | null | undefined = start.firstExecutionRunId;
  while (runs.length < count && runId) {
    const open: string = runId;
    await world.client.workflow
      .getHandle(start.workflowId, open, { followRuns: false })
      .result()
      .catch(() => {});
    const events = await world.historyOf(start.workflowId, open);
    const last = events.at(-1)!;
    runs.push({ started: events[0]!.workflowExecutionStartedEventAttributes!, last: eventName(last), events });
    runId =
      last.workflowExecutionContinuedAsNewEventAttributes?.newExecutionRunId ??
      last.workflowExecutionCompletedEventAttributes?.newExecutionRunId ??
      last.workflowExecutionFailedEventAttributes?.newExecutionRunId;
  }
  return runs;
}

export const runs: Shape[] = [
  {
    name: "a chain of five runs ends with the result of its last",
    async run(world) {
      const handle = await world.client.workflow.start(workflows.countDown, {
        workflowId: world.id("chain"),
        taskQueue: world.taskQueue,
        args: [4],
        memo: { carried: "along" },
      });
      const result = await handle.result();
      expect(result.firstRunId).toBe(handle.firstExecutionRunId);
      const chain = await chainOf(world, handle, 9);
      expect(chain.map(({ last }) => last)).toEqual([
        ...Array.from({ length: 4 }, () => "WorkflowExecutionContinuedAsNew"),
        "WorkflowExecutionCompleted",
      ]);
      expect(chain.every(({ started }) => started.firstExecutionRunId === handle.firstExecutionRunId)).toBe(true);
      expect(chain.every(({ started }) => started.memo?.fields?.["carried"] !== undefined)).toBe(true);
      expect(chain.at(-1)!.started.originalExecutionRunId).toBe(result.runId);
    },
  },
  {
    name: "a run continues as another type, on another queue, with other options",
    async run(world) {
      const handle = await world.client.workflow.start(workflows.becomeAnother, {
        workflowId: world.id("becomes"),
        taskQueue: world.taskQueue,
        args: [world.uncachedTaskQueue],
      });
      await world.client.workflow
        .getHandle(handle.workflowId, handle.firstExecutionRunId, { followRuns: false })
        .result()
        .catch(() => {});
      const successor = world.client.workflow.getHandle(handle.workflowId);
      await successor.signal("release");
      expect(await successor.result()).toMatchObject({
        workflowType: "describeWorkflow",
        taskQueue: world.uncachedTaskQueue,
        memo: { became: true },
        runTimeoutMs: 50_000,
        taskTimeoutMs: 7_000,
      });
    },
  },
  {
    name: "a large history suggests to continue as new",
    async run(world) {
      const handle = await world.client.workflow.start(workflows.waitForSuggestion, {
        // Not listed with the others at the end: a page of this history is larger than the client takes from Temporal.
        workflowId: `large-${world.id("suggestion")}`,
        taskQueue: world.taskQueue,
      });
      const payload = "x".repeat(1_500_000);
      // The query lets each signal have a workflow task of its own. A task that begins within the completion of another may be told
      // of the size before it.
      for (let sent = 0; sent < 4 && (await handle.describe()).status.name === "RUNNING"; sent++) {
        await handle.signal("add", payload);
        await handle.query("__stack_trace");
      }
      expect(await handle.result()).toBeGreaterThanOrEqual(4 * 1024 * 1024);
    },
  },
  {
    name: "a cron workflow runs again and again, hands its result on and outlives a failure",
    async run(world) {
      const handle = await world.client.workflow.start(workflows.countRuns, {
        workflowId: world.id("cron"),
        taskQueue: world.taskQueue,
        args: [2],
        cronSchedule: "@every 1s",
      });
      const chain = await chainOf(world, handle, 3);
      expect(chain.map(({ last }) => last)).toEqual([
        "WorkflowExecutionCompleted",
        "WorkflowExecutionFailed",
        "WorkflowExecutionCompleted",
      ]);
      expect(chain[2]!.started.lastCompletionResult?.payloads).toHaveLength(1);
      expect(chain[2]!.started.continuedFailure?.message).toBe("this run fails");
      expect(chain[1]!.started.cronSchedule).toBe("@every 1s");
      await world.client.workflow.getHandle(handle.workflowId).terminate("seen enough");
    },
  },
  {
    name: "a workflow is retried in new runs until it succeeds",
    async run(world) {
      const handle = await world.client.workflow.start(workflows.failUntilWorkflowAttempt, {
        workflowId: world.id("retry"),
        taskQueue: world.taskQueue,
        args: [3],
        retry: { initialInterval: 50, backoffCoefficient: 1, maximumAttempts: 5 },
      });
      expect(await handle.result()).toBe(3);
      const chain = await chainOf(world, handle, 9);
      expect(chain.map(({ started, last }) => [started.attempt, last])).toEqual([
        [1, "WorkflowExecutionFailed"],
        [2, "WorkflowExecutionFailed"],
        [3, "WorkflowExecutionCompleted"],
      ]);
      expect(chain[1]!.started.continuedFailure?.message).toBe("attempt 1 fails");

      // Callers that do not say that they know of successors are told of a continue-as-new, which older SDKs follow.
      const closing = async (metadata: Record<string, string>): Promise<HistoryEvent> => {
        const reply = await world.connection.withMetadata(metadata, () =>
          world.client.workflowService.getWorkflowExecutionHistory({
            namespace: world.namespace,
            execution: { workflowId: handle.workflowId, runId: handle.firstExecutionRunId },
            historyEventFilterType: HistoryEventFilterType.HISTORY_EVENT_FILTER_TYPE_CLOSE_EVENT,
          }),
        );
        return reply.history!.events![0]!;
      };
      const [unaware, aware] = await Promise.all([
        closing({}),
        closing({ "supported-features": "follows-next-run-id" }),
      ]);
      expect([eventName(unaware), eventName(aware)]).toEqual([
        "WorkflowExecutionContinuedAsNew",
        "WorkflowExecutionFailed",
      ]);
      expect(unaware.workflowExecutionContinuedAsNewEventAttributes?.newExecutionRunId).toBe(
        aware.workflowExecutionFailedEventAttributes?.newExecutionRunId,
      );
    },
  },
  {
    name: "a workflow is cancelled and cleans up",
    async run(world) {
      const handle = await world.client.workflow.start(workflows.cleanUpWhenCancelled, {
        workflowId: world.id("cancel"),
        taskQueue: world.taskQueue,
      });
      await world.untilEvent(handle.workflowId, (events) => countOf(events, "TimerStarted") === 1);
      await handle.cancel();
      await handle.cancel(); // A second wish changes nothing.
      const error = await handle.result().catch((thrown: unknown) => thrown);
      expect((error as WorkflowFailedError).cause).toBeInstanceOf(CancelledFailure);
      const events = await world.history(handle);
      expectInOrder(events, [
        "TimerStarted",
        "WorkflowExecutionCancelRequested",
        "TimerCanceled",
        "TimerStarted",
        "TimerFired",
        "WorkflowExecutionCanceled",
      ]);
      expect(countOf(events, "WorkflowExecutionCancelRequested")).toBe(1);
    },
  },
  {
    name: "a workflow ignores its cancellation",
    async run(world) {
      const handle = await world.client.workflow.start(workflows.ignoreCancellation, {
        workflowId: world.id("ignore"),
        taskQueue: world.taskQueue,
      });
      await handle.cancel();
      expect(await handle.result()).toBe("asked to stop, finished instead");
      expect(milestones(await world.history(handle)).at(-1)).toBe("WorkflowExecutionCompleted");
    },
  },
  {
    name: "a workflow is terminated with a reason",
    async run(world) {
      const handle = await world.client.workflow.start(workflows.waitForever, {
        workflowId: world.id("terminate"),
        taskQueue: world.taskQueue,
      });
      await handle.terminate("enough of it");
      const error = await handle.result().catch((thrown: unknown) => thrown);
      expect((error as WorkflowFailedError).cause).toBeInstanceOf(TerminatedFailure);
      const { workflowExecutionTerminatedEventAttributes: terminated } = (await world.history(handle)).at(-1)!;
      expect(terminated?.reason).toBe("enough of it");
    },
  },
  {
    name: "a handle that names the first run reaches no other chain",
    async run(world) {
      const options = { workflowId: world.id("guarded"), taskQueue: world.taskQueue };
      const first = await world.client.workflow.start(workflows.waitForever, options);
      await first.terminate();
      const second = await world.client.workflow.start(workflows.waitForever, options);
      const stale = world.client.workflow.getHandle(options.workflowId, undefined, {
        firstExecutionRunId: first.firstExecutionRunId,
      });
      expect(await rejectionOf(stale.cancel())).toMatchObject({ name: "WorkflowNotFoundError" });
      expect(await rejectionOf(stale.terminate())).toMatchObject({ name: "WorkflowNotFoundError" });
      expect((await second.describe()).status.name).toBe("RUNNING");
      await second.terminate();
    },
  },
];
