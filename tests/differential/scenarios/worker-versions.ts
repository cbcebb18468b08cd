/** Stamps and markers that workers give and events keep. */
import { scenario } from "../scenario.ts";
import type { Scenario } from "../scenario.ts";
import {
  activityCommand,
  byId,
  cancelActivityTask,
  completeActivity,
  failActivity,
  pollActivityTask,
} from "../steps/activity.ts";
import {
  cancelActivity,
  cancelExternal,
  cancelTimer,
  completeWorkflow,
  modifyProperties,
  recordMarker,
  signalExternal,
  startChild,
  startTimer,
  upsertSearchAttributes,
} from "../steps/commands.ts";
import { payload } from "../steps/payload.ts";
import { describeWorkflow, readHistory, signalWorkflow, startWorkflow } from "../steps/workflow.ts";
import { completeTask, doTask, failTask, pollWorkflowTask } from "../steps/workflow-task.ts";
import type { PollOptions } from "../steps/workflow-task.ts";
import type { Plain } from "../wire-format.ts";

const capabilities = { workerVersionCapabilities: { buildId: "build-1" } };
const stamp: Plain = { buildId: "build-1" };

export const workerVersions: Scenario[] = [
  scenario("worker versions/of workflow tasks", async (t) => {
    await startWorkflow(t);
    await doTask(t, [], { workerVersionStamp: stamp, binaryChecksum: "checksum" }, { fields: capabilities });
    await signalWorkflow(t, "no stamp");
    await doTask(t, [], {}, { fields: capabilities });
    await signalWorkflow(t, "stamp alone");
    await doTask(t, [], { workerVersionStamp: stamp });
    await signalWorkflow(t, "checksum alone");
    await doTask(t, [], { binaryChecksum: "checksum" });
    await signalWorkflow(t, "failed");
    await failTask(t, await pollWorkflowTask(t, { fields: capabilities }), {
      workerVersion: stamp,
      binaryChecksum: "checksum",
    });
    await failTask(t, await pollWorkflowTask(t, { fields: capabilities }), { workerVersion: stamp });
    await doTask(t, [completeWorkflow()], { workerVersionStamp: { buildId: "build-2" } }, { fields: capabilities });
    await readHistory(t);
    await describeWorkflow(t);
  }),

  scenario("worker versions/deployment options of workflow tasks", async (t) => {
    const deploymentOptions = { deploymentName: "deployment", buildId: "build-1", workerVersioningMode: "UNVERSIONED" };
    await startWorkflow(t);
    await doTask(t, [], { deploymentOptions, forceCreateNewWorkflowTask: true }, { fields: { deploymentOptions } });
    const task = await pollWorkflowTask(t, { fields: { ...capabilities, deploymentOptions } });
    await completeTask(t, task, [], { deploymentOptions, workerVersionStamp: stamp });
    await readHistory(t);
  }),

  scenario("worker versions/of the next task inline", async (t) => {
    await startWorkflow(t);
    const first = await pollWorkflowTask(t, { fields: capabilities });
    const reply = await completeTask(t, first, [], {
      workerVersionStamp: stamp,
      forceCreateNewWorkflowTask: true,
      returnNewWorkflowTask: true,
    });
    await completeTask(t, reply.workflowTask as Plain, [completeWorkflow()], { workerVersionStamp: stamp });
    await readHistory(t);
  }),

  scenario("worker versions/of activity tasks", async (t) => {
    const poll = (queue: string): PollOptions => ({ queue, fields: capabilities });
    const other = { workerVersion: { buildId: "build-2" } };
    const ids = ["completed", "failed", "canceled", "by-id", "by-id-failed", "timed-out"];
    await startWorkflow(t);
    await doTask(
      t,
      ids.map((activityId) =>
        activityCommand(t, {
          activityId,
          taskQueue: { name: t.id(activityId) },
          retryPolicy: { maximumAttempts: 1 },
          startToCloseTimeout: activityId === "timed-out" ? "3s" : "60s",
        }),
      ),
    );
    await pollActivityTask(t, poll("timed-out"));
    const completed = await pollActivityTask(t, poll("completed"));
    await describeWorkflow(t);
    await completeActivity(t, completed, other);
    await failActivity(t, await pollActivityTask(t, poll("failed")), other);
    const canceled = await pollActivityTask(t, poll("canceled"));
    await pollActivityTask(t, poll("by-id"));
    await t.call("RespondActivityTaskCompletedById", byId(t, { activityId: "by-id" }));
    await pollActivityTask(t, poll("by-id-failed"));
    await t.call("RespondActivityTaskFailedById", byId(t, { activityId: "by-id-failed" }));
    await doTask(t, [cancelActivity(7)]);
    await cancelActivityTask(t, canceled, other);
    await readHistory(t, { until: "ACTIVITY_TASK_TIMED_OUT" });
  }),

  scenario("worker versions/of activities that are retried", async (t) => {
    const retryPolicy = { maximumAttempts: 2, initialInterval: "0.01s" };
    await startWorkflow(t);
    await doTask(t, [activityCommand(t, { retryPolicy })]);
    await failActivity(t, await pollActivityTask(t, { fields: capabilities }), { workerVersion: stamp });
    await completeActivity(
      t,
      await pollActivityTask(t, { fields: { workerVersionCapabilities: { buildId: "build-2" } } }),
    );
    await readHistory(t);
  }),

  scenario("worker versions/of eager activities", async (t) => {
    await startWorkflow(t);
    const { reply } = await doTask(
      t,
      [activityCommand(t, { requestEagerExecution: true })],
      { workerVersionStamp: stamp },
      { fields: capabilities },
    );
    await completeActivity(t, (reply as Plain).activityTasks[0] as Plain, { workerVersion: stamp });
    await readHistory(t);
  }),

  scenario("worker versions/event group markers of commands", async (t) => {
    const markers = (id: string): Plain => ({
      eventGroupMarkers: [{ label: { id, label: payload(`group ${id}`) } }, { inboundEvent: { inboundEventId: 1 } }],
    });
    await startWorkflow(t);
    await doTask(t, [
      { ...startTimer("timer", "60s"), ...markers("timer") },
      { ...startTimer("cancelled", "60s"), ...markers("second") },
      { ...cancelTimer("cancelled"), ...markers("cancel") },
      { ...recordMarker({ markerName: "marker" }), ...markers("marker") },
      { ...activityCommand(t), ...markers("activity") },
      { ...modifyProperties({ m: payload(1) }), ...markers("memo") },
      { ...upsertSearchAttributes({ BatcherUser: payload("someone") }), ...markers("attributes") },
    ]);
    await signalWorkflow(t, "wake");
    await doTask(t, [
      { ...cancelActivity(9), ...markers("cancel activity") },
      { ...startTimer("late", "60s"), ...markers("late") },
    ]);
    await doTask(t, [{ ...completeWorkflow(), ...markers("close") }]);
    await readHistory(t);
  }),

  scenario("worker versions/event group markers of commands to others", async (t) => {
    const eventGroupMarkers = [{ label: { id: "group" } }];
    const commands: Record<string, [until: string, command: Plain]> = {
      signal: [
        "SIGNAL_EXTERNAL_WORKFLOW_EXECUTION_FAILED",
        signalExternal({ execution: { workflowId: t.id("nobody") }, signalName: "s" }),
      ],
      cancel: ["REQUEST_CANCEL_EXTERNAL_WORKFLOW_EXECUTION_FAILED", cancelExternal({ workflowId: t.id("nobody") })],
      child: [
        "CHILD_WORKFLOW_EXECUTION_STARTED",
        startChild({
          workflowId: t.id("other"),
          workflowType: { name: "Child" },
          taskQueue: { name: t.id("child-queue") },
        }),
      ],
    };
    for (const [name, [until, command]] of Object.entries(commands)) {
      const workflowId = t.id(name);
      await startWorkflow(t, { workflowId, taskQueue: { name: workflowId } });
      await doTask(t, [{ ...command, eventGroupMarkers }], {}, { queue: name });
      await readHistory(t, { workflowId, until });
    }
  }),
];
