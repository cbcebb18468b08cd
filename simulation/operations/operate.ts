/** What operators do to single workflows and activities, each on a workflow of its own. */
import { CommandType, EventType, WorkflowExecutionStatus } from "../../api/gen/enums.js";
import type { HistoryEvent, WorkflowExecutionInfo } from "../../api/gen/messages.js";
import { checkHistory } from "../history-rules.ts";
import { toDuration } from "../values.ts";
import type { ClientScene, Operation } from "./operation.ts";
import { countOf, isClosed, OwnWorkflow } from "./own-workflow.ts";

const COMPLETE = {
  commandType: CommandType.COMMAND_TYPE_COMPLETE_WORKFLOW_EXECUTION,
  completeWorkflowExecutionCommandAttributes: {},
};

function activityOf(workflowId: string): object {
  return {
    commandType: CommandType.COMMAND_TYPE_SCHEDULE_ACTIVITY_TASK,
    scheduleActivityTaskCommandAttributes: {
      activityId: "activity",
      activityType: { name: "operated" },
      taskQueue: { name: workflowId },
      startToCloseTimeout: toDuration(10_000),
      retryPolicy: { initialInterval: toDuration(100), backoffCoefficient: 1, maximumInterval: toDuration(100) },
    },
  };
}

const hasActivity = (events: readonly HistoryEvent[]): boolean =>
  countOf(events, EventType.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED) > 0;
const hasEndedActivity = (events: readonly HistoryEvent[]): boolean =>
  countOf(events, EventType.EVENT_TYPE_ACTIVITY_TASK_COMPLETED) > 0;

/**
 * A reset is done once, however often it is asked for. The new run keeps what was before the point of the reset, hears each
 * acknowledged signal, waits for the same activity, and ends.
 */
export const resetOne: Operation = async (scene, index) => {
  const own = new OwnWorkflow(scene, `reset${scene.number}-${index}`);
  if (!(await own.start())) return;
  const before = await own.work([activityOf(own.workflowId)], hasActivity);
  const point = before.find(({ eventType }) => eventType === EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED)?.eventId;
  if (point === undefined) return;
  const heard = await Promise.all([signalOwn(scene, own), signalOwn(scene, own)]);
  const late = signalOwn(scene, own);
  const runIds = [own.runId];
  for (let resets = 1 + Math.floor(scene.random.next() * 2); resets > 0; resets--) {
    const reply = await own.insist<{ runId: string }>("resetWorkflowExecution", {
      ...own.named,
      reason: "simulated",
      workflowTaskFinishEventId: point,
      requestId: scene.random.uuid(),
    });
    if (reply === undefined) return own.violated("its reset was refused");
    own.runId = reply.runId;
    runIds.push(reply.runId);
  }
  const signals = [...heard, await late].filter((requestId) => requestId !== undefined);
  await own.work([activityOf(own.workflowId)], hasActivity);
  await finish(own);
  const events = await own.history();
  checkKept(own, before.slice(0, point - 1), events);
  for (const requestId of signals) {
    const times = events.filter((event) => event.workflowExecutionSignaledEventAttributes?.requestId === requestId);
    if (times.length === 0) own.violated(`the acknowledged signal ${requestId} did not reach the reset run`);
  }
  await checkRuns(own, runIds);
};

async function signalOwn(scene: ClientScene, own: OwnWorkflow): Promise<string | undefined> {
  const requestId = scene.random.uuid();
  await scene.world.time.sleep(scene.random.next() * 300);
  const reply = await own.insist("signalWorkflowExecution", { ...own.named, signalName: "s", requestId });
  return reply === undefined ? undefined : requestId;
}

/** Runs the activity, and ends the workflow. */
async function finish(own: OwnWorkflow): Promise<void> {
  for (let tries = 0; tries < 100 && !hasEndedActivity(await own.history()); tries++) {
    const task = await own.takeActivity();
    if (task === undefined) await own.insist("unpauseActivity", activityNamed(own));
    else await own.answer("respondActivityTaskCompleted", task);
  }
  if (!hasEndedActivity(await own.history())) own.violated("its activity never ends");
  await own.work([COMPLETE], isClosed);
}

function checkKept(own: OwnWorkflow, kept: readonly HistoryEvent[], events: readonly HistoryEvent[]): void {
  for (const [at, { eventType, eventId }] of kept.entries())
    if (events[at]?.eventType !== eventType || events[at].eventId !== eventId)
      own.violated(`the reset run lost event ${eventId}`);
}

/** Each run is well-formed; all but the last were ended by the reset that made the next. */
async function checkRuns(own: OwnWorkflow, runIds: readonly string[]): Promise<void> {
  const { WORKFLOW_EXECUTION_STATUS_COMPLETED: COMPLETED, WORKFLOW_EXECUTION_STATUS_TERMINATED: TERMINATED } =
    WorkflowExecutionStatus;
  for (const [at, runId] of runIds.entries()) {
    const described = await own.describe(runId);
    const info = described?.workflowExecutionInfo as WorkflowExecutionInfo;
    for (const fault of checkHistory(info, await own.history(runId), Number.POSITIVE_INFINITY))
      own.violated(`${runId}: ${fault}`);
    const wanted = at === runIds.length - 1 ? COMPLETED : TERMINATED;
    if (info.status !== wanted) own.violated(`run ${runId} has status ${info.status}`);
    const next = runIds[at + 1] ?? "";
    if (described?.workflowExtendedInfo?.resetRunId !== next)
      own.violated(`run ${runId} was reset to ${described?.workflowExtendedInfo?.resetRunId}, not ${next}`);
  }
}

function activityNamed(own: OwnWorkflow): object {
  return { execution: { workflowId: own.workflowId }, id: "activity" };
}

/** Whatever is done to an activity: once it is not paused any more it ends, and an acknowledged end is its only one. */
export const operateActivity: Operation = async (scene, index) => {
  const own = new OwnWorkflow(scene, `operated${scene.number}-${index}`);
  if (!(await own.start())) return;
  await own.work([activityOf(own.workflowId)], hasActivity);
  let isCompleted = false;
  for (let steps = 3 + Math.floor(scene.random.next() * 4); steps > 0 && !isCompleted; steps--)
    isCompleted = await operateOnce(scene, own);
  if (!isCompleted) await finish(own);
  else await own.work([COMPLETE], isClosed);
  const events = await own.history();
  const ends = countOf(events, EventType.EVENT_TYPE_ACTIVITY_TASK_COMPLETED);
  if (ends !== 1) own.violated(`its activity ended ${ends} times`);
  await checkRuns(own, [own.runId]);
};

/** Answers whether the activity's completion was acknowledged. */
async function operateOnce(scene: ClientScene, own: OwnWorkflow): Promise<boolean> {
  const named = activityNamed(own);
  const flip = (): boolean => scene.random.next() < 0.5;
  switch (Math.floor(scene.random.next() * 6)) {
    case 0:
      await own.insist("pauseActivity", { ...named, reason: "simulated", requestId: scene.random.uuid() });
      await checkPaused(scene, own, true);
      return false;
    case 1:
      await own.insist("unpauseActivity", { ...named, resetAttempts: flip(), resetHeartbeat: flip() });
      await checkPaused(scene, own, false);
      return false;
    case 2:
      await own.insist("resetActivity", {
        ...named,
        keepPaused: flip(),
        resetHeartbeat: flip(),
        jitter: toDuration(200),
      });
      return false;
    case 3: {
      const activityOptions = { startToCloseTimeout: toDuration(5_000 + Math.floor(scene.random.next() * 10_000)) };
      const updateMask = { paths: ["start_to_close_timeout"] };
      await own.insist("updateActivityOptions", { ...named, activityOptions, updateMask });
      return false;
    }
    default: {
      const task = await own.takeActivity();
      if (task === undefined) return false;
      if (flip()) await own.answer("recordActivityTaskHeartbeat", task);
      if (flip()) return own.answer("respondActivityTaskCompleted", task);
      await own.answer("respondActivityTaskFailed", task);
      return false;
    }
  }
}

/** What was acknowledged is described, unless an earlier request can come once more after it. */
async function checkPaused(scene: ClientScene, own: OwnWorkflow, isPaused: boolean): Promise<void> {
  const { doubled, lost } = scene.world.plan;
  if (doubled > 0 || lost > 0) return;
  const described = await own.describe();
  const activity = described?.pendingActivities[0];
  if (activity !== undefined && activity.paused !== isPaused)
    own.violated(`paused is ${activity.paused}, and the acknowledged operation says ${isPaused}`);
}
