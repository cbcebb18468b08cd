/** Activities that end otherwise than by returning: time-outs, cancellation, completion from elsewhere. */
import { expect } from "vitest";
import { ActivityNotFoundError, ActivityCancelledError } from "../../../sdk/client/index.ts";
import type { Area } from "./define.ts";
import { openGate, passed } from "./gates.ts";
import { countEvents, until } from "./histories.ts";
import type { Scene } from "./stage.ts";
import * as w from "./workflows/index.ts";

interface Elsewhere {
  taskToken: Uint8Array;
  activityId: string;
}

const ONCE = { maximumAttempts: 1 };

export const activityTimeouts: Area = ({ it, both }) => {
  both("an attempt that takes too long times out", async (scene) => {
    const chain = await scene.execute(w.callFailure, {
      args: ["hangsUntilAttempt", [9], { startToCloseTimeout: 100, retry: ONCE }],
    });
    expect(chain).toMatchObject([
      { name: "ActivityFailure", retryState: "MAXIMUM_ATTEMPTS_REACHED" },
      { name: "TimeoutFailure", timeoutType: "START_TO_CLOSE" },
    ]);
  });

  it("an attempt that timed out is retried", async (scene) => {
    const options = { startToCloseTimeout: 100, retry: { initialInterval: 1 } };
    expect(await scene.execute(w.calls, { args: ["hangsUntilAttempt", [2], options] })).toBeGreaterThanOrEqual(2);
  });

  it("all attempts together end at the schedule-to-close time-out", async (scene) => {
    const options = { startToCloseTimeout: 5_000, scheduleToCloseTimeout: 300, retry: { initialInterval: 20 } };
    const chain = await scene.execute(w.callFailure, { args: ["failsTimes", [1_000], options] });
    expect(chain[0]).toMatchObject({ name: "ActivityFailure", retryState: "TIMEOUT" });
  });

  it("a schedule-to-close time-out alone is enough", async (scene) => {
    const options = { startToCloseTimeout: undefined, scheduleToCloseTimeout: 5_000 };
    expect(await scene.execute(w.calls, { args: ["echo", ["x"], options] })).toBe("x");
  });

  it("a task that nobody takes ends at the schedule-to-start time-out", async (scene) => {
    const options = { scheduleToStartTimeout: 100, taskQueue: `nobody-${scene.id}` };
    const chain = await scene.execute(w.callFailure, { args: ["echo", [1], options] });
    expect(chain).toMatchObject([
      { name: "ActivityFailure" },
      { name: "TimeoutFailure", timeoutType: "SCHEDULE_TO_START" },
    ]);
  });

  both("an activity that stops to heartbeat times out with its last details", async (scene) => {
    const options = { heartbeatTimeout: 300, retry: ONCE };
    const chain = await scene.execute(w.callFailure, { args: ["heartbeatsThenHangs", [{ at: 7 }], options] });
    expect(chain).toMatchObject([
      { name: "ActivityFailure" },
      { name: "TimeoutFailure", timeoutType: "HEARTBEAT", lastHeartbeatDetails: { at: 7 } },
    ]);
  });

  it("heartbeats keep an activity alive beyond its heartbeat time-out", async (scene) => {
    const handle = await scene.start(w.cancelsActivity, {
      args: ["returnsWhenCancelled", "WAIT_CANCELLATION_COMPLETED"],
    });
    await passed(`running-${scene.id}`);
    await handle.signal(w.activityRuns);
    expect(await handle.result()).toBe("stopped: true");
  });
};

/** What the workflow sees, by what the activity does when it is told and by the cancellation type. */
const CANCELLATIONS = [
  ["untilCancelled", "WAIT_CANCELLATION_COMPLETED", [{ name: "ActivityFailure" }, { name: "CancelledFailure" }]],
  ["returnsWhenCancelled", "WAIT_CANCELLATION_COMPLETED", "stopped: true"],
  [
    "failsWhenCancelled",
    "WAIT_CANCELLATION_COMPLETED",
    [{ name: "ActivityFailure" }, { name: "ApplicationFailure", type: "Stubborn" }],
  ],
  ["untilCancelled", "TRY_CANCEL", [{ name: "ActivityFailure" }, { name: "CancelledFailure" }]],
  ["returnsWhenCancelled", "TRY_CANCEL", [{ name: "ActivityFailure" }, { name: "CancelledFailure" }]],
  ["untilCancelled", "ABANDON", [{ name: "ActivityFailure" }, { name: "CancelledFailure" }]],
] as const;

export const activityCancellation: Area = ({ it, both }) => {
  for (const [name, type, expected] of CANCELLATIONS) {
    both(`${type} of an activity that is ${name}`, async (scene) => {
      const handle = await scene.start(w.cancelsActivity, { args: [name, type] });
      await passed(`running-${scene.id}`);
      await handle.signal(w.activityRuns);
      const result = await handle.result();
      if (typeof expected === "string") expect(result).toBe(expected);
      else expect(result).toMatchObject(expected);
      const requested = type === "ABANDON" ? 0 : 1;
      expect(await countEvents(handle, "EVENT_TYPE_ACTIVITY_TASK_CANCEL_REQUESTED")).toBe(requested);
    });
  }

  it("cancelling the workflow cancels its activities", async (scene) => {
    const handle = await scene.start(w.calls, { args: ["untilCancelled", [], { heartbeatTimeout: 4_000 }] });
    await passed(`running-${scene.id}`);
    await handle.cancel();
    await expect(handle.result()).rejects.toMatchObject({ cause: { name: "CancelledFailure" } });
    expect((await handle.describe()).status.name).toBe("CANCELLED");
  });
};

async function startElsewhere(scene: Scene): Promise<{ result: Promise<unknown>; activity: Elsewhere }> {
  const handle = await scene.start(w.callOutcome, { args: ["completesElsewhere", [scene.id], { retry: ONCE }] });
  return { result: handle.result(), activity: await passed<Elsewhere>(scene.id) };
}

export const asyncCompletion: Area = ({ it, both }) => {
  both("an activity completed by its token", async (scene) => {
    const { result, activity } = await startElsewhere(scene);
    await scene.client.activity.complete(activity.taskToken, { by: "token" });
    expect(await result).toEqual({ value: { by: "token" } });
  });

  it("an activity completed by its id", async (scene) => {
    const { result, activity } = await startElsewhere(scene);
    await scene.client.activity.complete({ workflowId: scene.id, activityId: activity.activityId }, "by id");
    expect(await result).toEqual({ value: "by id" });
  });

  for (const by of ["token", "id"] as const) {
    it(`an activity failed by its ${by}`, async (scene) => {
      const { result, activity } = await startElsewhere(scene);
      const which = by === "token" ? activity.taskToken : { workflowId: scene.id, activityId: activity.activityId };
      await scene.client.activity.fail(which, new RangeError("elsewhere"));
      expect(await result).toMatchObject({
        chain: [{ name: "ActivityFailure" }, { name: "ApplicationFailure", type: "RangeError", message: "elsewhere" }],
      });
    });

    it(`the heartbeat of an activity by its ${by}, and its completion`, async (scene) => {
      const { result, activity } = await startElsewhere(scene);
      const which = by === "token" ? activity.taskToken : { workflowId: scene.id, activityId: activity.activityId };
      await scene.client.activity.heartbeat(which, { half: true });
      const { pendingActivities } = (await scene.client.workflow.getHandle(scene.id).describe()).raw;
      expect(pendingActivities[0]?.heartbeatDetails?.length).toBeGreaterThan(0);
      await scene.client.activity.complete(which, "beaten");
      expect(await result).toEqual({ value: "beaten" });
    });
  }

  it("a heartbeat tells that the activity is to be cancelled, and the cancellation is reported", async (scene) => {
    const { result, activity } = await startElsewhere(scene);
    const handle = scene.client.workflow.getHandle(scene.id);
    await handle.cancel();
    await until(
      async () => scene.client.activity.heartbeat(activity.taskToken).catch((error: unknown) => error),
      (value) => value instanceof ActivityCancelledError,
    );
    await scene.client.activity.reportCancellation(activity.taskToken, "details of it");
    expect(await result).toMatchObject({ chain: [{ name: "ActivityFailure" }, { name: "CancelledFailure" }] });
  });

  it("completing an activity that has ended is refused", async (scene) => {
    const { result, activity } = await startElsewhere(scene);
    await scene.client.activity.complete(activity.taskToken, 1);
    await result;
    await expect(scene.client.activity.complete(activity.taskToken, 2)).rejects.toBeInstanceOf(ActivityNotFoundError);
  });

  it("completing an activity of a workflow that does not exist is refused", async (scene) => {
    const nobody = { workflowId: "no-such-workflow", activityId: "1" };
    await expect(scene.client.activity.complete(nobody, 1)).rejects.toBeInstanceOf(ActivityNotFoundError);
  });

  it("an activity may wait for the test", async (scene) => {
    const handle = await scene.start(w.calls, { args: ["waitsForGate", [scene.id]] });
    await passed(`running-${scene.id}`);
    openGate(scene.id, "opened");
    expect(await handle.result()).toBe("opened");
  });
};
