import { describe, expect, test } from "vitest";
import { duration } from "../../../../api/duration.ts";
import { TaskQueueKind } from "../../../../api/gen/enums.js";
import { ActivityScene as Scene } from "./activity-scene-fixture.ts";

const sticky = { name: "sticky", kind: TaskQueueKind.TASK_QUEUE_KIND_STICKY, normalName: "queue" };
const stickyAttributes = { workerTaskQueue: sticky, scheduleToStartTimeout: duration(10_000) };
const onSticky = { taskQueue: sticky, identity: "worker" };

async function signal(scene: Scene): Promise<void> {
  await scene.call("signalWorkflowExecution", {
    workflowExecution: { workflowId: scene.workflowId },
    signalName: "s",
    requestId: "one",
  });
}

/** A run whose first task a worker has done, which now waits on its sticky queue. */
async function parked(): Promise<{ scene: Scene; poll: ReturnType<Scene["begin"]> }> {
  const scene = await Scene.open();
  await scene.start();
  await scene.doTask([], { stickyAttributes });
  const poll = scene.begin("pollWorkflowTaskQueue", onSticky);
  await scene.time.advance(0);
  return { scene, poll };
}

describe("a worker with a run in its cache", () => {
  test("gets the run's next task on its sticky queue", async () => {
    const { scene, poll } = await parked();
    await signal(scene);
    expect(await poll.reply).toMatchObject({ attempt: 1, previousStartedEventId: 3 });
  });

  test("that breaks off its last poll is not waited for: the next task is anybody's at once", async () => {
    const { scene, poll } = await parked();
    poll.giveUp();
    await signal(scene);
    expect((await scene.takeWorkflowTask()).workflowExecution?.workflowId).toBe(scene.workflowId);
  });

  test("that breaks off one of its polls is still there", async () => {
    const { scene, poll } = await parked();
    scene.begin("pollWorkflowTaskQueue", onSticky).giveUp();
    await signal(scene);
    expect(await scene.pollWorkflow()).toBeUndefined();
    expect(await poll.reply).toMatchObject({ attempt: 1 });
  });

  test("that polls again after a break gets its tasks again", async () => {
    const { scene, poll } = await parked();
    poll.giveUp();
    const again = scene.begin("pollWorkflowTaskQueue", onSticky);
    await signal(scene);
    expect(await again.reply).toMatchObject({ attempt: 1 });
  });
});

describe("a task on a sticky queue when the server dies", () => {
  async function waiting(): Promise<Scene> {
    const { scene, poll } = await parked();
    // The worker is busy: its poll was answered, with nothing.
    await scene.time.advance(60_000);
    await poll.reply;
    await signal(scene);
    expect(await scene.pollWorkflow()).toBeUndefined();
    await scene.crash();
    return scene;
  }

  test("is the worker's if that comes back soon", async () => {
    const scene = await waiting();
    await scene.time.advance(1_000);
    expect(await scene.call("pollWorkflowTaskQueue", onSticky)).toMatchObject({ attempt: 1 });
  });

  test("is anybody's two seconds later, long before the sticky queue's own time-out", async () => {
    const scene = await waiting();
    expect(await scene.pollWorkflow()).toBeUndefined();
    await scene.time.advance(2_100);
    expect(await scene.pollWorkflow()).toMatchObject({ attempt: 1 });
  });
});
