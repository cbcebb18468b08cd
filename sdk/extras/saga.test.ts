import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ApplicationFailure } from "../common/index.ts";
import { CancellationScope, condition, defineSignal, proxyActivities, setHandler } from "../workflow/index.ts";
import { CompensationFailure, Saga, saga } from "./index.ts";
import type { SagaOptions } from "./index.ts";
import { chainOf, logged, openStage } from "./stage-fixture.ts";
import type { TestStage } from "./stage-fixture.ts";
import type * as sandboxed from "./workflows-fixture.ts";

/** What happened, by workflow. */
const notes = new Map<string, string[]>();

const activities = {
  async note(text: string): Promise<void> {
    const [id = "", ...what] = text.split(" ");
    notes.set(id, [...(notes.get(id) ?? []), what.join(" ")]);
  },
};

const { note } = proxyActivities<typeof activities>({ startToCloseTimeout: "10s" });
const retry = { initialInterval: 1, maximumAttempts: 3 };

/** Compensations that throw by themselves: failures that the saga tries again. */
const stuck = new Map<string, number>();
function flaky(key: string, times: number): void {
  const failed = stuck.get(key) ?? 0;
  if (failed >= times) return;
  stuck.set(key, failed + 1);
  throw ApplicationFailure.retryable(`${key} is stuck`, "Stuck");
}

const mend = defineSignal("mend");

const workflows = {
  async fails(id: string, options: SagaOptions): Promise<void> {
    await saga(options).run(async (trip) => {
      await trip.step(
        () => note(`${id} hotel`),
        () => note(`${id} no hotel`),
      );
      trip.add(() => note(`${id} no flight`));
      await note(`${id} flight`);
      await trip.step(
        () => Promise.reject(ApplicationFailure.nonRetryable("no car")),
        () => note(`${id} no car`),
      );
    });
  },
  async succeeds(id: string): Promise<string> {
    return saga().run(async (trip) => {
      const room = await trip.step(
        async () => 42,
        (number) => note(`${id} no ${number}`),
      );
      return `room ${room}`;
    });
  },
  async undoesWithRetries(id: string, times: number, options: SagaOptions): Promise<void> {
    await saga({ retry, ...options }).run(async (trip) => {
      trip.add(() => note(`${id} first`), "first");
      trip.add(() => flaky(`${id} second`, times), "second");
      trip.add(() => note(`${id} third`), "third");
      throw ApplicationFailure.nonRetryable("reason");
    });
  },
  async final(id: string): Promise<string> {
    const trip = new Saga({ retry });
    trip.add(() => {
      notes.set(id, [...(notes.get(id) ?? []), "tried"]);
      throw ApplicationFailure.nonRetryable("never", "Final");
    }, "final");
    const error = await trip.compensate().catch((thrown: unknown) => thrown);
    await trip.compensate();
    return error instanceof CompensationFailure ? error.errors.map((one) => one.compensation).join() : "no failure";
  },
  async cancelled(id: string): Promise<void> {
    await saga().run(async (trip) => {
      trip.add(() => note(`${id} undone`));
      await CancellationScope.current().cancelRequested;
    });
  },
  async buggy(id: string): Promise<string> {
    let isMended = false;
    setHandler(mend, () => void (isMended = true));
    return saga().run(async (trip) => {
      trip.add(() => note(`${id} undone`));
      await condition(() => isMended);
      if (bugs.delete(id)) throw new TypeError("a bug");
      return "mended";
    });
  },
};

const bugs = new Set<string>();

let stage: TestStage;
beforeAll(async () => {
  stage = await openStage({ workflows, activities });
});
afterAll(() => stage?.[Symbol.asyncDispose]());

test("what was done is undone in reverse order, and the error stays what it was", async () => {
  const chain = await chainOf(stage.execute(workflows.fails, { args: ["a", {}] }));
  expect(chain).toMatchObject([{ name: "WorkflowFailedError" }, { message: "no car" }]);
  expect(notes.get("a")).toEqual(["hotel", "flight", "no flight", "no hotel"]);
});

test("in parallel everything is undone, too", async () => {
  await chainOf(stage.execute(workflows.fails, { args: ["b", { parallel: true }] }));
  expect(notes.get("b")?.slice(2).toSorted()).toEqual(["no flight", "no hotel"]);
});

test("when all is well nothing is undone", async () => {
  expect(await stage.execute(workflows.succeeds, { args: ["c"] })).toBe("room 42");
  expect(notes.get("c")).toBeUndefined();
});

test("a compensation is tried again", async () => {
  const chain = await chainOf(stage.execute(workflows.undoesWithRetries, { args: ["d", 2, {}] }));
  expect(chain.at(-1)).toMatchObject({ message: "reason" });
  expect(notes.get("d")).toEqual(["third", "first"]);
});

const told = {
  message: "Could not be undone: second: e second is stuck",
  type: "CompensationFailure",
  nonRetryable: true,
};

test("one that stays stuck is told of with the reason, after the others were undone", async () => {
  const chain = await chainOf(stage.execute(workflows.undoesWithRetries, { args: ["e", 9, {}] }));
  const details = [{ compensation: "second", message: "e second is stuck" }];
  expect(chain.slice(1)).toMatchObject([{ ...told, details }, { message: "reason" }]);
  expect(notes.get("e")).toEqual(["third", "first"]);
});

test("or before them, if what follows depends on it", async () => {
  await chainOf(stage.execute(workflows.undoesWithRetries, { args: ["f", 9, { continueWithError: false }] }));
  expect(notes.get("f")).toEqual(["third"]);
});

test("what is not retryable is tried once, and never by a second call", async () => {
  expect(await stage.execute(workflows.final, { args: ["g"] })).toBe("final");
  expect(notes.get("g")).toEqual(["tried"]);
});

test("cancellation undoes, and does not reach what it undoes", async () => {
  const handle = await stage.start(workflows.cancelled, { args: ["h"] });
  await handle.cancel();
  expect((await chainOf(handle.result())).map(({ name }) => name)).toEqual(["WorkflowFailedError", "CancelledFailure"]);
  expect(notes.get("h")).toEqual(["undone"]);
});

test("a bug undoes nothing: the workflow goes on when it is mended", async () => {
  bugs.add("i");
  const handle = await stage.start(workflows.buggy, { args: ["i"] });
  await handle.signal(mend);
  expect(await handle.result()).toBe("mended");
  expect(logged.join("\n")).toContain("a bug");
  expect(notes.get("i")).toBeUndefined();
});

test("in a sandbox it does the same, and ends with its scope by `await using`", async () => {
  const workflowsPath = fileURLToPath(new URL("workflows-fixture.ts", import.meta.url));
  await using sandbox = await openStage({ workflowsPath, activities });
  const handle = await sandbox.start<typeof sandboxed.sagaUntilCancelled>("sagaUntilCancelled", { args: ["j"] });
  await expect.poll(() => notes.get("j")).toEqual(["book"]);
  await handle.cancel();
  expect((await chainOf(handle.result())).at(-1)).toMatchObject({ name: "CancelledFailure" });
  expect(notes.get("j")).toEqual(["book", "refund", "unbook"]);
  await sandbox.execute<typeof sandboxed.sagaOfScope>("sagaOfScope", { args: ["k"] });
  expect(notes.get("k")).toEqual(["book", "unbook"]);
});
