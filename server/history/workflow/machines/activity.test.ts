import { expect, test } from "vitest";
import { settle } from "../../../../base/manual-time.fixture.ts";
import { duration } from "../../../../api/duration.ts";
import { Failure } from "../../../../api/gen/messages.js";
import {
  ActivityScene,
  applicationFailure,
  completeWorkflow,
  failureText,
  payloads,
  requestCancel,
  schedule,
} from "./activity-scene-fixture.ts";

const NO_TIME =
  "Not enough time to schedule next retry before activity ScheduleToClose timeout, giving up retrying:SCHEDULE_TO_CLOSE";
const ONCE = { maximumAttempts: 1 };

/** A workflow whose first task schedules one activity with these fields. */
async function scheduled(fields: object = {}, limits: object = {}): Promise<ActivityScene> {
  const scene = await ActivityScene.open(limits);
  await scene.start();
  await scene.doTask([schedule(fields)]);
  return scene;
}

async function failed(scene: ActivityScene, failure: Uint8Array | undefined, fields: object = {}): Promise<void> {
  const { taskToken } = await scene.takeActivity();
  await scene.call("respondActivityTaskFailed", { taskToken, failure, ...fields });
}

test("an activity's Started event is written with its end, and a workflow task follows", async () => {
  const scene = await scheduled();
  const task = await scene.takeActivity();
  expect(await scene.activityHistory()).toEqual(["5 ACTIVITY_TASK_SCHEDULED"]);
  await scene.call("respondActivityTaskCompleted", { taskToken: task.taskToken, result: payloads("done") });
  expect((await scene.history()).slice(4)).toEqual([
    "5 ACTIVITY_TASK_SCHEDULED",
    "6 ACTIVITY_TASK_STARTED scheduled=5 attempt=1",
    "7 ACTIVITY_TASK_COMPLETED scheduled=5 started=6",
    "8 WORKFLOW_TASK_SCHEDULED",
  ]);
});

// How each time-out ends an activity: `polls` moments at which a worker polls, `beats` at which it heartbeats.
const TIMEOUTS = [
  {
    name: "schedule to start",
    fields: { scheduleToStartTimeout: duration(2_000) },
    polls: [],
    beats: [],
    after: 2_000,
    events: ["6 ACTIVITY_TASK_TIMED_OUT scheduled=5 <activity ScheduleToStart timeout:SCHEDULE_TO_START> TIMEOUT"],
  },
  {
    name: "schedule to close, unstarted: told as schedule to start",
    fields: { scheduleToCloseTimeout: duration(3_000) },
    polls: [],
    beats: [],
    after: 3_000,
    events: ["6 ACTIVITY_TASK_TIMED_OUT scheduled=5 <activity ScheduleToStart timeout:SCHEDULE_TO_START> TIMEOUT"],
  },
  {
    name: "start to close",
    fields: { retryPolicy: ONCE },
    polls: [500],
    beats: [],
    after: 10_500,
    events: [
      "6 ACTIVITY_TASK_STARTED scheduled=5 attempt=1",
      "7 ACTIVITY_TASK_TIMED_OUT scheduled=5 started=6 <activity StartToClose timeout:START_TO_CLOSE> MAXIMUM_ATTEMPTS_REACHED",
    ],
  },
  {
    name: "start to close, listed as final",
    fields: { retryPolicy: { nonRetryableErrorTypes: ["TemporalTimeout:StartToClose"] } },
    polls: [500],
    beats: [],
    after: 10_500,
    events: [
      "6 ACTIVITY_TASK_STARTED scheduled=5 attempt=1",
      "7 ACTIVITY_TASK_TIMED_OUT scheduled=5 started=6 <activity StartToClose timeout:START_TO_CLOSE> NON_RETRYABLE_FAILURE",
    ],
  },
  {
    name: "start to close without time for another attempt",
    fields: { scheduleToCloseTimeout: duration(12_000), retryPolicy: { initialInterval: duration(5_000) } },
    polls: [0],
    beats: [],
    after: 10_000,
    events: [
      "6 ACTIVITY_TASK_STARTED scheduled=5 attempt=1",
      `7 ACTIVITY_TASK_TIMED_OUT scheduled=5 started=6 <${NO_TIME}> TIMEOUT`,
    ],
  },
  {
    name: "schedule to close while started",
    fields: { scheduleToCloseTimeout: duration(4_000) },
    polls: [1_000],
    beats: [1_500],
    after: 4_000,
    events: [
      "6 ACTIVITY_TASK_STARTED scheduled=5 attempt=1",
      `7 ACTIVITY_TASK_TIMED_OUT scheduled=5 started=6 <${NO_TIME}+details> TIMEOUT`,
    ],
  },
  {
    name: "schedule to close, started as it was scheduled, with the start to close filled in",
    fields: { startToCloseTimeout: duration(0), scheduleToCloseTimeout: duration(4_000), retryPolicy: ONCE },
    polls: [0],
    beats: [],
    after: 4_000,
    events: [
      "6 ACTIVITY_TASK_STARTED scheduled=5 attempt=1",
      `7 ACTIVITY_TASK_TIMED_OUT scheduled=5 started=6 <${NO_TIME}> TIMEOUT`,
    ],
  },
  {
    name: "heartbeat never seen",
    fields: { heartbeatTimeout: duration(1_000), retryPolicy: ONCE },
    polls: [0],
    beats: [],
    after: 1_000,
    events: [
      "6 ACTIVITY_TASK_STARTED scheduled=5 attempt=1",
      "7 ACTIVITY_TASK_TIMED_OUT scheduled=5 started=6 <activity Heartbeat timeout:HEARTBEAT> MAXIMUM_ATTEMPTS_REACHED",
    ],
  },
  {
    name: "heartbeat stopped",
    fields: { heartbeatTimeout: duration(1_000), retryPolicy: ONCE },
    polls: [0],
    beats: [800, 1_600],
    after: 2_600,
    events: [
      "6 ACTIVITY_TASK_STARTED scheduled=5 attempt=1",
      "7 ACTIVITY_TASK_TIMED_OUT scheduled=5 started=6 <activity Heartbeat timeout:HEARTBEAT+details> MAXIMUM_ATTEMPTS_REACHED",
    ],
  },
];

test.for(TIMEOUTS)("time-out: $name", async ({ fields, polls, beats, after, events }) => {
  const scene = await scheduled(fields);
  let elapsed = 0;
  const until = async (ms: number): Promise<void> => {
    await scene.time.advance(ms - elapsed);
    elapsed = ms;
  };
  let taskToken: Uint8Array | undefined;
  for (const at of polls) {
    await until(at);
    ({ taskToken } = await scene.takeActivity());
  }
  for (const at of beats) {
    await until(at);
    await scene.call("recordActivityTaskHeartbeat", { taskToken, details: payloads("alive") });
  }
  await until(after - 1);
  expect(await scene.activityHistory()).toHaveLength(1);
  await until(after);
  await settle();
  expect((await scene.activityHistory()).slice(1)).toEqual(events);
  expect((await scene.history()).at(-1)).toContain("WORKFLOW_TASK_SCHEDULED");
});

// Whether a failed attempt is followed by another: the wait for it, or the state that closes the activity.
const RETRIES = [
  { name: "the first interval", failure: applicationFailure("f"), waits: [1_000] },
  {
    name: "intervals grow by the coefficient",
    failure: applicationFailure("f"),
    policy: { initialInterval: duration(100), backoffCoefficient: 3 },
    waits: [100, 300, 900],
  },
  {
    name: "intervals stop at the largest",
    failure: applicationFailure("f"),
    policy: { initialInterval: duration(100), maximumInterval: duration(150) },
    waits: [100, 150, 150],
  },
  { name: "no failure at all is retried", failure: undefined, waits: [1_000] },
  {
    name: "the failure's own delay",
    failure: applicationFailure("f", { nextRetryDelay: duration(70) }),
    waits: [70, 70],
  },
  {
    name: "the failure's own delay beyond the largest interval",
    failure: applicationFailure("f", { nextRetryDelay: duration(7_000) }),
    policy: { maximumInterval: duration(1_000) },
    waits: [7_000],
  },
  {
    name: "a delay of nothing",
    failure: applicationFailure("f", { nextRetryDelay: duration(0) }),
    waits: [],
    state: "TIMEOUT",
  },
  {
    name: "attempts used up",
    failure: applicationFailure("f"),
    policy: { maximumAttempts: 2 },
    waits: [1_000],
    state: "MAXIMUM_ATTEMPTS_REACHED",
  },
  {
    name: "non-retryable",
    failure: applicationFailure("f", { nonRetryable: true }),
    waits: [],
    state: "NON_RETRYABLE_FAILURE",
  },
  {
    name: "of a type that the policy lists",
    failure: applicationFailure("f", { type: "Fatal" }),
    policy: { nonRetryableErrorTypes: ["Fatal"] },
    waits: [],
    state: "NON_RETRYABLE_FAILURE",
  },
  {
    name: "listed, with attempts used up as well",
    failure: applicationFailure("f", { type: "Fatal" }),
    policy: { nonRetryableErrorTypes: ["Fatal"], maximumAttempts: 1 },
    waits: [],
    state: "NON_RETRYABLE_FAILURE",
  },
  {
    name: "no time before schedule-to-close",
    failure: applicationFailure("f"),
    policy: { initialInterval: duration(9_000) },
    fields: { scheduleToCloseTimeout: duration(8_000) },
    waits: [],
    state: "TIMEOUT",
  },
];

test.for(RETRIES)("retry: $name", async ({ failure, policy, fields, waits, state }) => {
  const scene = await scheduled({ retryPolicy: policy, ...fields });
  for (const wait of waits) {
    await failed(scene, failure);
    await scene.time.advance(wait - 1);
    expect(await scene.pollActivity()).toBeUndefined();
    await scene.time.advance(1);
  }
  if (state === undefined) {
    expect((await scene.pollActivity())?.attempt).toBe(waits.length + 1);
    return;
  }
  await failed(scene, failure);
  const last = (await scene.activityHistory()).at(-1);
  expect(last).toMatch(new RegExp(`ACTIVITY_TASK_FAILED.* ${state}$`));
});

test("the attempt after a time-out has its failure and the details of the one before", async () => {
  const scene = await scheduled({ heartbeatTimeout: duration(1_000) });
  const first = await scene.takeActivity();
  await scene.call("recordActivityTaskHeartbeat", { taskToken: first.taskToken, details: payloads("half way") });
  await scene.time.advance(2_000);
  const second = await scene.takeActivity();
  expect(second).toMatchObject({ attempt: 2, heartbeatDetails: payloads("half way") });
  await expect(scene.call("respondActivityTaskCompleted", { taskToken: first.taskToken })).rejects.toThrow(
    "invalid activityID or activity already timed out",
  );
  await scene.call("respondActivityTaskCompleted", { taskToken: second.taskToken });
  expect((await scene.activityHistory())[1]).toBe(
    "6 ACTIVITY_TASK_STARTED scheduled=5 attempt=2 after <activity Heartbeat timeout:HEARTBEAT>",
  );
});

test("a time-out of a later attempt has the failure before as its cause", async () => {
  const scene = await scheduled({ retryPolicy: { maximumAttempts: 2 } });
  await failed(scene, applicationFailure("first"));
  await scene.time.advance(1_000);
  await scene.pollActivity();
  await scene.time.advance(10_000);
  expect((await scene.activityHistory()).at(-1)).toBe(
    "7 ACTIVITY_TASK_TIMED_OUT scheduled=5 started=6 <activity StartToClose timeout:START_TO_CLOSE <first>> MAXIMUM_ATTEMPTS_REACHED",
  );
});

test("events of an activity that ends during a workflow task are buffered, started before closed", async () => {
  const scene = await scheduled();
  const activity = await scene.takeActivity();
  await scene.call("signalWorkflowExecution", {
    workflowExecution: { workflowId: scene.workflowId },
    signalName: "wake",
  });
  const task = await scene.takeWorkflowTask();
  await scene.call("respondActivityTaskCompleted", { taskToken: activity.taskToken });
  await scene.call("signalWorkflowExecution", {
    workflowExecution: { workflowId: scene.workflowId },
    signalName: "again",
  });
  await scene.call("respondWorkflowTaskCompleted", { taskToken: task.taskToken });
  expect((await scene.history()).slice(8)).toEqual([
    "9 WORKFLOW_TASK_COMPLETED scheduled=7 started=8",
    "10 ACTIVITY_TASK_STARTED scheduled=5 attempt=1",
    "11 WORKFLOW_EXECUTION_SIGNALED",
    "12 ACTIVITY_TASK_COMPLETED scheduled=5 started=10",
    "13 WORKFLOW_TASK_SCHEDULED",
  ]);
});

test("a waiting activity is canceled at once, and its task is not given out", async () => {
  const scene = await ActivityScene.open();
  await scene.start();
  await scene.doTask([schedule(), requestCancel(5)]);
  expect((await scene.history()).slice(4)).toEqual([
    "5 ACTIVITY_TASK_SCHEDULED",
    "6 ACTIVITY_TASK_CANCEL_REQUESTED scheduled=5",
    "7 ACTIVITY_TASK_CANCELED scheduled=5",
    "8 WORKFLOW_TASK_SCHEDULED",
  ]);
  expect(await scene.pollActivity()).toBeUndefined();
});

test("a started activity learns of its cancellation by a heartbeat", async () => {
  const scene = await scheduled();
  const { taskToken } = await scene.takeActivity();
  expect(await scene.call("recordActivityTaskHeartbeat", { taskToken })).toMatchObject({ cancelRequested: false });
  await expect(scene.call("respondActivityTaskCanceled", { taskToken })).rejects.toThrow(
    "unable to mark activity as canceled without activity being request canceled first",
  );
  await scene.call("signalWorkflowExecution", {
    workflowExecution: { workflowId: scene.workflowId },
    signalName: "wake",
  });
  await scene.doTask([requestCancel(5)]);
  expect(await scene.call("recordActivityTaskHeartbeat", { taskToken })).toMatchObject({ cancelRequested: true });
  await scene.call("respondActivityTaskCanceled", { taskToken });
  expect((await scene.activityHistory()).at(-1)).toBe("12 ACTIVITY_TASK_CANCELED scheduled=5 started=11");
});

test("eager activities come with the reply and are started durably", async () => {
  const scene = await ActivityScene.open();
  await scene.start();
  const reply = await scene.doTask([
    schedule({ activityId: "eager", requestEagerExecution: true }),
    schedule({ activityId: "ordinary" }),
  ]);
  expect(reply.activityTasks).toMatchObject([{ activityId: "eager", attempt: 1 }]);
  await scene.crash();
  expect((await scene.takeActivity()).activityId).toBe("ordinary");
  expect(await scene.pollActivity()).toBeUndefined();
  await scene.call("respondActivityTaskCompleted", { taskToken: reply.activityTasks?.[0]?.taskToken });
  expect((await scene.activityHistory()).slice(2)).toEqual([
    "7 ACTIVITY_TASK_STARTED scheduled=5 attempt=1",
    "8 ACTIVITY_TASK_COMPLETED scheduled=5 started=7",
  ]);
});

test("an eager activity of a task that closes the workflow is not given out", async () => {
  const scene = await ActivityScene.open();
  await scene.start();
  const reply = await scene.doTask([schedule({ requestEagerExecution: true }), completeWorkflow]);
  expect(reply.activityTasks).toEqual([]);
});

// What a crash makes of an attempt that was `age` ms old.
const CRASHES = [
  { name: "a young start is lost: the attempt is offered anew", policy: {}, age: 99, isOffered: true },
  { name: "a start of 100 ms is kept", policy: {}, age: 100, isOffered: false },
  { name: "the start of the only attempt is kept at once", policy: ONCE, age: 0, isOffered: false },
];

test.for(CRASHES)("crash: $name, and its worker's answer is taken", async ({ policy, age, isOffered }) => {
  const scene = await scheduled({ retryPolicy: policy });
  const { taskToken } = await scene.takeActivity();
  await scene.time.advance(age);
  await settle();
  await scene.crash();
  const beat = await scene.call("recordActivityTaskHeartbeat", { taskToken, details: payloads("still here") });
  expect(beat).toMatchObject({ cancelRequested: false });
  await scene.call("respondActivityTaskCompleted", { taskToken });
  expect((await scene.activityHistory()).slice(1)).toEqual([
    "6 ACTIVITY_TASK_STARTED scheduled=5 attempt=1",
    "7 ACTIVITY_TASK_COMPLETED scheduled=5 started=6",
  ]);

  const other = await scheduled({ retryPolicy: policy });
  await other.pollActivity();
  await other.time.advance(age);
  await settle();
  await other.crash();
  expect((await other.pollActivity()) !== undefined).toBe(isOffered);
});

// After a crash two workers may hold the same attempt: the one that had it before, and the one that was given it anew.
const REPEATED = [
  { name: "the first worker's", first: "lost", second: "again" },
  { name: "the second worker's", first: "again", second: "lost" },
] as const;

test.for(REPEATED)("an attempt repeated after a crash: $name answer is taken when it comes first", async (order) => {
  const scene = await scheduled();
  const lost = await scene.takeActivity();
  await scene.time.advance(50);
  await scene.crash();
  const again = await scene.takeActivity();
  expect(again.attempt).toBe(1);
  const tokens = { lost: lost.taskToken, again: again.taskToken };
  for (const taskToken of Object.values(tokens)) await scene.call("recordActivityTaskHeartbeat", { taskToken });
  await scene.call("respondActivityTaskCompleted", { taskToken: tokens[order.first] });
  await expect(scene.call("respondActivityTaskCompleted", { taskToken: tokens[order.second] })).rejects.toThrow(
    "invalid activityID or activity already timed out",
  );
});

// The parts of a run with many activities are rows of their own: another one's write does not take a start with it.
const MANY_CRASHES = [
  { age: 50, offered: 9 },
  { age: 100, offered: 0 },
];

test.for(MANY_CRASHES)(
  "crash: of nine attempts that are $age ms old, $offered are offered anew",
  async ({ age, offered }) => {
    const scene = await ActivityScene.open();
    await scene.start();
    await scene.doTask(Array.from({ length: 10 }, (_, number) => schedule({ activityId: `activity ${number}` })));
    const tokens: (Uint8Array | undefined)[] = [];
    for (let number = 0; number < 10; number++) tokens.push((await scene.takeActivity()).taskToken);
    await scene.call("respondActivityTaskCompleted", { taskToken: tokens[9] });
    await scene.time.advance(age);
    await settle();
    await scene.crash();
    let count = 0;
    while ((await scene.pollActivity()) !== undefined) count++;
    expect(count).toBe(offered);
  },
);

test("a start that another write took along to the store is kept", async () => {
  const scene = await scheduled();
  const { taskToken } = await scene.takeActivity();
  await scene.call("signalWorkflowExecution", {
    workflowExecution: { workflowId: scene.workflowId },
    signalName: "wake",
  });
  await scene.crash();
  expect(await scene.pollActivity()).toBeUndefined();
  await scene.time.advance(9_999);
  await scene.call("respondActivityTaskCompleted", { taskToken });
});

test("billable: each activity scheduled, each retry started, each heartbeat", async () => {
  const scene = await scheduled();
  await failed(scene, applicationFailure("first"));
  await scene.time.advance(1_000);
  const { taskToken } = await scene.takeActivity();
  await scene.call("recordActivityTaskHeartbeat", { taskToken });
  await scene.call("recordActivityTaskHeartbeatById", { workflowId: scene.workflowId, activityId: "activity" });
  await scene.call("respondActivityTaskCompleted", { taskToken });
  const counts = Object.entries(scene.actions()).filter(([action]) => action.includes("activity"));
  expect(Object.fromEntries(counts)).toEqual({
    schedule_activity: 1,
    retry_activity: 1,
    record_activity_heartbeat: 1,
    record_activity_heartbeat_by_id: 1,
  });
});

test("a retry that waits is offered at its time after a crash", async () => {
  const scene = await scheduled({ retryPolicy: { initialInterval: duration(5_000) } });
  await failed(scene, applicationFailure("first"));
  await scene.crash();
  await scene.time.advance(4_999);
  expect(await scene.pollActivity()).toBeUndefined();
  await scene.time.advance(1);
  expect((await scene.takeActivity()).attempt).toBe(2);
  expect(await scene.pollActivity()).toBeUndefined();
});

test("an activity is offered at its time after a crash from which the clock came back earlier", async () => {
  const scene = await ActivityScene.open();
  await scene.start();
  await scene.doTask([schedule()]);
  await scene.crash(5_000);
  expect(await scene.pollActivity()).toBeUndefined();
  await scene.time.advance(5_000);
  expect(await scene.pollActivity()).toMatchObject({ attempt: 1 });
});

test("time-outs survive a crash", async () => {
  const scene = await scheduled({ scheduleToStartTimeout: duration(2_000) });
  await scene.crash();
  await scene.time.advance(2_000);
  expect((await scene.activityHistory()).at(-1)).toContain("ACTIVITY_TASK_TIMED_OUT");
});

test("an activity that waits may be completed by its id, but not failed", async () => {
  const scene = await scheduled();
  const name = { workflowId: scene.workflowId, activityId: "activity" };
  const text = "invalid activityID or activity already timed out or invoking workflow is completed";
  await expect(
    scene.call("respondActivityTaskFailedById", { ...name, failure: applicationFailure("f") }),
  ).rejects.toThrow(text);
  await expect(scene.call("respondActivityTaskCanceledById", name)).rejects.toThrow(text);
  await expect(scene.call("recordActivityTaskHeartbeatById", name)).rejects.toThrow(text);
  await scene.call("respondActivityTaskCompletedById", name);
  await expect(scene.call("respondActivityTaskCompletedById", name)).rejects.toThrow(
    "cannot find pending activity with ActivityID activity, check workflow execution history for more details",
  );
  expect((await scene.activityHistory()).slice(1)).toEqual([
    "6 ACTIVITY_TASK_STARTED scheduled=5 attempt=1",
    "7 ACTIVITY_TASK_COMPLETED scheduled=5 started=6",
  ]);
});

// Answers that are too large to keep become failures that are not retried.
const OVERSIZE = [
  {
    method: "respondActivityTaskCompleted" as const,
    fields: { result: payloads("x".repeat(200)) },
    failure: "<Complete result exceeds size limit.>",
  },
  {
    method: "respondActivityTaskFailed" as const,
    fields: { failure: applicationFailure("y".repeat(200)) },
    failure: `<Failure exceeds size limit. <${"y".repeat(200)}>>`,
  },
  {
    method: "respondActivityTaskCanceled" as const,
    fields: { details: payloads("x".repeat(200)) },
    failure: "<Cancel details exceed size limit.>",
  },
  {
    method: "recordActivityTaskHeartbeat" as const,
    fields: { details: payloads("x".repeat(200)) },
    failure: "<Heartbeat details exceed size limit.>",
  },
];

test.for(OVERSIZE)("too large: $method", async ({ method, fields, failure }) => {
  const scene = await scheduled({}, { blobBytesMax: 100 });
  const { taskToken } = await scene.takeActivity();
  const reply = await scene.call(method, { taskToken, ...fields });
  if (method === "recordActivityTaskHeartbeat") expect(reply).toEqual({ cancelRequested: true });
  if (method === "respondActivityTaskFailed")
    expect((reply as { failures: Uint8Array[] }).failures.map(failureText)).toEqual([failure]);
  expect((await scene.activityHistory()).at(-1)).toBe(
    `7 ACTIVITY_TASK_FAILED scheduled=5 started=6 ${failure} NON_RETRYABLE_FAILURE`,
  );
});

test("a failure is cut while it waits for its retry", async () => {
  const scene = await scheduled();
  await failed(
    scene,
    Failure.encode({ message: "m".repeat(10_000), source: "s".repeat(10), applicationFailureInfo: { type: "Error" } }),
  );
  await scene.time.advance(1_000);
  const { taskToken } = await scene.takeActivity();
  await scene.call("respondActivityTaskCompleted", { taskToken });
  expect((await scene.activityHistory())[1]).toBe(
    `6 ACTIVITY_TASK_STARTED scheduled=5 attempt=2 after <Failure exceeds size limit. <${"m".repeat(4_065)}>>`,
  );
});

test("activities that fall due together end in the order in which they fell due", async () => {
  const scene = await ActivityScene.open();
  await scene.start();
  const late = duration(2_000);
  const soon = duration(1_000);
  await scene.doTask([
    schedule({ activityId: "late", scheduleToStartTimeout: late }),
    schedule({ activityId: "soon", scheduleToStartTimeout: soon }),
    schedule({ activityId: "soon too", scheduleToStartTimeout: soon }),
  ]);
  await scene.crash();
  await scene.time.advance(5_000);
  expect((await scene.activityHistory()).slice(3).map((text) => text.split(" ")[2])).toEqual([
    "scheduled=6",
    "scheduled=7",
    "scheduled=5",
  ]);
  expect((await scene.history()).filter((text) => text.includes("WORKFLOW_TASK_SCHEDULED"))).toHaveLength(2);
});
