import { expect, test } from "vitest";
import { defaultPayloadConverter } from "../common/index.ts";
import { proxyActivities, sleep } from "./index.ts";
import { testRun } from "./run-fixture.ts";

test("a workflow sleeps, calls an activity and returns its result", async () => {
  const { greet } = proxyActivities<{ greet(name: string): Promise<string> }>({ startToCloseTimeout: "1 minute" });
  const run = testRun(async (name: string) => {
    await sleep("1 second");
    return greet(name);
  });
  expect(await run.start("Ada")).toEqual([{ kind: "startTimer", seq: 1, startToFireTimeoutMs: 1000 }]);
  const [scheduled] = await run.activate({ kind: "fireTimer", seq: 1 });
  expect(scheduled).toMatchObject({ kind: "scheduleActivity", seq: 1, activityId: "1", activityType: "greet" });
  const result = defaultPayloadConverter.toPayload("Hello, Ada");
  const done = { kind: "resolveActivity", seq: 1, isLocal: false, result: { status: "completed", result } } as const;
  expect(await run.activate(done)).toEqual([{ kind: "completeWorkflowExecution", result }]);
});
