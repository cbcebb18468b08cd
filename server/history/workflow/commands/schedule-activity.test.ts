import { expect, test } from "vitest";
import { duration } from "../../../../api/duration.ts";
import { HistoryEvent } from "../../../../api/gen/messages.js";
import { splitEvents } from "../event-log.ts";
import { ActivityScene, schedule } from "../machines/activity-scene-fixture.ts";

const s = (seconds: number): object => duration(seconds * 1_000);

// Time-outs in seconds as given (schedule-to-close, schedule-to-start, start-to-close, heartbeat), and as they are kept.
const TIMEOUTS = [
  { name: "start-to-close alone", run: 0, given: [0, 0, 10, 0], kept: [0, 0, 10, 0] },
  { name: "schedule-to-close alone fills the others", run: 0, given: [10, 0, 0, 0], kept: [10, 10, 10, 0] },
  { name: "none is longer than schedule-to-close", run: 0, given: [10, 20, 20, 20], kept: [10, 10, 10, 10] },
  { name: "shorter ones stay", run: 0, given: [10, 5, 7, 3], kept: [10, 5, 7, 3] },
  { name: "a heartbeat is no longer than the attempt", run: 0, given: [0, 0, 10, 20], kept: [0, 0, 10, 10] },
  { name: "the run's time-out fills what is missing", run: 100, given: [0, 0, 10, 0], kept: [100, 100, 10, 0] },
  { name: "the run's time-out cuts all", run: 100, given: [1_000, 1_000, 1_000, 1_000], kept: [100, 100, 100, 100] },
  { name: "schedule-to-start beside the run's time-out", run: 100, given: [0, 5, 1_000, 0], kept: [100, 5, 100, 0] },
];

test.for(TIMEOUTS)("time-outs: $name", async ({ run, given, kept }) => {
  const scene = await ActivityScene.open();
  await scene.start(run === 0 ? {} : { workflowRunTimeout: s(run) });
  const [scheduleToCloseTimeout, scheduleToStartTimeout, startToCloseTimeout, heartbeatTimeout] = given.map(s);
  await scene.doTask([
    schedule({ scheduleToCloseTimeout, scheduleToStartTimeout, startToCloseTimeout, heartbeatTimeout }),
  ]);
  const { history } = await scene.call("getWorkflowExecutionHistory", { execution: { workflowId: scene.workflowId } });
  const event = HistoryEvent.decode(
    splitEvents(history as Uint8Array)[4] as Uint8Array,
  ).activityTaskScheduledEventAttributes;
  expect([
    event?.scheduleToCloseTimeout,
    event?.scheduleToStartTimeout,
    event?.startToCloseTimeout,
    event?.heartbeatTimeout,
  ]).toEqual(kept.map(s));
  const task = await scene.takeActivity();
  expect([task.scheduleToCloseTimeout, task.startToCloseTimeout, task.heartbeatTimeout]).toEqual(
    [kept[0], kept[2], kept[3]].map((value) => s(value as number)),
  );
});

const LONG = "x".repeat(1_001);
const REFUSALS = [
  { name: "no id", fields: { activityId: "" }, text: "BadScheduleActivityAttributes: activityId is not set" },
  {
    name: "long id",
    fields: { activityId: LONG },
    text: "BadScheduleActivityAttributes: activityId exceeds length limit. Length=1001 Limit=1000",
  },
  {
    name: "no type",
    fields: { activityType: undefined },
    text: "BadScheduleActivityAttributes: activityType is not set",
  },
  { name: "no queue", fields: { taskQueue: undefined }, text: "BadScheduleActivityAttributes: taskQueue is not set" },
  { name: "no queue name", fields: { taskQueue: {} }, text: "BadScheduleActivityAttributes: missing task queue name" },
  {
    name: "reserved queue",
    fields: { taskQueue: { name: "/_sys/q" } },
    text: "BadScheduleActivityAttributes: task queue name cannot start with reserved prefix /_sys/",
  },
  {
    name: "no time-out",
    fields: { startToCloseTimeout: undefined },
    text: "BadScheduleActivityAttributes: a valid StartToCloseTimeout or ScheduleToCloseTimeout must be set on the activity. ActivityId=activity ActivityType=Activity",
  },
  {
    name: "negative time-out",
    fields: { heartbeatTimeout: s(-1) },
    text: "BadScheduleActivityAttributes: invalid HeartbeatTimeout: negative duration",
  },
  {
    name: "bad retry policy",
    fields: { retryPolicy: { backoffCoefficient: 0.1 } },
    text: "BadScheduleActivityAttributes: BackoffCoefficient cannot be less than 1 on retry policy.",
  },
  {
    name: "bad priority",
    fields: { priority: { priorityKey: -1 } },
    text: "BadScheduleActivityAttributes: invalid priorities: priority key can't be negative",
  },
];

test.for(REFUSALS)("refused: $name", async ({ fields, text }) => {
  const scene = await ActivityScene.open();
  await scene.start();
  await expect(scene.doTask([schedule(fields)])).rejects.toThrow(text);
  expect((await scene.history()).slice(3)[0]).toBe(`4 WORKFLOW_TASK_FAILED scheduled=2 started=3 <${text}>`);
});

test("one id may be pending once, and again when it is done", async () => {
  const scene = await ActivityScene.open();
  await scene.start();
  await scene.doTask([schedule()]);
  const { taskToken } = await scene.takeActivity();
  await scene.call("respondActivityTaskCompleted", { taskToken });
  await scene.doTask([schedule()]);
  expect((await scene.takeActivity()).activityId).toBe("activity");
  const other = await ActivityScene.open();
  await other.start();
  const text =
    "ScheduleActivityDuplicateId: invalid history builder state for action: add-activitytask-scheduled-event, ActivityID: activity";
  await expect(other.doTask([schedule(), schedule()])).rejects.toThrow(text);
});

test("pending activities are limited; those that ended make room", async () => {
  const scene = await ActivityScene.open({ pendingActivitiesMax: 2 });
  await scene.start();
  await scene.doTask([schedule({ activityId: "a" }), schedule({ activityId: "b" })]);
  const { taskToken } = await scene.takeActivity();
  await scene.call("respondActivityTaskCompleted", { taskToken });
  const text =
    "PendingActivitiesLimitExceeded: the number of pending activities, 2, has reached the per-workflow limit of 2";
  await expect(scene.doTask([schedule({ activityId: "c" }), schedule({ activityId: "d" })])).rejects.toThrow(text);
});

test("a task's priority is the activity's own, completed by its workflow's", async () => {
  const scene = await ActivityScene.open();
  await scene.start({ priority: { priorityKey: 2, fairnessKey: "tenant", fairnessWeight: 3 } });
  await scene.doTask([
    schedule({ activityId: "inherited" }),
    schedule({ activityId: "urgent", priority: { priorityKey: 1 } }),
  ]);
  expect(await scene.pollActivity()).toMatchObject({
    activityId: "urgent",
    priority: { priorityKey: 1, fairnessKey: "tenant", fairnessWeight: 3 },
  });
  expect(await scene.pollActivity()).toMatchObject({
    activityId: "inherited",
    priority: { priorityKey: 2, fairnessKey: "tenant", fairnessWeight: 3 },
  });
});
