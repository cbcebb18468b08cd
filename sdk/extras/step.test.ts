import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, expectTypeOf, test } from "vitest";
import { Context } from "../activity/index.ts";
import { ApplicationFailure } from "../common/index.ts";
import { bundleWorkflowCode, Worker } from "../worker/index.ts";
import { CancellationScope, condition, defineSignal, inWorkflowContext, setHandler, sleep } from "../workflow/index.ts";
import * as host from "./host-functions-fixture.ts";
import { hostFunctions, step } from "./index.ts";
import { chainOf, openStage } from "./stage-fixture.ts";
import type { TestStage } from "./stage-fixture.ts";
import type * as sandboxed from "./workflows-fixture.ts";

const calls: string[] = [];
const goOn = defineSignal("go on");

/** Run without a sandbox. */
const inline = {
  async twoSteps(id: string): Promise<string> {
    const first = await step("first", () => (calls.push(`${id} first`), `${id}!`));
    let isGoing = false;
    setHandler(goOn, () => void (isGoing = true));
    await condition(() => isGoing);
    const second = await step("second", async (text: string) => (calls.push(`${id} second`), text.length), {
      args: [first],
    });
    return `${first}${second}`;
  },
  async reordered(id: string): Promise<string> {
    await step("second", () => id);
    return step("first", () => id);
  },
  async outside(): Promise<boolean[]> {
    return [inWorkflowContext(), await step("where", () => inWorkflowContext())];
  },
  async realTime(): Promise<boolean> {
    const ofWorkflow = Date.now();
    return step("clock", () => Date.now() >= ofWorkflow && typeof process.pid === "number");
  },
  async nothing(): Promise<unknown> {
    return typeof (await step("nothing", () => undefined));
  },
  async final(): Promise<unknown> {
    return step("final", () => {
      throw ApplicationFailure.nonRetryable("no", "Final", { code: 7 });
    });
  },
  async typed(): Promise<unknown> {
    const retry = { nonRetryableErrorTypes: ["RangeError"], initialInterval: 1 };
    return step("typed", () => Promise.reject(new RangeError("too far")), { retry });
  },
  async late(): Promise<unknown> {
    const never = () => new Promise<number>(() => {});
    return step("late", never, { startToCloseTimeout: 20, retry: { maximumAttempts: 1 } });
  },
  async cancelled(): Promise<string[]> {
    const scope = new CancellationScope();
    const aborted = () => Context.current().cancelled;
    const ended = scope
      .run(() => step("until cancelled", aborted))
      .catch((error: Error) => [error, error.cause as Error]);
    await sleep(1);
    scope.cancel();
    return ((await ended) as Error[]).map(({ name }) => name);
  },
  async byName(key: string): Promise<number> {
    const { add } = hostFunctions<typeof host>();
    return step("add up", add, { args: [key, 1, 2] });
  },
  async copies(): Promise<boolean> {
    const given = { list: [1] };
    await step("push", (value: { list: number[] }) => value.list.push(2), { args: [given] });
    return given.list.length === 1;
  },
  async nameless(): Promise<unknown> {
    return step("", () => 1).catch((error: Error) => error.message);
  },
};

let stage: TestStage;
let sandbox: TestStage;
beforeAll(async () => {
  stage = await openStage({ workflows: inline, steps: host });
  sandbox = await openStage({
    workflowsPath: fileURLToPath(new URL("workflows-fixture.ts", import.meta.url)),
    steps: host,
    activities: { note: () => {} },
    workflowFailureErrorTypes: { "*": ["TypeError"] },
  });
});
afterAll(async () => {
  await stage?.[Symbol.asyncDispose]();
  await sandbox?.[Symbol.asyncDispose]();
});

test("a step that is done is not called again by a worker that knows nothing of it", async () => {
  const handle = await stage.start(inline.twoSteps, { args: ["a"] });
  await expect.poll(async () => (await handle.fetchHistory()).events?.length).toBeGreaterThan(3);
  await stage.restartWorker();
  await handle.signal(goOn);
  expect(await handle.result()).toBe("a!2");
  expect(calls.filter((call) => call.startsWith("a "))).toEqual(["a first", "a second"]);
});

test("a replay has the recorded results, and steps in another order are a determinism error that names them", async () => {
  const handle = await stage.start(inline.twoSteps, { args: ["r"] });
  await handle.signal(goOn);
  await handle.result();
  const before = calls.length;
  const history = await handle.fetchHistory();
  await Worker.runReplayHistory({ workflows: inline }, history);
  expect(calls.length).toBe(before);
  const changed = { workflows: { twoSteps: inline.reordered } };
  await expect(Worker.runReplayHistory(changed, history)).rejects.toThrow(
    /history: .*activityType "first"[^]*code: .*activityType "second"/,
  );
});

test("a function runs outside of the workflow, with the real clock", async () => {
  expect(await stage.execute(inline.outside)).toEqual([true, false]);
  expect(await stage.execute(inline.realTime)).toBe(true);
});

test("arguments are copies, and a function may return nothing", async () => {
  expect(await stage.execute(inline.copies)).toBe(true);
  expect(await stage.execute(inline.nothing)).toBe("undefined");
});

test("what a step throws for good comes with its type and details", async () => {
  expect(await chainOf(stage.execute(inline.final))).toMatchObject([
    { name: "WorkflowFailedError" },
    { name: "ApplicationFailure", message: "no", type: "Final", details: [{ code: 7 }] },
  ]);
  expect(await chainOf(stage.execute(inline.typed))).toMatchObject([
    { name: "WorkflowFailedError" },
    { name: "ApplicationFailure", message: "too far", type: "RangeError" },
  ]);
});

test("an attempt that takes too long times out", async () => {
  expect(await chainOf(stage.execute(inline.late))).toMatchObject([
    { name: "WorkflowFailedError" },
    { name: "ActivityFailure", activityType: "late" },
    { name: "TimeoutFailure", timeoutType: "START_TO_CLOSE" },
  ]);
});

test("the cancellation of its scope reaches it", async () => {
  expect(await stage.execute(inline.cancelled)).toEqual(["ActivityFailure", "CancelledFailure"]);
});

test("a step without a name is refused", async () => {
  expect(await stage.execute(inline.nameless)).toContain("A step has a name");
});

test("in a sandbox steps are functions of the worker, with retries; without one they may be", async () => {
  expect(await sandbox.execute<typeof sandboxed.adds>("adds", { args: ["s"] })).toBe(43);
  expect(await sandbox.execute<typeof sandboxed.failsTwice>("failsTwice", { args: ["f"] })).toBe("attempt 3 of flaky");
  expect(await stage.execute(inline.byName, { args: ["i"] })).toBe(3);
});

test("a bundle made ahead has them, too", async () => {
  const workflowsPath = fileURLToPath(new URL("workflows-fixture.ts", import.meta.url));
  const workflowBundle = await bundleWorkflowCode({ workflowsPath });
  await using bundled = await openStage({ workflowBundle, steps: host });
  expect(await bundled.execute<typeof sandboxed.adds>("adds", { args: ["b"] })).toBe(43);
});

test("mistakes in a sandbox say what to do", async () => {
  const messages = async (workflow: string) => (await chainOf(sandbox.execute(workflow))).at(-1)?.["message"];
  expect(await messages("closure")).toContain("name one of the worker's steps with hostFunctions()");
  expect(await messages("callsDirectly")).toContain('call it by step("add", add, { args })');
  expect(await messages("unknownFunction")).toContain("add it to the worker's option steps, which has");
});

test("outside of workflows it says so", async () => {
  await expect(step("alone", () => 1)).rejects.toThrow("step() works only in a workflow");
});

test("its types follow from the function", () => {
  const check = async () => {
    const { add, fails } = hostFunctions<typeof host>();
    expectTypeOf(await step("n", async () => 1)).toEqualTypeOf<number>();
    expectTypeOf(await step("n", add, { args: ["k", 1, 2] })).toEqualTypeOf<number>();
    expectTypeOf(await step("n", fails, { args: ["k", 1] })).toEqualTypeOf<string>();
    // @ts-expect-error -- an argument of another type
    await step("n", add, { args: ["k", "1", 2] });
    // @ts-expect-error -- arguments are missing
    await step("n", add);
  };
  expect(check).toBeTypeOf("function");
});
