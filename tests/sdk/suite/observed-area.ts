/** Sinks, logs and metrics. */
import { expect } from "vitest";
import type { InjectedSinks } from "../../../sdk/worker/index.ts";
import type { Area } from "./define.ts";
import { linesOf, measuredAs } from "./observed.ts";
import * as workflows from "./workflows/index.ts";

const w = workflows;
type Noted = [workflowId: string, text: string, value: unknown];

export const sinks: Area = ({ it, both }) => {
  for (const inline of [false, true]) {
    it(`a sink is called for each call, and not by replays${inline ? " [inline]" : ""}`, async (scene) => {
      const noted: Noted[] = [];
      const own: InjectedSinks<workflows.SuiteSinks> = {
        suite: {
          note: { fn: ({ workflowId }, text, value) => void noted.push([workflowId, text, value]) },
          replayed: { fn: () => {}, callDuringReplay: true },
        },
      };
      await scene.withWorker({ sinks: own, maxCachedWorkflows: 0, ...(inline && { workflows }) }, async (at) => {
        await at.start(w.callsSinks, { workflowId: scene.id }).then((handle) => handle.result());
      });
      // A task that is tried again calls again.
      expect([...new Set(noted.map(([id, text]) => `${id} ${text}`))]).toEqual([
        `${scene.id} begin`,
        `${scene.id} end`,
      ]);
      expect(noted[0]?.[2]).toEqual({ a: 1 });
    });
  }

  it("a sink with callDuringReplay is called in replays too", async (scene) => {
    let calls = 0;
    const own: InjectedSinks<workflows.SuiteSinks> = {
      suite: { note: { fn: () => {} }, replayed: { fn: () => void calls++, callDuringReplay: true } },
    };
    await scene.withWorker({ sinks: own, maxCachedWorkflows: 0 }, (at) => at.execute(w.callsSinks));
    expect(calls).toBeGreaterThanOrEqual(2);
  });

  it("a sink that throws harms nobody", async (scene) => {
    const own: InjectedSinks<workflows.SuiteSinks> = {
      suite: {
        note: {
          fn() {
            throw new Error("sunk");
          },
        },
        replayed: { fn: () => {} },
      },
    };
    await scene.withWorker({ sinks: own }, (at) => at.execute(w.callsSinks));
  });

  it("a sink that the worker does not have harms nobody", async (scene) => {
    await scene.execute(w.callsSinks);
  });

  both("log lines of a workflow are written once, with its attributes", async (scene) => {
    await scene.execute(w.logs);
    const lines = linesOf(scene.id).filter(({ meta }) => meta["sdkComponent"] === "workflow");
    expect(lines.map(({ level, message }) => [level, message])).toEqual([
      ["INFO", "from the workflow"],
      ["DEBUG", "debug line"],
      ["WARN", "after a timer"],
      ["ERROR", "an error line"],
    ]);
    expect(lines[0]?.meta).toMatchObject({
      own: "attribute",
      workflowId: scene.id,
      workflowType: "logs",
      taskQueue: scene.taskQueue,
      namespace: scene.stage.namespace,
    });
  });

  it("log lines are written once without a cache too", async (scene) => {
    await scene.withWorker({ maxCachedWorkflows: 0 }, async (own) => {
      await own.execute(w.logs, { workflowId: scene.id });
    });
    expect(linesOf(scene.id).filter(({ message }) => message === "from the workflow").length).toBe(1);
  });

  it("log lines of an activity have its attributes", async (scene) => {
    await scene.execute(w.logsInActivity, { args: [`line of ${scene.id}`] });
    const line = linesOf(scene.id).find(({ message }) => message === `line of ${scene.id}`);
    expect(line?.meta).toMatchObject({
      own: "attribute",
      sdkComponent: "activity",
      activityType: "logsLine",
      activityId: "1",
      attempt: 1,
    });
  });

  it("metrics of workflows and activities reach the runtime's meter", async (scene) => {
    await scene.execute(w.measures);
    const [counter] = measuredAs("suite_workflow_counter").filter(({ tags }) => tags["area"] === "suite");
    expect(counter).toMatchObject({ kind: "counter", value: 2, tags: { area: "suite", shape: "round" } });
    expect(measuredAs("suite_workflow_histogram")[0]).toMatchObject({ kind: "histogram", value: 7 });
    expect(measuredAs("suite_workflow_gauge")[0]).toMatchObject({ kind: "gauge", value: 9 });
    await scene.execute(w.logsInActivity, { args: ["x"], workflowId: `${scene.id}-2` });
    expect(measuredAs("suite_activity_counter")[0]).toMatchObject({ value: 3 });
  });
};
