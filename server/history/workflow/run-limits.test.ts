import { expect, test } from "vitest";
import { CommandType } from "../../../api/gen/enums.js";
import { ActivityScene as Scene, payloads, schedule } from "./machines/activity-scene-fixture.ts";

async function lastEvent(scene: Scene): Promise<string | undefined> {
  return (await scene.history()).at(-1)?.split(" ")[1];
}

async function signal(scene: Scene, bytes: number): Promise<void> {
  const workflowExecution = { workflowId: scene.workflowId };
  await scene.call("signalWorkflowExecution", {
    workflowExecution,
    signalName: "s",
    requestId: `${bytes}`,
    input: payloads("x".repeat(bytes)),
  });
}

test("a call beyond the limit of a transaction is refused, one below it is not, and the run goes on", async () => {
  const scene = await Scene.open({ transactionBytesMax: 2_000 });
  await scene.start();
  await signal(scene, 1_800);
  await expect(signal(scene, 2_000)).rejects.toThrow(/^transaction size of \d+ bytes exceeds limit of 2000 bytes$/);
  expect(await lastEvent(scene)).toBe("WORKFLOW_EXECUTION_SIGNALED");
});

test("the state's limit is met by what is kept now, not by what once was", async () => {
  const scene = await Scene.open({ stateBytesMax: 20_000 });
  await scene.start();
  await scene.doTask([schedule()]);
  const { taskToken } = await scene.takeActivity();
  const beat = (bytes: number) =>
    scene.call("recordActivityTaskHeartbeat", { taskToken, details: payloads("x".repeat(bytes)) });
  for (let time = 1; time <= 5; time++) await beat(15_000);
  await scene.crash();
  await beat(15_000);
  await expect(beat(20_000)).rejects.toThrow("Workflow mutable state size exceeds limit.");
  expect(await lastEvent(scene)).toBe("WORKFLOW_EXECUTION_TERMINATED");
});

test("a child may begin with an event that is larger than a transaction: its parent's was not", async () => {
  const scene = await Scene.open({ transactionBytesMax: 2_000 });
  await scene.start();
  await scene.doTask([
    {
      commandType: CommandType.COMMAND_TYPE_START_CHILD_WORKFLOW_EXECUTION,
      startChildWorkflowExecutionCommandAttributes: {
        workflowId: "child",
        workflowType: { name: "Child" },
        taskQueue: { name: "children" },
        input: payloads("x".repeat(1_770)),
      },
    },
  ]);
  await scene.time.advance(100);
  expect((await scene.history()).join("\n")).toContain("CHILD_WORKFLOW_EXECUTION_STARTED");
});
