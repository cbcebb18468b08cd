import { expect, test } from "vitest";
import { CommandType } from "../../../api/gen/enums.js";
import { StartChildWorkflowExecutionInitiatedEventAttributes } from "../../../api/gen/messages.js";
import { Message, Receipt } from "../gen/messages.js";
import { slotOf } from "../kernel/index.ts";
import { ActivityScene as Scene, completeWorkflow } from "./machines/activity-scene-fixture.ts";
import { RECEIPT } from "./receipts.ts";

const CHILD = "workflow";

/** Hands over the start of a child, as its parent's outbox does until it has the receipt. */
async function startChild(scene: Scene, fields: { requestId: string; eventId: number }): Promise<Receipt> {
  const { kernel, workflowKind, namespaces } = scene.env;
  const namespace = namespaces.byName("default")?.number as number;
  const message = Message.encode({
    startChild: {
      sender: { namespaceNumber: namespace, workflowId: "parent", runId: "parent-run", eventId: fields.eventId },
      requestId: fields.requestId,
      rawInitiated: StartChildWorkflowExecutionInitiatedEventAttributes.encode({
        workflowId: CHILD,
        workflowType: { name: "Child" },
        taskQueue: { name: scene.queue },
        workflowTaskTimeout: { seconds: 10, nanos: 0 },
      }),
    },
  });
  const address = { namespace, businessId: CHILD, runId: undefined };
  const name = { ...address, slot: slotOf(namespace, CHILD), kind: workflowKind.id };
  return Receipt.decode(
    await kernel.decide(name, (tx, to) => workflowKind.onMessage(tx, to as never, address, message)),
  );
}

async function release(scene: Scene, runId: string): Promise<void> {
  const { kernel, workflowKind, namespaces } = scene.env;
  const namespace = namespaces.byName("default")?.number as number;
  const address = { namespace, businessId: CHILD, runId };
  const message = Message.encode({ childStartedAck: {} });
  await kernel.decide({ ...address, kind: workflowKind.id }, (tx, to) =>
    workflowKind.onMessage(tx, to as never, address, message),
  );
}

const continueAsNew = {
  commandType: CommandType.COMMAND_TYPE_CONTINUE_AS_NEW_WORKFLOW_EXECUTION,
  continueAsNewWorkflowExecutionCommandAttributes: {},
};

test.each([
  { when: "before the child has begun", steps: [] },
  { when: "after the child has ended", steps: [completeWorkflow] },
  { when: "while a later run of the child is open", steps: [continueAsNew] },
  { when: "after a later run of the child has ended", steps: [continueAsNew, completeWorkflow] },
])("a child's start that comes again $when finds the child", async ({ steps }) => {
  const scene = await Scene.open();
  const first = await startChild(scene, { requestId: "start", eventId: 5 });
  await release(scene, first.runId);
  for (const step of steps) {
    await scene.doTask([step]);
    await scene.time.advance(2_000); // A run that follows upon a short one waits a little.
  }
  expect(await startChild(scene, { requestId: "start", eventId: 5 })).toEqual(first);
  const { executions } = await scene.call("listWorkflowExecutions", {});
  expect(executions).toHaveLength(1 + steps.filter((step) => step === continueAsNew).length);
});

test("another start of the parent does not find the child of the first", async () => {
  const scene = await Scene.open();
  await startChild(scene, { requestId: "start", eventId: 5 });
  const { outcome } = await startChild(scene, { requestId: "again", eventId: 7 });
  expect(outcome).toBe(RECEIPT.alreadyStarted);
});
