/** Signals and queries. */
import { expect } from "vitest";
import {
  Client,
  QueryNotRegisteredError,
  QueryRejectedError,
  WorkflowNotFoundError,
} from "../../../sdk/client/index.ts";
import type { Area } from "./define.ts";
import { failureOf } from "./chain.ts";
import { countEvents, untilEvents } from "./histories.ts";
import { linesOf } from "./observed.ts";
import * as w from "./workflows/index.ts";

export const signals: Area = ({ it, both }) => {
  both("signals arrive in the order in which they were sent", async (scene) => {
    const handle = await scene.start(w.collects);
    for (let i = 0; i < 10; i++) await handle.signal(w.add, i);
    await handle.signal(w.finish, 0);
    expect(await handle.result()).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });

  both("signals wait for their handler", async (scene) => {
    const handle = await scene.start(w.collectsLate);
    for (const each of ["a", "b", "c"]) await handle.signal(w.add, each);
    await handle.signal(w.finish, 0);
    expect(await handle.result()).toEqual(["a", "b", "c"]);
  });

  it("a signal before the first task is there when the workflow begins", async (scene) => {
    const taskQueue = `later-${scene.id}`;
    const handle = await scene.start(w.collects, { taskQueue });
    await handle.signal(w.add, "early");
    await handle.signal(w.finish, 0);
    await scene.withWorker({ taskQueue }, async () => {
      expect(await handle.result()).toEqual(["early"]);
    });
  });

  both("a default handler gets names and arguments", async (scene) => {
    const handle = await scene.start(w.collectsUnknown);
    await handle.signal("this", 1, 2);
    await handle.signal("that");
    await handle.signal("finish");
    expect(await handle.result()).toEqual([["this", 1, 2], ["that"], ["finish"]]);
  });

  both("a handler may replace itself", async (scene) => {
    const handle = await scene.start(w.replacesHandler);
    await handle.signal(w.add, 1);
    await handle.signal(w.add, 2);
    expect(await handle.result()).toEqual(["first 1", "second 2"]);
  });

  both("handlers that wait run beside each other", async (scene) => {
    const taskQueue = `later-${scene.id}`;
    const handle = await scene.start(w.slowHandlers, { taskQueue });
    await handle.signal(w.slow, 400);
    await handle.signal(w.slow, 20);
    await scene.withWorker({ taskQueue }, async () => {
      expect(await handle.result()).toEqual(["begin 400", "begin 20", "end 20", "end 400"]);
    });
  });

  it("a handler may call activities", async (scene) => {
    const handle = await scene.start(w.handlerCallsActivity);
    await handle.signal(w.add, "through");
    expect(await handle.result()).toBe("through");
  });

  both("a failure thrown by a handler fails the workflow", async (scene) => {
    const handle = await scene.start(w.handlerFails);
    await handle.signal(w.add, 1);
    expect(await failureOf(handle.result())).toMatchObject([
      { name: "WorkflowFailedError" },
      { name: "ApplicationFailure", message: "bad signal", type: "BadSignal" },
    ]);
  });

  it("ending with an unfinished handler is logged as a warning", async (scene) => {
    const handle = await scene.start(w.endsWithUnfinishedHandler, { args: ["WARN_AND_ABANDON"] });
    await handle.signal(w.slow, 60_000);
    expect(await handle.result()).toBe("ended");
    const lines = linesOf(scene.id).filter(({ level }) => level === "WARN");
    expect(lines.map(({ message }) => message).join()).toMatch(/TMPRL1102.*slow/);
  });

  it("an abandoned handler is not worth a warning", async (scene) => {
    const handle = await scene.start(w.endsWithUnfinishedHandler, { args: ["ABANDON"] });
    await handle.signal(w.slow, 60_000);
    expect(await handle.result()).toBe("ended");
    expect(linesOf(scene.id).filter(({ level, message }) => level === "WARN" && /handler|TMPRL/.test(message))).toEqual(
      [],
    );
  });

  both("signalWithStart starts, and signals what runs", async (scene) => {
    const options = scene.options();
    await scene.client.workflow.signalWithStart(w.collects, { ...options, signal: w.add, signalArgs: [1] } as never);
    const handle = await scene.client.workflow.signalWithStart(w.collects, {
      ...options,
      signal: w.add,
      signalArgs: [2],
    } as never);
    await handle.signal(w.finish, 0);
    expect(await handle.result()).toEqual([1, 2]);
    expect(handle.signaledRunId).toMatch(/^[\da-f-]{36}$/);
  });

  it("a hundred signals at once are all seen", async (scene) => {
    const handle = await scene.start(w.collects);
    await Promise.all(Array.from({ length: 100 }, (_, index) => handle.signal(w.add, index)));
    await handle.signal(w.finish, 0);
    const seen = (await handle.result()) as number[];
    expect(seen.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 100 }, (_, index) => index));
    expect(await countEvents(handle, "EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED")).toBe(101);
  });

  it("a signal to a workflow that does not exist is refused", async (scene) => {
    await expect(scene.client.workflow.getHandle("no-such").signal("x")).rejects.toBeInstanceOf(WorkflowNotFoundError);
  });

  it("a signal to a workflow that has ended is refused", async (scene) => {
    const handle = await scene.start(w.returns, { args: [1] });
    await handle.result();
    await expect(handle.signal("x")).rejects.toBeInstanceOf(WorkflowNotFoundError);
  });
};

export const queries: Area = ({ it, both }) => {
  both("a query sees the state of now", async (scene) => {
    const handle = await scene.start(w.answers, { args: [1] });
    expect(await handle.query(w.value)).toBe(1);
    await handle.signal(w.add, 4);
    expect(await handle.query(w.value)).toBe(5);
    expect(await handle.query(w.plus, 10)).toBe(15);
    await handle.signal(w.finish, 0);
    expect(await handle.result()).toBe(5);
  });

  both("a query of a workflow that has ended", async (scene) => {
    const handle = await scene.start(w.answers, { args: [3] });
    await handle.signal(w.finish, 0);
    await handle.result();
    expect(await handle.query(w.value)).toBe(3);
  });

  it("a query of a workflow that has failed", async (scene) => {
    const handle = await scene.start(w.failsAfterHandlers);
    await failureOf(handle.result());
    expect(await handle.query(w.value)).toBe(7);
  });

  it("a query leaves no events", async (scene) => {
    const handle = await scene.start(w.answers, { args: [1] });
    await handle.query(w.value);
    const before = (await handle.fetchHistory()).events.length;
    await handle.query(w.value);
    expect((await handle.fetchHistory()).events.length).toBe(before);
    await handle.terminate();
  });

  both("a query that nobody answers tells which there are", async (scene) => {
    const handle = await scene.start(w.answers, { args: [1] });
    const error = await handle.query("nonsense").catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(QueryNotRegisteredError);
    expect((error as Error).message).toContain("nonsense");
    expect((error as Error).message).toContain("plus");
    await handle.terminate();
  });

  both("a handler that throws fails the query alone", async (scene) => {
    const handle = await scene.start(w.answers, { args: [1] });
    const error = await handle.query(w.failing).catch((reason: unknown) => reason);
    expect((error as Error).message).toContain("cannot tell");
    expect(await handle.query(w.value)).toBe(1);
    await handle.terminate();
  });

  it("a default handler answers all names", async (scene) => {
    const handle = await scene.start(w.answersAnything);
    expect(await handle.query("whatever", 1, "two")).toEqual({ name: "whatever", args: [1, "two"] });
    await handle.terminate();
  });

  it("a handler that is async is refused", async (scene) => {
    const handle = await scene.start(w.asyncQuery);
    const error = await handle.query(w.value).catch((reason: unknown) => reason);
    expect((error as Error).message).toMatch(/async|promise/i);
    await handle.terminate();
  });

  for (const [condition, end, refused] of [
    ["NOT_OPEN", "completes", true],
    ["NOT_COMPLETED_CLEANLY", "completes", false],
    ["NOT_COMPLETED_CLEANLY", "is terminated", true],
    ["NONE", "is terminated", false],
  ] as const) {
    it(`a workflow that ${end} ${refused ? "refuses" : "answers"} queries with ${condition}`, async (scene) => {
      const { connection, namespace } = scene.stage;
      const client = new Client({ connection, namespace, workflow: { queryRejectCondition: condition } });
      const started = await scene.start(w.answers, { args: [1] });
      await untilEvents(started, "EVENT_TYPE_WORKFLOW_TASK_COMPLETED");
      await (end === "completes" ? started.signal(w.finish, 0).then(() => started.result()) : started.terminate());
      const answer = client.workflow.getHandle(scene.id).query(w.value);
      if (refused) await expect(answer).rejects.toBeInstanceOf(QueryRejectedError);
      else expect(await answer).toBe(1);
    });
  }

  it("a query of a workflow that does not exist is refused", async (scene) => {
    await expect(scene.client.workflow.getHandle("no-such").query("x")).rejects.toBeInstanceOf(WorkflowNotFoundError);
  });

  it("__stack_trace shows where the workflow waits", async (scene) => {
    const handle = await scene.start(w.answers, { args: [1] });
    expect(await handle.query<string>("__stack_trace")).toContain("answers");
    await handle.terminate();
  });

  it("__temporal_workflow_metadata names the handlers", async (scene) => {
    const handle = await scene.start(w.answers, { args: [1] });
    const metadata = await handle.query<Record<string, unknown>>("__temporal_workflow_metadata");
    expect(JSON.stringify(metadata)).toMatch(/"value"/);
    expect(JSON.stringify(metadata)).toMatch(/"add"/);
    await handle.terminate();
  });

  it("twenty queries at once", async (scene) => {
    const handle = await scene.start(w.answers, { args: [1] });
    const answered = await Promise.all(Array.from({ length: 20 }, (_, index) => handle.query(w.plus, index)));
    expect(answered).toEqual(Array.from({ length: 20 }, (_, index) => index + 1));
    await handle.terminate();
  });
};
