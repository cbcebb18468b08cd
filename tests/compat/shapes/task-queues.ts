import { temporal } from "@temporalio/proto";
import { expect } from "vitest";
import { eventually } from "../harness/eventually.ts";
import { countOf } from "../harness/history-events.ts";
import type { Shape, World } from "../harness/world.ts";
import * as workflows from "../workflows/index.ts";

const { RateLimitSource, TaskQueueType, WorkerStatus } = temporal.api.enums.v1;
const ACTIVITIES = TaskQueueType.TASK_QUEUE_TYPE_ACTIVITY;

async function configure(world: World, taskQueue: string, requestsPerSecond: number | undefined) {
  const rateLimit = requestsPerSecond === undefined ? undefined : { requestsPerSecond };
  return await world.client.workflowService.updateTaskQueueConfig({
    namespace: world.namespace,
    identity: "operator",
    taskQueue,
    taskQueueType: ACTIVITIES,
    updateQueueRateLimit: { rateLimit, reason: "a shape" },
  });
}

async function describeActivities(world: World, taskQueue: string) {
  return await world.client.workflowService.describeTaskQueue({
    namespace: world.namespace,
    taskQueue: { name: taskQueue },
    taskQueueType: ACTIVITIES,
    reportStats: true,
    reportConfig: true,
  });
}

export const taskQueues: Shape[] = [
  {
    name: "a worker tells of itself: it is listed, counted and described, and gone after its end",
    async run(world) {
      const taskQueue = world.id("heartbeats");
      const { workflowService } = world.client;
      const { namespace } = world;
      const query = `TaskQueue = "${taskQueue}"`;
      const workerInstanceKey = await world.withWorker({ taskQueue }, async () => {
        const [listed] = await eventually(async () => {
          const { workers } = await workflowService.listWorkers({ namespace, query });
          expect(workers).toHaveLength(1);
          return workers;
        });
        expect(listed).toMatchObject({ taskQueue });
        expect(listed?.status).toBe(WorkerStatus.WORKER_STATUS_RUNNING);
        const running = `${query} AND Status = "Running" AND SdkName = "${listed?.sdkName}"`;
        expect(Number((await workflowService.countWorkers({ namespace, query: running })).count)).toBe(1);
        const key = String(listed?.workerInstanceKey);
        const { workerInfo } = await workflowService.describeWorker({ namespace, workerInstanceKey: key });
        expect(workerInfo?.workerHeartbeat?.workflowTaskSlotsInfo?.slotSupplierKind).toBe("Fixed");
        return key;
      });
      // Its last word is that it is shutting down, or that it has.
      const { workers } = await workflowService.listWorkers({ namespace, query });
      expect(workers.filter(({ status }) => status === WorkerStatus.WORKER_STATUS_RUNNING)).toEqual([]);
      expect(workerInstanceKey).not.toBe("");
    },
  },
  {
    name: "an operator's rate holds activities back until it is taken away",
    async run(world) {
      const taskQueue = world.id("limited");
      const { config } = await configure(world, taskQueue, 0);
      expect(config?.queueRateLimit?.metadata).toMatchObject({ reason: "a shape", updateIdentity: "operator" });
      const handle = await world.client.workflow.start(workflows.greetLazily, {
        workflowId: world.id("limited"),
        taskQueue,
        args: ["you"],
      });
      await world.withWorker({ taskQueue }, async () => {
        await eventually(async () => {
          const { stats, effectiveRateLimit } = await describeActivities(world, taskQueue);
          expect(Number(stats?.approximateBacklogCount)).toBe(1);
          expect(effectiveRateLimit?.rateLimitSource).toBe(RateLimitSource.RATE_LIMIT_SOURCE_API);
        });
        const events = await world.historyOf(handle.workflowId);
        expect(countOf(events, "ActivityTaskStarted")).toBe(0);
        await configure(world, taskQueue, undefined);
        expect(await handle.result()).toBe("hello you");
      });
    },
  },
  {
    name: "a worker's own rate is shown while it polls",
    async run(world) {
      const taskQueue = world.id("self-limited");
      await world.withWorker({ taskQueue, maxTaskQueueActivitiesPerSecond: 50 }, async () => {
        await eventually(async () => {
          const { effectiveRateLimit } = await describeActivities(world, taskQueue);
          expect(effectiveRateLimit).toMatchObject({
            requestsPerSecond: 50,
            rateLimitSource: RateLimitSource.RATE_LIMIT_SOURCE_WORKER,
          });
        });
        const greeted = await world.client.workflow.execute(workflows.greetMany, {
          workflowId: world.id("self-limited"),
          taskQueue,
          args: [10],
        });
        expect(greeted).toBe(10);
      });
    },
  },
  {
    name: "a worker that sizes its number of polls by the server's hints does all its work",
    async run(world) {
      const taskQueue = world.id("autoscaling");
      const behavior = { type: "autoscaling", minimum: 1, maximum: 8, initial: 1 } as const;
      const handles = await Promise.all(
        Array.from({ length: 12 }, (_, i) =>
          world.client.workflow.start(workflows.greetOnce, {
            workflowId: world.id(`autoscaled-${i}`),
            taskQueue,
            args: [`${i}`],
          }),
        ),
      );
      const changes = { taskQueue, workflowTaskPollerBehavior: behavior, activityTaskPollerBehavior: behavior };
      await world.withWorker(changes, async () => {
        expect(await Promise.all(handles.map((handle) => handle.result()))).toHaveLength(12);
      });
    },
  },
];
