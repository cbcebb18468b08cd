import { expect, test } from "vitest";
import { ApplicationFailure, type Workflow } from "../common/index.ts";
import type { ActivationJob } from "./activation.ts";
import * as wf from "./index.ts";
import { initialize, testRun } from "./run-fixture.ts";
import type { CreateRunOptions } from "./run.ts";

class OutOfStock extends Error {
  override name = "OutOfStock";
}

async function options(): Promise<void> {
  throw new OutOfStock("none left");
}
wf.setWorkflowOptions({ failureExceptionTypes: [OutOfStock], versioningBehavior: "PINNED" }, options);

interface Case {
  readonly title: string;
  readonly workflow: Workflow | undefined;
  readonly options?: Partial<CreateRunOptions>;
  readonly outcome: object;
}

const failsTask = (message: string): object => ({ status: "failed", cause: 14, failure: { message } });
const failsWorkflow = (message: string, type: string | undefined): object => ({
  status: "successful",
  commands: [{ kind: "failWorkflowExecution", failure: { message, applicationFailureInfo: { type } } }],
});

const cases: readonly Case[] = [
  {
    title: "a failure fails the workflow",
    workflow: () => Promise.reject(ApplicationFailure.create({ message: "bad" })),
    outcome: failsWorkflow("bad", undefined),
  },
  {
    title: "any other error fails the workflow task",
    workflow: () => Promise.reject(new TypeError("oops")),
    outcome: failsTask("oops"),
  },
  {
    title: "unless the workflow lists it",
    workflow: options,
    outcome: { ...failsWorkflow("none left", "OutOfStock"), versioningBehavior: 1 },
  },
  {
    title: "or the worker does, by name",
    workflow: () => Promise.reject(new OutOfStock("empty")),
    options: { failureErrorTypes: ["OutOfStock"] },
    outcome: failsWorkflow("empty", "OutOfStock"),
  },
  {
    title: "or the worker lists Error, which is all of them",
    workflow: () => Promise.reject(new RangeError("far")),
    options: { failureErrorTypes: ["Error"] },
    outcome: failsWorkflow("far", "RangeError"),
  },
  {
    title: "a global that is not there comes with advice",
    workflow: () => Promise.reject(new ReferenceError("process is not defined")),
    outcome: failsTask(
      "process is not defined in a workflow: pass what you need as an argument of the workflow, or read it in an activity",
    ),
  },
  {
    title: "a workflow that the worker does not know",
    workflow: undefined,
    options: { load: () => ({ workflow: undefined, knownTypes: ["b", "a"], interceptors: [] }) },
    outcome: failsTask(
      "Failed to initialize workflow of type 'test': the worker has no workflow of that name; it has a, b",
    ),
  },
  {
    title: "a result that no converter takes",
    workflow: async () => 1n,
    outcome: { status: "failed", cause: 14 },
  },
];

test.each(cases)("$title", async ({ workflow, options: runOptions, outcome }) => {
  const run = testRun(workflow as Workflow, runOptions);
  expect(await run.complete({}, initialize())).toMatchObject(outcome);
});

test("an error in a signal handler fails the task at once, before later jobs", async () => {
  const seen: string[] = [];
  const run = testRun(async () => {
    wf.setHandler(wf.defineSignal("bad"), async () => {
      await Promise.resolve();
      throw new Error("in the handler");
    });
    wf.setHandler(wf.defineSignal("good"), () => void seen.push("good"));
    await wf.condition(() => false);
  });
  await run.start();
  const signal = (signalName: string): ActivationJob => ({
    kind: "signalWorkflow",
    signalName,
    input: [],
    identity: "",
    headers: {},
  });
  expect(await run.complete({}, signal("bad"))).toMatchObject(failsTask("in the handler"));
  expect(await run.complete({}, signal("good"))).toMatchObject({ status: "successful", commands: [] });
});

test("outside of a workflow the API says where it belongs", async () => {
  await testRun(async () => 1).start();
  expect(wf.inWorkflowContext()).toBe(false);
  const here = /works only in a workflow|belongs to a workflow/;
  const acts = wf.proxyActivities<{ a(): Promise<void> }>({ startToCloseTimeout: 1 });
  for (const call of [wf.workflowInfo, wf.uuid4, () => wf.sleep(1), acts.a, () => new wf.CancellationScope()]) {
    expect(call).toThrow(here);
  }
  expect(() => wf.proxyActivities({})).toThrow("proxyActivities needs startToCloseTimeout");
});

test.each([
  ["a cancellation", new wf.CancelledFailure("c"), true],
  [
    "an activity that failed by one",
    new wf.ActivityFailure("a", "t", "1", "CANCEL_REQUESTED", "x", new wf.CancelledFailure("c")),
    true,
  ],
  ["an activity that failed otherwise", new wf.ActivityFailure("a", "t", "1", "TIMEOUT", "x", new Error("e")), false],
  ["any error", new Error("x"), false],
])("isCancellation of %s", (_title, error, expected) => {
  expect(wf.isCancellation(error)).toBe(expected);
});
