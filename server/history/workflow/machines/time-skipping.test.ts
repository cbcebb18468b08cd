import { expect, test } from "vitest";
import { settle } from "../../../../base/manual-time.fixture.ts";
import { duration } from "../../../../api/duration.ts";
import { CommandType, FastForwardPollingResult } from "../../../../api/gen/enums.js";
import { HistoryEvent } from "../../../../api/gen/messages.js";
import { timestampMs } from "../../../../api/timestamp.ts";
import { splitEvents } from "../event-log.ts";
import { ActivityScene, applicationFailure, completeWorkflow, schedule } from "./activity-scene-fixture.ts";

const HOUR_MS = 3600_000;
const DAY_MS = 24 * HOUR_MS;
const ON = { enabled: true };

const {
  FAST_FORWARD_POLLING_RESULT_FAST_FORWARD_COMPLETED: COMPLETED,
  FAST_FORWARD_POLLING_RESULT_FAST_FORWARD_FAILED,
} = FastForwardPollingResult;

const startTimer = (ms: number, timerId = "timer"): object => ({
  commandType: CommandType.COMMAND_TYPE_START_TIMER,
  startTimerCommandAttributes: { timerId, startToFireTimeout: duration(ms) },
});

const fastForward = (id: string, ms: number): object => ({
  enabled: true,
  fastForwardConfig: { id, duration: duration(ms) },
});

async function started(timeSkippingConfig: object, fields: object = {}): Promise<ActivityScene> {
  const scene = await ActivityScene.open();
  await scene.start({ timeSkippingConfig, ...fields });
  return scene;
}

/** Each skip as hours since the scene's beginning: from where, to where, and whether the fast-forward ended with it. */
async function skips(scene: ActivityScene): Promise<string[]> {
  await settle();
  const { history } = await scene.call("getWorkflowExecutionHistory", { execution: { workflowId: scene.workflowId } });
  const hours = (at: object | undefined): number => (timestampMs(at) - scene.time.now()) / HOUR_MS;
  return splitEvents(history as Uint8Array).flatMap((bytes) => {
    const { eventTime, workflowExecutionTimeSkippingTransitionedEventAttributes: skip } = HistoryEvent.decode(bytes);
    if (skip === undefined) return [];
    return [`${hours(eventTime)} to ${hours(skip.targetTime)}${skip.disabledAfterFastForward ? ", done" : ""}`];
  });
}

async function info(scene: ActivityScene) {
  const { workflowExtendedInfo } = await scene.call("describeWorkflowExecution", {
    execution: { workflowId: scene.workflowId },
  });
  return workflowExtendedInfo?.timeSkippingInfo;
}

const poll = async (scene: ActivityScene, fastForwardId: string) =>
  scene.call("pollWorkflowExecutionTimeSkipping", {
    workflowExecution: { workflowId: scene.workflowId },
    fastForwardId,
  });

const update = async (scene: ActivityScene, timeSkippingConfig: object | undefined) =>
  scene.call("updateWorkflowExecutionOptions", {
    workflowExecution: { workflowId: scene.workflowId },
    workflowExecutionOptions: { timeSkippingConfig },
    updateMask: { paths: ["time_skipping_config"] },
  });

test("a timer's time comes at once, and with it the next workflow task", async () => {
  const scene = await started(ON);
  await scene.doTask([startTimer(30 * DAY_MS)]);
  expect(await skips(scene)).toEqual(["0 to 720"]);
  await scene.time.advance(0);
  await scene.doTask([completeWorkflow]);
  expect((await scene.history()).slice(4)).toEqual([
    "5 TIMER_STARTED",
    "6 WORKFLOW_EXECUTION_TIME_SKIPPING_TRANSITIONED",
    "7 TIMER_FIRED started=5",
    "8 WORKFLOW_TASK_SCHEDULED",
    "9 WORKFLOW_TASK_STARTED scheduled=8",
    "10 WORKFLOW_TASK_COMPLETED scheduled=8 started=9",
    "11 WORKFLOW_EXECUTION_COMPLETED",
  ]);
});

test("without a configuration no time is skipped", async () => {
  const scene = await ActivityScene.open();
  await scene.start();
  await scene.doTask([startTimer(DAY_MS)]);
  expect(await skips(scene)).toEqual([]);
  expect(await info(scene)).toBeUndefined();
});

test("an activity that a worker may get or has keeps time as it is; one that waits for its next attempt does not", async () => {
  const scene = await started(ON);
  const retryPolicy = { initialInterval: duration(HOUR_MS), backoffCoefficient: 1 };
  await scene.doTask([schedule({ retryPolicy }), startTimer(DAY_MS)]);
  expect(await skips(scene)).toEqual([]);
  const { taskToken } = await scene.takeActivity();
  expect(await skips(scene)).toEqual([]);
  await scene.call("respondActivityTaskFailed", { taskToken, failure: applicationFailure("again") });
  expect(await skips(scene)).toEqual(["0 to 1"]);
  await scene.time.advance(0);
  expect((await scene.takeActivity()).attempt).toBe(2);
  expect(await skips(scene)).toEqual(["0 to 1"]);
});

test("a delayed start and a run's time-out are skipped to", async () => {
  const scene = await started(ON, { workflowStartDelay: duration(DAY_MS), workflowRunTimeout: duration(2 * DAY_MS) });
  expect(await skips(scene)).toEqual(["0 to 24"]);
  await scene.time.advance(0);
  await scene.doTask([]);
  expect(await skips(scene)).toEqual(["0 to 24", "24 to 72"]);
  await scene.time.advance(0);
  expect((await scene.history()).at(-1)).toContain("WORKFLOW_EXECUTION_TIMED_OUT");
});

test("a session's skips are counted and end; a new configuration begins another session", async () => {
  const scene = await started({ enabled: true, maxSessionSkipCount: 2 });
  const next = async (): Promise<void> => {
    await scene.time.advance(0);
    await scene.doTask([startTimer(HOUR_MS)]);
  };
  await next();
  await next();
  await next();
  expect(await skips(scene)).toEqual(["0 to 1", "1 to 2"]);
  expect(await info(scene)).toMatchObject({
    effectiveConfig: { enabled: false, maxSessionSkipCount: 2 },
    currentSessionSkipCount: 2,
  });
  await update(scene, ON);
  expect(await skips(scene)).toEqual(["0 to 1", "1 to 2", "2 to 3"]);
  expect(await info(scene)).toMatchObject({
    effectiveConfig: { enabled: true, maxSessionSkipCount: 200 },
    currentSessionSkipCount: 1,
  });
});

test("a fast-forward ends at its target, between two timers, and is told to who waits", async () => {
  const scene = await started(fastForward("one", 36 * HOUR_MS));
  const polled = poll(scene, "one");
  await scene.doTask([startTimer(DAY_MS, "first"), startTimer(2 * DAY_MS, "second")]);
  await scene.time.advance(0);
  await scene.doTask([]);
  expect(await skips(scene)).toEqual(["0 to 24", "24 to 36, done"]);
  expect(await polled).toMatchObject({ fastForwardPollingResult: COMPLETED, fastForwardInfo: { hasCompleted: true } });
  expect(await poll(scene, "one")).toMatchObject({ fastForwardPollingResult: COMPLETED });
  expect(await info(scene)).toMatchObject({ effectiveConfig: { enabled: false } });
});

test("a fast-forward whose target is reached while an activity runs ends all the same", async () => {
  const scene = await started(fastForward("one", HOUR_MS));
  await scene.doTask([schedule({ startToCloseTimeout: duration(DAY_MS) })]);
  await scene.takeActivity();
  await scene.time.advance(HOUR_MS);
  expect(await skips(scene)).toEqual(["0 to 0, done"]);
  expect(await poll(scene, "one")).toMatchObject({ fastForwardPollingResult: COMPLETED });
});

test.each([
  { name: "another is asked for", act: async () => {}, id: "other", reason: "does not match" },
  {
    name: "the run is terminated",
    act: async (scene: ActivityScene) => {
      await scene.call("terminateWorkflowExecution", { workflowExecution: { workflowId: scene.workflowId } });
    },
    id: "one",
    reason: "the execution ended before",
  },
  {
    name: "another takes its place",
    act: async (scene: ActivityScene) => void (await update(scene, fastForward("two", DAY_MS))),
    id: "one",
    reason: "does not match",
  },
])("a wait for a fast-forward fails when $name", async ({ act, id, reason }) => {
  const scene = await started(fastForward("one", DAY_MS));
  await scene.doTask([schedule()]);
  const polled = poll(scene, id);
  await act(scene);
  expect(await polled).toMatchObject({
    fastForwardPollingResult: FAST_FORWARD_POLLING_RESULT_FAST_FORWARD_FAILED,
    failedReason: expect.stringContaining(reason),
  });
});

test("the skipped time survives the process", async () => {
  const scene = await started(ON);
  await scene.doTask([startTimer(DAY_MS)]);
  await settle();
  await scene.crash();
  await scene.time.advance(0);
  await scene.doTask([completeWorkflow]);
  expect((await scene.history()).at(-1)).toContain("WORKFLOW_EXECUTION_COMPLETED");
});

test.each([
  ["a fast-forward without an id", { enabled: true, fastForwardConfig: { duration: duration(1) } }],
  ["a fast-forward without a duration", { enabled: true, fastForwardConfig: { id: "one" } }],
  ["a fast-forward without skipping", { fastForwardConfig: { id: "one", duration: duration(1) } }],
])("%s is refused", async (_name, timeSkippingConfig) => {
  const scene = await ActivityScene.open();
  await expect(scene.start({ timeSkippingConfig })).rejects.toMatchObject({ code: 3 });
});
