import { expect, test } from "vitest";
import * as wf from "./index.ts";
import { testRun } from "./run-fixture.ts";

interface Activities {
  charge(): Promise<void>;
}
const remote = wf.proxyActivities<Activities>({ startToCloseTimeout: "1m" });
const local = wf.proxyLocalActivities<Activities>({ startToCloseTimeout: "1m" });

async function warningsOf(workflow: () => Promise<unknown>): Promise<unknown[]> {
  const run = testRun(workflow);
  await run.start();
  return run.sinkCalls.filter(({ fnName }) => fnName === "warn").map(({ args }) => args[0]);
}

test.each([
  ["an activity", () => remote.charge()],
  ["a local activity", () => local.charge()],
])("a workflow that ends without waiting for %s that it has called is warned of", async (_, call) => {
  const forgetful = async () => {
    void call();
  };
  expect(await warningsOf(forgetful)).toEqual([
    "Workflow completed before activities that it had just called could begin (charge): is an await missing?",
  ]);
});

test("one that has given its activity up is not", async () => {
  const givesUp = () =>
    wf.CancellationScope.cancellable(async () => {
      const charged = remote.charge().catch(() => {});
      wf.CancellationScope.current().cancel();
      await charged;
    });
  expect(await warningsOf(givesUp)).toEqual([]);
});

test("an error that only fails the task is not told as the workflow's", async () => {
  const buggy = testRun(async () => {
    throw new TypeError("a bug");
  });
  await expect(buggy.start()).rejects.toThrow("a bug");
  expect(buggy.sinkCalls.filter(({ fnName }) => fnName === "warn")).toEqual([]);
  const failing = testRun(async () => {
    throw new wf.ApplicationFailure("no");
  });
  await failing.start();
  expect(failing.sinkCalls.map(({ args }) => args[0])).toContain("Workflow failed");
});
