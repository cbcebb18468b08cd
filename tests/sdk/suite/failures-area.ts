import { expect } from "vitest";
import { executeChild, sleep } from "../../../sdk/workflow/index.ts";
import { failureOf, namesOf } from "./chain.ts";
import type { Area } from "./define.ts";
import { countEvents, eventsOf, untilEvents } from "./histories.ts";
import * as w from "./workflows/index.ts";

/** Failures of a workflow, and what its client sees. */
const FAILURES: readonly [string, w.FailureOptions, object][] = [
  ["a message alone", { message: "m" }, { message: "m" }],
  ["a type", { message: "m", type: "T" }, { message: "m", type: "T" }],
  ["details", { message: "m", details: [1, { a: "b" }, null] }, { details: [1, { a: "b" }, null] }],
  ["nonRetryable", { message: "m", nonRetryable: true }, { nonRetryable: true }],
  ["a category", { message: "m", category: "BENIGN" }, { category: "BENIGN" }],
  ["no message", {}, { name: "ApplicationFailure" }],
];

export const failures: Area = ({ it, both }) => {
  for (const [name, options, expected] of FAILURES) {
    both(`a workflow's failure with ${name} reaches its client`, async (scene) => {
      const chain = await failureOf(scene.execute(w.failsWithOptions, { args: [options] }));
      expect(chain?.[0]).toMatchObject({ name: "WorkflowFailedError", message: "Workflow execution failed" });
      expect(chain?.[1]).toMatchObject({ name: "ApplicationFailure", ...expected });
    });

    it(`an activity's failure with ${name} reaches its workflow`, async (scene) => {
      const chain = await scene.execute(w.callFailure, {
        args: ["throwsApplication", [options], { retry: { maximumAttempts: 1 } }],
      });
      expect(chain[1]).toMatchObject({ name: "ApplicationFailure", ...expected });
    });
  }

  both("the causes of a workflow's failure reach its client", async (scene) => {
    const chain = await failureOf(scene.execute(w.failsWithCauses));
    expect(chain).toMatchObject([
      { name: "WorkflowFailedError" },
      { message: "outer", type: "Outer", nonRetryable: true },
      { message: "middle", details: [1] },
      { message: "inner" },
    ]);
  });

  both("the causes of an activity's error reach its workflow", async (scene) => {
    const chain = await scene.execute(w.callFailure, {
      args: ["throwsWithCauses", [], { retry: { maximumAttempts: 1 } }],
    });
    expect(chain.map(({ message }) => message)).toEqual(["Activity task failed", "outer", "middle", "inner"]);
    expect(chain[1]).toMatchObject({ name: "ApplicationFailure", type: "Error" });
  });

  it("a plain error of an activity is an application failure of its class", async (scene) => {
    const chain = await scene.execute(w.callFailure, {
      args: ["throwsPlain", ["oops"], { retry: { maximumAttempts: 1 } }],
    });
    expect(chain[1]).toMatchObject({ name: "ApplicationFailure", type: "TypeError", message: "oops" });
  });

  it("a string that an activity throws is its message", async (scene) => {
    const chain = await scene.execute(w.callFailure, { args: ["throwsString", [], { retry: { maximumAttempts: 1 } }] });
    expect(chain[1]).toMatchObject({ name: "ApplicationFailure", message: "a string" });
  });

  both("a failure passes from activity through child to parent", async (scene) => {
    const chain = await scene.execute(w.activityInChildInParent);
    expect(namesOf(chain)).toBe("ChildWorkflowFailure < ActivityFailure < ApplicationFailure");
    expect(chain.at(-1)).toMatchObject({ message: "on purpose", type: "TypeError" });
  });

  it("a child's failure that is not caught is the parent's", async (scene) => {
    const chain = await failureOf(scene.execute(w.childThenRethrows));
    expect(namesOf(chain)).toBe("WorkflowFailedError < ChildWorkflowFailure < ApplicationFailure");
  });

  both("an activity's failure as the cause of another", async (scene) => {
    const chain = await failureOf(scene.execute(w.wrapsActivityFailure));
    expect(chain?.map(({ message }) => message)).toEqual([
      "Workflow execution failed",
      "wrapped",
      "Activity task failed",
      "outer",
      "middle",
      "inner",
    ]);
  });

  it("a workflow may throw any failure", async (scene) => {
    expect((await failureOf(scene.execute(w.throwsTimeout)))?.[1]).toMatchObject({
      name: "TimeoutFailure",
      timeoutType: "START_TO_CLOSE",
    });
  });

  it("a workflow that is terminated", async (scene) => {
    const handle = await scene.start(w.waitsLong);
    await handle.terminate("for a reason");
    expect(await failureOf(handle.result())).toMatchObject([
      { name: "WorkflowFailedError" },
      { name: "TerminatedFailure", message: "for a reason" },
    ]);
  });

  it("a workflow that runs out of time", async (scene) => {
    const handle = await scene.start(w.waitsLong, { workflowRunTimeout: 1_000 });
    expect(await failureOf(handle.result())).toMatchObject([
      { name: "WorkflowFailedError" },
      { name: "TimeoutFailure", timeoutType: "START_TO_CLOSE" },
    ]);
  });

  it("a workflow that is cancelled", async (scene) => {
    const handle = await scene.start(w.waitsLong);
    await handle.cancel();
    expect(namesOf(await failureOf(handle.result()))).toBe("WorkflowFailedError < CancelledFailure");
  });
};

export const taskFailures: Area = ({ it, both }) => {
  both("an error that is no failure fails the task, and the workflow can still be mended", async (scene) => {
    const handle = await scene.start(w.failsTaskUntilSignal);
    await untilEvents(handle, "EVENT_TYPE_WORKFLOW_TASK_FAILED");
    await handle.signal(w.add, 1);
    expect(await handle.result()).toBe("mended");
  });

  it("the failed task tells the error", async (scene) => {
    const handle = await scene.start(w.throwsRangeError);
    await untilEvents(handle, "EVENT_TYPE_WORKFLOW_TASK_FAILED");
    const [failed] = await eventsOf(handle, "EVENT_TYPE_WORKFLOW_TASK_FAILED");
    const { failure, cause } = failed?.workflowTaskFailedEventAttributes ?? {};
    expect(cause).toBe(14);
    expect(Buffer.from(failure ?? []).toString()).toContain("out of range");
    await handle.terminate();
  });

  it("an error type that the worker lists fails the workflow", async (scene) => {
    await scene.withWorker({ workflowFailureErrorTypes: { throwsRangeError: ["RangeError"] } }, async (own) => {
      expect((await failureOf(own.execute(w.throwsRangeError)))?.[1]).toMatchObject({
        name: "ApplicationFailure",
        type: "RangeError",
        message: "out of range",
      });
    });
  });

  it("an error type listed for another workflow does not", async (scene) => {
    await scene.withWorker({ workflowFailureErrorTypes: { another: ["RangeError"] } }, async (own) => {
      const handle = await own.start(w.throwsRangeError);
      await untilEvents(handle, "EVENT_TYPE_WORKFLOW_TASK_FAILED");
      await handle.terminate();
    });
  });

  both("an unknown workflow type fails the task and says which there are", async (scene) => {
    const handle = await scene.start("noSuchWorkflow");
    await untilEvents(handle, "EVENT_TYPE_WORKFLOW_TASK_FAILED");
    const [failed] = await eventsOf(handle, "EVENT_TYPE_WORKFLOW_TASK_FAILED");
    const text = Buffer.from(failed?.workflowTaskFailedEventAttributes?.failure ?? []).toString();
    expect(text).toContain("noSuchWorkflow");
    await handle.terminate();
  });

  for (const workflow of [w.loopsForEver, w.loopsAfterAwait]) {
    it(`${workflow.name}: an endless loop fails its task and stops nobody else`, async (scene) => {
      await scene.withWorker({ isolateExecutionTimeout: 200 }, async (own) => {
        const handle = await own.start(workflow);
        await untilEvents(handle, "EVENT_TYPE_WORKFLOW_TASK_FAILED");
        await handle.terminate();
        expect(await own.execute(w.returns, { args: ["alive"], workflowId: `${scene.id}-other` })).toBe("alive");
      });
    });
  }

  it("what is not deterministic is refused in the sandbox", async (scene) => {
    const handle = await scene.start(w.usesWeakRef);
    await untilEvents(handle, "EVENT_TYPE_WORKFLOW_TASK_FAILED");
    const [failed] = await eventsOf(handle, "EVENT_TYPE_WORKFLOW_TASK_FAILED");
    expect(Buffer.from(failed?.workflowTaskFailedEventAttributes?.failure ?? []).toString()).toContain("WeakRef");
    await handle.terminate();
  });

  it("code that no longer matches the history fails the task, and says where", async (scene) => {
    const taskQueue = `changed-${scene.id}`;
    const handle = await scene.start("changes", { taskQueue });
    const before = { changes: () => sleep("1 day") };
    const after = { changes: () => executeChild("another") };
    await scene.withWorker({ taskQueue, workflows: before }, () => untilEvents(handle, "EVENT_TYPE_TIMER_STARTED"));
    await handle.signal("wake up");
    await scene.withWorker({ taskQueue, workflows: after }, () =>
      untilEvents(handle, "EVENT_TYPE_WORKFLOW_TASK_FAILED"),
    );
    const [failed] = await eventsOf(handle, "EVENT_TYPE_WORKFLOW_TASK_FAILED");
    const text = Buffer.from(failed?.workflowTaskFailedEventAttributes?.failure ?? []).toString();
    expect(text).toMatch(/TMPRL1100|[Nn]ondeterminism/);
    await handle.terminate();
  });

  it("a task that is too slow for its time-out is tried again", async (scene) => {
    const taskQueue = `slow-${scene.id}`;
    const handle = await scene.start(w.returns, { taskQueue, args: [1], workflowTaskTimeout: 1_000 });
    const { connection, namespace } = scene.stage;
    await connection.withDeadline(Date.now() + 20_000, () =>
      connection.workflowService.pollWorkflowTaskQueue({ namespace, taskQueue: { name: taskQueue } }),
    );
    await scene.withWorker({ taskQueue }, async () => {
      expect(await handle.result()).toBe(1);
    });
    expect(await countEvents(handle, "EVENT_TYPE_WORKFLOW_TASK_TIMED_OUT")).toBe(1);
  });
};

export const isolation: Area = ({ it }) => {
  it("module state is the run's own", async (scene) => {
    const ids = Array.from({ length: 5 }, (_, index) => `${scene.id}-${index}`);
    const remembered = await Promise.all(ids.map((workflowId) => scene.execute(w.remembersInModule, { workflowId })));
    expect(remembered).toEqual(ids.map((id) => [id]));
  });

  it("globals that a run leaves behind are not seen by another", async (scene) => {
    expect(await scene.execute(w.leavesGlobal, { args: ["leftOver"] })).toBe(null);
    expect(await scene.execute(w.leavesGlobal, { args: ["leftOver"], workflowId: `${scene.id}-2` })).toBe(null);
  });

  it("with a realm for every run too", async (scene) => {
    await scene.withWorker({ reuseV8Context: false }, async (own) => {
      expect(await own.execute(w.leavesGlobal, { args: ["leftOver"] })).toBe(null);
      expect(await own.execute(w.leavesGlobal, { args: ["leftOver"], workflowId: `${scene.id}-2` })).toBe(null);
      expect(await own.execute(w.sleeps, { args: [1], workflowId: `${scene.id}-3` })).toBe("awake");
    });
  });
};
