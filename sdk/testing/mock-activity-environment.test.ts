import { expect, test } from "vitest";
import { activityInfo, cancellationDetails, Context, heartbeat, sleep } from "../activity/index.ts";
import { ActivityCancellationDetails, CancelledFailure, CompleteAsyncError } from "../common/index.ts";
import { MockActivityEnvironment } from "./index.ts";

test("an activity gets its arguments and what the test says of it", async () => {
  const environment = new MockActivityEnvironment({ attempt: 3, heartbeatDetails: "page 7" });
  const seen = await environment.run(async (name: string) => {
    const { attempt, heartbeatDetails, taskQueue } = activityInfo();
    return { name, attempt, heartbeatDetails, taskQueue };
  }, "copy");
  expect(seen).toEqual({ name: "copy", attempt: 3, heartbeatDetails: "page 7", taskQueue: "test" });
});

test("heartbeats are events, and cancelling reaches the activity in each form", async () => {
  const environment = new MockActivityEnvironment();
  const beats: unknown[] = [];
  environment.on("heartbeat", (details) => {
    beats.push(details);
    if (beats.length === 2) environment.cancel();
  });
  const running = environment.run(async () => {
    heartbeat(1);
    heartbeat(2);
    await sleep("1 day");
  });
  await expect(running).rejects.toThrow(CancelledFailure);
  expect(beats).toEqual([1, 2]);
  expect(environment.context.cancellationSignal.aborted).toBe(true);
});

test("a test gives the reason and the details of the cancellation", async () => {
  const environment = new MockActivityEnvironment();
  const details = new ActivityCancellationDetails({ paused: true });
  environment.cancel("PAUSED", details);
  expect(await environment.run(async () => cancellationDetails())).toBe(details);
});

test("interceptors are around the activity", async () => {
  const environment = new MockActivityEnvironment(undefined, {
    interceptors: [
      ({ info }) => ({
        inbound: {
          execute: async (input, next) => `${info.activityId}:${await next({ ...input, args: ["changed"] })}`,
        },
      }),
    ],
  });
  expect(await environment.run(async (text: string) => text, "given")).toBe("test:changed");
});

test.each([
  ["an error", new RangeError("no")],
  ["the wish to complete later", new CompleteAsyncError()],
])("%s comes out as it was thrown", async (_name, error) => {
  const environment = new MockActivityEnvironment();
  const thrown = environment.run(async () => {
    throw error;
  });
  await expect(thrown).rejects.toThrow(error.constructor as new () => Error);
});

test("without a client there is none", async () => {
  const environment = new MockActivityEnvironment();
  await expect(environment.run(async () => Context.current().client)).rejects.toThrow("There is no client here");
});
