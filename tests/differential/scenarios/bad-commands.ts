/** Every command with bad attributes: the cause of the failed task, its text, and what history keeps. */
import type { Conversation } from "../conversation.ts";
import { scenario } from "../scenario.ts";
import type { Scenario } from "../scenario.ts";
import { otherNamespace } from "../settings.ts";
import { activityCommand } from "../steps/activity.ts";
import {
  cancelActivity,
  cancelExternal,
  cancelTimer,
  cancelWorkflow,
  completeWorkflow,
  continueAsNew,
  failWorkflow,
  modifyProperties,
  protocolMessage,
  recordMarker,
  signalExternal,
  startChild,
  startTimer,
  upsertSearchAttributes,
} from "../steps/commands.ts";
import { attribute, payload } from "../steps/payload.ts";
import { readHistory, startRequest } from "../steps/workflow.ts";
import { completeTask } from "../steps/workflow-task.ts";
import type { Plain } from "../wire-format.ts";

const longId = "x".repeat(1001);
const unknownRun = "11111111-1111-4111-8111-111111111111";

type Cases = (t: Conversation) => Record<string, Plain[]>;

const groups: Record<string, Cases> = {
  "schedule activity": (t) => ({
    "no attributes": [{ commandType: "SCHEDULE_ACTIVITY_TASK" }],
    "no id": [activityCommand(t, { activityId: "" })],
    "id too long": [activityCommand(t, { activityId: longId })],
    "no type": [activityCommand(t, { activityType: undefined })],
    "empty type": [activityCommand(t, { activityType: { name: "" } })],
    "type too long": [activityCommand(t, { activityType: { name: longId } })],
    "no queue": [activityCommand(t, { taskQueue: undefined })],
    "queue too long": [activityCommand(t, { taskQueue: { name: longId } })],
    "reserved queue": [activityCommand(t, { taskQueue: { name: "/_sys/q" } })],
    "no timeout": [activityCommand(t, { startToCloseTimeout: undefined })],
    "only schedule to start": [activityCommand(t, { startToCloseTimeout: undefined, scheduleToStartTimeout: "1s" })],
    "negative start to close": [activityCommand(t, { startToCloseTimeout: "-1s" })],
    "negative schedule to close": [activityCommand(t, { scheduleToCloseTimeout: "-1s" })],
    "negative schedule to start": [activityCommand(t, { scheduleToStartTimeout: "-1s" })],
    "negative heartbeat": [activityCommand(t, { heartbeatTimeout: "-1s" })],
    "bad retry policy": [activityCommand(t, { retryPolicy: { backoffCoefficient: 0.1 } })],
    "bad maximum interval": [activityCommand(t, { retryPolicy: { initialInterval: "2s", maximumInterval: "1s" } })],
    "negative priority": [activityCommand(t, { priority: { priorityKey: -1 } })],
    "fairness key too long": [activityCommand(t, { priority: { fairnessKey: "k".repeat(65) } })],
    "one id twice": [activityCommand(t), activityCommand(t)],
    "attributes of another command": [
      { commandType: "SCHEDULE_ACTIVITY_TASK", startTimerCommandAttributes: { timerId: "t" } },
    ],
  }),
  "cancel activity": () => ({
    "no attributes": [{ commandType: "REQUEST_CANCEL_ACTIVITY_TASK" }],
    "no scheduled event": [cancelActivity(0)],
    "unknown scheduled event": [cancelActivity(99)],
    "event of another kind": [cancelActivity(1)],
  }),
  timers: () => ({
    "start without attributes": [{ commandType: "START_TIMER" }],
    "start without id": [startTimer("", "1s")],
    "start with an id too long": [startTimer(longId, "1s")],
    "start with a negative timeout": [startTimer("timer", "-1s")],
    "one id twice": [startTimer("timer", "60s"), startTimer("timer", "60s")],
    "cancel without attributes": [{ commandType: "CANCEL_TIMER" }],
    "cancel without id": [cancelTimer("")],
    "cancel with an id too long": [cancelTimer(longId)],
    "cancel of an unknown timer": [cancelTimer("no-such-timer")],
    "cancel twice": [startTimer("timer", "60s"), cancelTimer("timer"), cancelTimer("timer")],
  }),
  markers: () => ({
    "no attributes": [{ commandType: "RECORD_MARKER" }],
    "no name": [recordMarker({})],
    "name too long": [recordMarker({ markerName: longId })],
  }),
  "closing commands": () => ({
    "complete without attributes": [{ commandType: "COMPLETE_WORKFLOW_EXECUTION" }],
    "fail without attributes": [{ commandType: "FAIL_WORKFLOW_EXECUTION" }],
    "fail without a failure": [{ commandType: "FAIL_WORKFLOW_EXECUTION", failWorkflowExecutionCommandAttributes: {} }],
    "cancel without attributes": [{ commandType: "CANCEL_WORKFLOW_EXECUTION" }],
    "unspecified command": [{ commandType: "UNSPECIFIED" }],
    "unknown command": [{ commandType: 99 }],
  }),
  "continue as new": () => ({
    "no attributes": [{ commandType: "CONTINUE_AS_NEW_WORKFLOW_EXECUTION" }],
    "type too long": [continueAsNew({ workflowType: { name: longId } })],
    "queue too long": [continueAsNew({ taskQueue: { name: longId } })],
    "negative run timeout": [continueAsNew({ workflowRunTimeout: "-1s" })],
    "negative task timeout": [continueAsNew({ workflowTaskTimeout: "-1s" })],
    "negative backoff": [continueAsNew({ backoffStartInterval: "-1s" })],
    "bad retry policy": [continueAsNew({ retryPolicy: { backoffCoefficient: 0.1 } })],
    "bad cron": [continueAsNew({ cronSchedule: "nonsense" })],
    "unknown search attribute": [continueAsNew({ searchAttributes: { indexedFields: { NoSuch: payload(1) } } })],
  }),
  "start child": (t) => ({
    "no workflow id": [startChild({ workflowType: { name: "Child" } })],
    "workflow id too long": [startChild({ workflowId: longId, workflowType: { name: "Child" } })],
    "no type": [startChild({ workflowId: t.id("child") })],
    "type too long": [startChild({ workflowId: t.id("child"), workflowType: { name: longId } })],
    "queue too long": [
      startChild({ workflowId: t.id("child"), workflowType: { name: "Child" }, taskQueue: { name: longId } }),
    ],
    "negative execution timeout": [
      startChild({ workflowId: t.id("child"), workflowType: { name: "Child" }, workflowExecutionTimeout: "-1s" }),
    ],
    "negative run timeout": [
      startChild({ workflowId: t.id("child"), workflowType: { name: "Child" }, workflowRunTimeout: "-1s" }),
    ],
    "negative task timeout": [
      startChild({ workflowId: t.id("child"), workflowType: { name: "Child" }, workflowTaskTimeout: "-1s" }),
    ],
    "bad retry policy": [
      startChild({ workflowId: t.id("child"), workflowType: { name: "Child" }, retryPolicy: { maximumAttempts: -1 } }),
    ],
    "bad cron": [startChild({ workflowId: t.id("child"), workflowType: { name: "Child" }, cronSchedule: "nonsense" })],
    "unknown namespace": [
      startChild({ namespace: "no-such-namespace", workflowId: t.id("child"), workflowType: { name: "Child" } }),
    ],
    "another namespace": [
      startChild({ namespace: otherNamespace, workflowId: t.id("child"), workflowType: { name: "Child" } }),
    ],
    "unknown search attribute": [
      startChild({
        workflowId: t.id("child"),
        workflowType: { name: "Child" },
        searchAttributes: { indexedFields: { NoSuch: payload(1) } },
      }),
    ],
    "negative priority": [
      startChild({ workflowId: t.id("child"), workflowType: { name: "Child" }, priority: { priorityKey: -1 } }),
    ],
    "reserved queue": [
      startChild({ workflowId: t.id("child"), workflowType: { name: "Child" }, taskQueue: { name: "/_sys/q" } }),
    ],
  }),
  "signal external": (t) => ({
    "no attributes": [{ commandType: "SIGNAL_EXTERNAL_WORKFLOW_EXECUTION" }],
    "no execution": [signalExternal({ signalName: "s" })],
    "no workflow id": [signalExternal({ execution: {}, signalName: "s" })],
    "workflow id too long": [signalExternal({ execution: { workflowId: longId }, signalName: "s" })],
    "run id that is no UUID": [
      signalExternal({ execution: { workflowId: t.id("other"), runId: "nonsense" }, signalName: "s" }),
    ],
    "no signal name": [signalExternal({ execution: { workflowId: t.id("other") } })],
    "signal name too long": [signalExternal({ execution: { workflowId: t.id("other") }, signalName: longId })],
    "unknown namespace": [
      signalExternal({ namespace: "no-such-namespace", execution: { workflowId: t.id("other") }, signalName: "s" }),
    ],
    "another namespace": [
      signalExternal({ namespace: otherNamespace, execution: { workflowId: t.id("other") }, signalName: "s" }),
    ],
  }),
  "cancel external": (t) => ({
    "no attributes": [{ commandType: "REQUEST_CANCEL_EXTERNAL_WORKFLOW_EXECUTION" }],
    "no workflow id": [cancelExternal({})],
    "workflow id too long": [cancelExternal({ workflowId: longId })],
    "run id that is no UUID": [cancelExternal({ workflowId: t.id("other"), runId: "nonsense" })],
    "unknown namespace": [cancelExternal({ namespace: "no-such-namespace", workflowId: t.id("other") })],
    "child started in the same task": [
      startChild({ workflowId: t.id("child"), workflowType: { name: "Child" } }),
      cancelExternal({ workflowId: t.id("child"), childWorkflowOnly: true }),
    ],
  }),
  "search attributes and memo": () => ({
    "upsert without attributes": [{ commandType: "UPSERT_WORKFLOW_SEARCH_ATTRIBUTES" }],
    "upsert of nothing": [upsertSearchAttributes({})],
    "upsert without the map": [
      { commandType: "UPSERT_WORKFLOW_SEARCH_ATTRIBUTES", upsertWorkflowSearchAttributesCommandAttributes: {} },
    ],
    "upsert of an unknown attribute": [upsertSearchAttributes({ NoSuch: payload(1) })],
    "upsert of a system attribute": [upsertSearchAttributes({ WorkflowType: payload("t") })],
    "upsert of a wrong type": [upsertSearchAttributes({ BatcherUser: payload(17) })],
    "upsert of an oversized value": [upsertSearchAttributes({ BatcherUser: attribute("Keyword", "x".repeat(2049)) })],
    "modify without attributes": [{ commandType: "MODIFY_WORKFLOW_PROPERTIES" }],
    "modify nothing": [modifyProperties({})],
    "modify without a memo": [
      { commandType: "MODIFY_WORKFLOW_PROPERTIES", modifyWorkflowPropertiesCommandAttributes: {} },
    ],
  }),
  "protocol messages and nexus": () => ({
    "message without attributes": [{ commandType: "PROTOCOL_MESSAGE" }],
    "message without id": [protocolMessage("")],
    "message that is not in the request": [protocolMessage("no-such-message")],
    "operation at an unknown endpoint": [
      {
        commandType: "SCHEDULE_NEXUS_OPERATION",
        scheduleNexusOperationCommandAttributes: { endpoint: "nowhere", service: "s", operation: "o" },
      },
    ],
    "cancel of an unknown operation": [
      {
        commandType: "REQUEST_CANCEL_NEXUS_OPERATION",
        requestCancelNexusOperationCommandAttributes: { scheduledEventId: 99 },
      },
    ],
  }),
};

export const badCommands: Scenario[] = [
  ...Object.entries(groups).map(([group, cases]) =>
    scenario(`bad commands/${group}`, async (t) => {
      for (const [note, commands] of Object.entries(cases(t))) {
        const name = note.replaceAll(" ", "-");
        await t.silently(
          "StartWorkflowExecution",
          startRequest(t, { workflowId: t.id(name), taskQueue: { name: t.id(name) } }),
        );
        const task = await t.silently("PollWorkflowTaskQueue", {
          namespace: t.namespace,
          taskQueue: { name: t.id(name) },
        });
        await completeTask(t, task, [recordMarker({ markerName: "before" }), ...commands], {}, { note });
        const events = await t.silently("GetWorkflowExecutionHistory", {
          namespace: t.namespace,
          execution: { workflowId: t.id(name) },
        });
        // A task that failed ends with a new attempt; one that the server took after all is told by its reply.
        const failed = (events.history.events as Plain[]).some((event) => event.eventType === "WORKFLOW_TASK_FAILED");
        if (failed) await readHistory(t, { workflowId: t.id(name) });
        await t.silently("TerminateWorkflowExecution", {
          namespace: t.namespace,
          workflowExecution: { workflowId: t.id(name) },
        });
      }
    }),
  ),

  scenario("bad commands/a second bad completion of one workflow is dropped", async (t) => {
    await t.silently("StartWorkflowExecution", startRequest(t, { workflowTaskTimeout: "2s" }));
    const poll = { namespace: t.namespace, taskQueue: { name: t.id("queue") }, identity: "worker@test" };
    const first = await t.call("PollWorkflowTaskQueue", poll);
    await completeTask(t, first, [startTimer("", "1s")]);
    const second = await t.call("PollWorkflowTaskQueue", poll);
    await completeTask(t, second, [startTimer("", "1s")], {}, { note: "the second attempt fails too" });
    await readHistory(t);
    const third = await t.call("PollWorkflowTaskQueue", poll, { note: "comes when the second has timed out" });
    await completeTask(t, third, [completeWorkflow()]);
    await readHistory(t);
  }),

  scenario("bad commands/run ids that are unknown are not errors of the command", async (t) => {
    const cases = {
      SIGNAL_EXTERNAL_WORKFLOW_EXECUTION_FAILED: signalExternal({
        execution: { workflowId: t.id("other"), runId: unknownRun },
        signalName: "s",
      }),
      REQUEST_CANCEL_EXTERNAL_WORKFLOW_EXECUTION_FAILED: cancelExternal({
        workflowId: t.id("other"),
        runId: unknownRun,
      }),
    };
    for (const [until, command] of Object.entries(cases)) {
      await t.silently(
        "StartWorkflowExecution",
        startRequest(t, { workflowId: t.id(until), taskQueue: { name: t.id(until) } }),
      );
      const task = await t.silently("PollWorkflowTaskQueue", {
        namespace: t.namespace,
        taskQueue: { name: t.id(until) },
      });
      await completeTask(t, task, [command]);
      await readHistory(t, { workflowId: t.id(until), until });
    }
  }),

  scenario("bad commands/several closing commands", async (t) => {
    const cases: Record<string, Plain[]> = {
      "complete then fail": [completeWorkflow("first"), failWorkflow()],
      "fail then complete": [failWorkflow(), completeWorkflow("second")],
      "cancel without a request": [cancelWorkflow("details")],
      "complete then a marker": [completeWorkflow("first"), recordMarker({ markerName: "after" })],
      "complete then a bad command": [completeWorkflow("first"), startTimer("", "1s")],
      "complete then continue as new": [completeWorkflow("first"), continueAsNew()],
    };
    for (const [note, commands] of Object.entries(cases)) {
      const name = note.replaceAll(" ", "-");
      await t.silently(
        "StartWorkflowExecution",
        startRequest(t, { workflowId: t.id(name), taskQueue: { name: t.id(name) } }),
      );
      const task = await t.silently("PollWorkflowTaskQueue", {
        namespace: t.namespace,
        taskQueue: { name: t.id(name) },
      });
      await completeTask(t, task, commands, {}, { note });
      await readHistory(t, { workflowId: t.id(name) });
    }
  }),
];
