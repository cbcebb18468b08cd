/** Continue-as-new, patches, attributes, info and determinism. */
import { expect } from "vitest";
import { WorkflowContinuedAsNewError } from "../../../sdk/client/index.ts";
import { TypedSearchAttributes, defineSearchAttributeKey } from "../../../sdk/common/index.ts";
import { failureOf } from "./chain.ts";
import type { Area } from "./define.ts";
import { countEvents, eventsOf } from "./histories.ts";
import * as w from "./workflows/index.ts";

export const continueAsNew: Area = ({ it, both }) => {
  both("the result is that of the last run", async (scene) => {
    const handle = await scene.start(w.continues, { args: [5] });
    expect(await handle.result()).toBe(0);
    expect((await handle.describe()).runId).not.toBe(handle.firstExecutionRunId);
  });

  it("a client that does not follow is told of the next run", async (scene) => {
    const handle = await scene.start(w.continues, { args: [1], followRuns: false });
    await expect(handle.result()).rejects.toBeInstanceOf(WorkflowContinuedAsNewError);
  });

  both("options replace memo, search attributes and time-outs", async (scene) => {
    const result = await scene.execute(w.continuesWithOptions, { memo: { old: 1 } });
    expect(result).toMatchObject({
      memo: { from: "options" },
      searchAttributes: { SuiteKeyword: ["carried"] },
      runTimeoutMs: 50_000,
    });
  });

  both("without options, memo and search attributes are kept", async (scene) => {
    const result = await scene.execute(w.keepsWhatItHas, {
      memo: { kept: true },
      searchAttributes: { SuiteKeyword: ["kept"] },
    });
    expect(result).toMatchObject({ memo: { kept: true }, searchAttributes: { SuiteKeyword: ["kept"] } });
  });

  it("as another workflow type, in the same chain", async (scene) => {
    const handle = await scene.start(w.continuesAsAnother);
    expect(await handle.result()).toMatchObject({
      workflowType: "tellsChain",
      isFirst: false,
      continuedFromExecutionRunId: handle.firstExecutionRunId,
    });
  });

  it("signals to a chain reach whichever run there is", async (scene) => {
    const handle = await scene.start(w.continuesWithSignals, { args: [0] });
    for (let i = 0; i < 3; i++) {
      await handle.signal(w.add, i);
    }
    expect(await handle.result()).toBeGreaterThanOrEqual(3);
  });

  it("a short history does not suggest it", async (scene) => {
    const told = await scene.execute(w.tellsSuggestion);
    expect(told).toMatchObject({ continueAsNewSuggested: false, historyLength: 3 });
    expect((told as { historySize: number }).historySize).toBeGreaterThan(0);
  });
};

export const patches: Area = ({ it, both }) => {
  both("new code is patched, and one marker says so", async (scene) => {
    const handle = await scene.start(w.patches, { args: ["the-patch"] });
    expect(await handle.result()).toEqual([true, true]);
    expect(await countEvents(handle, "EVENT_TYPE_MARKER_RECORDED")).toBe(1);
  });

  both("each patch has one marker, however often it is asked for", async (scene) => {
    const handle = await scene.start(w.patchesMany);
    expect(await handle.result()).toBe("abac");
    expect(await countEvents(handle, "EVENT_TYPE_MARKER_RECORDED")).toBe(3);
  });

  it("patches are listed in a search attribute", async (scene) => {
    const handle = await scene.start(w.patches, { args: ["listed"] });
    await handle.result();
    expect(await countEvents(handle, "EVENT_TYPE_UPSERT_WORKFLOW_SEARCH_ATTRIBUTES")).toBe(1);
  });

  both("a deprecated patch has its marker", async (scene) => {
    const handle = await scene.start(w.deprecates);
    expect(await handle.result()).toBe("new");
    expect(await countEvents(handle, "EVENT_TYPE_MARKER_RECORDED")).toBe(1);
  });

  it("the worker may refuse a patch", async (scene) => {
    await scene.withWorker({ patchActivationCallback: ({ patchId }) => patchId !== "other-value" }, async (own) => {
      expect(await own.execute(w.patchedActivity)).toBe("plain");
    });
    expect(await scene.execute(w.patchedActivity, { workflowId: `${scene.id}-patched` })).toBe("patched");
  });
};

const UPSERTS: readonly [Parameters<typeof w.upsertsTyped>[0], unknown][] = [
  ["keyword", "a keyword"],
  ["text", "some words"],
  ["int", 42],
  ["double", 2.5],
  ["bool", true],
  ["datetime", "2024-02-03T04:05:06.789Z"],
  ["list", ["a", "b"]],
];

export const attributes: Area = ({ it, both }) => {
  for (const [key, to] of UPSERTS) {
    both(`a search attribute of type ${key} is set by the workflow`, async (scene) => {
      const handle = await scene.start(w.upsertsTyped, { args: [key, to] });
      expect(await handle.result()).toEqual(to);
      expect(await countEvents(handle, "EVENT_TYPE_UPSERT_WORKFLOW_SEARCH_ATTRIBUTES")).toBe(1);
      const { typedSearchAttributes } = await handle.describe();
      expect(JSON.stringify(typedSearchAttributes.getAll())).toContain(JSON.stringify(to));
    });
  }

  it("a search attribute is removed by null", async (scene) => {
    const handle = await scene.start(w.upsertsTyped, {
      args: ["keyword", null],
      searchAttributes: { SuiteKeyword: ["there"] },
    });
    expect(await handle.result()).toBe(null);
    expect((await handle.describe()).searchAttributes["SuiteKeyword"] ?? []).toEqual([]);
  });

  both("later values replace earlier ones", async (scene) => {
    const result = (await scene.execute(w.upsertsUntyped)) as Record<string, unknown>;
    expect(result).toMatchObject({ SuiteInt: [2], SuiteBool: [true] });
    expect(result["SuiteKeyword"] ?? []).toEqual([]);
  });

  both("the memo is changed by the workflow", async (scene) => {
    const handle = await scene.start(w.upsertsMemo, { memo: { kept: 1, a: 5 } });
    expect(await handle.result()).toEqual({ kept: 1, b: { c: 2 }, d: "e" });
    expect((await handle.describe()).memo).toEqual({ kept: 1, b: { c: 2 }, d: "e" });
  });

  both("memo and search attributes of the start are in the info", async (scene) => {
    const result = await scene.execute(w.tellsMemo, {
      memo: { a: [1, "b"] },
      searchAttributes: { SuiteKeyword: ["k"], SuiteInt: [7] },
    });
    expect(result).toMatchObject({ memo: { a: [1, "b"] }, searchAttributes: { SuiteKeyword: ["k"], SuiteInt: [7] } });
  });

  it("typed search attributes of the start", async (scene) => {
    const typedSearchAttributes = new TypedSearchAttributes([
      { key: defineSearchAttributeKey("SuiteInt", "INT"), value: 11 },
      { key: defineSearchAttributeKey("SuiteKeywordList", "KEYWORD_LIST"), value: ["x", "y"] },
    ]);
    const result = await scene.execute(w.tellsMemo, { typedSearchAttributes });
    expect(result).toMatchObject({ searchAttributes: { SuiteInt: [11], SuiteKeywordList: ["x", "y"] } });
  });

  it("a search attribute that the server does not know fails the start", async (scene) => {
    const chain = await failureOf(scene.start(w.tellsMemo, { searchAttributes: { NoSuchAttribute: ["x"] } }));
    expect(chain?.map(({ message }) => message).join()).toContain("NoSuchAttribute");
  });
};

export const info: Area = ({ it, both }) => {
  both("a workflow knows who it is", async (scene) => {
    const handle = await scene.start(w.tellsInfo, {
      memo: { m: 1 },
      workflowExecutionTimeout: 100_000,
      workflowRunTimeout: 90_000,
      workflowTaskTimeout: 5_000,
    });
    const told = (await handle.result()) as Record<string, unknown>;
    expect(told).toMatchObject({
      workflowId: scene.id,
      runId: handle.firstExecutionRunId,
      firstExecutionRunId: handle.firstExecutionRunId,
      originalExecutionRunId: handle.firstExecutionRunId,
      workflowType: "tellsInfo",
      taskQueue: scene.taskQueue,
      namespace: scene.stage.namespace,
      attempt: 1,
      executionTimeoutMs: 100_000,
      runTimeoutMs: 90_000,
      taskTimeoutMs: 5_000,
      historyLength: 3,
      memo: { m: 1 },
      hasParent: false,
      isReplaying: false,
    });
  });

  it("its times are those of the first task", async (scene) => {
    const handle = await scene.start(w.tellsInfo);
    const told = (await handle.result()) as { startTime: number; runStartTime: number };
    const { startTime } = await handle.describe();
    expect(told.startTime).toBe(startTime.getTime());
    expect(told.runStartTime).toBeGreaterThanOrEqual(told.startTime);
  });

  it("the history grows with each task", async (scene) => {
    const lengths = await scene.execute(w.historyGrows);
    expect(lengths[0]).toBe(3);
    expect(new Set(lengths).size).toBe(4);
    expect(lengths.toSorted((a, b) => a - b)).toEqual(lengths);
  });

  it("a retried workflow knows its attempt", async (scene) => {
    const handle = await scene.start(w.failsAnAttempt, {
      args: [2],
      retry: { initialInterval: 1, maximumAttempts: 5 },
    });
    expect(await handle.result()).toBe(3);
  });

  it("a retry policy that is used up fails the workflow", async (scene) => {
    const started = scene.start(w.failsAnAttempt, { args: [9], retry: { initialInterval: 1, maximumAttempts: 2 } });
    expect(await failureOf((await started).result())).toMatchObject([
      { name: "WorkflowFailedError" },
      { name: "ApplicationFailure", message: "attempt 2" },
    ]);
  });

  it("a start may be delayed", async (scene) => {
    const handle = await scene.start(w.returns, { args: [1], startDelay: 300 });
    expect(await handle.result()).toBe(1);
    const [started] = await eventsOf(handle, "EVENT_TYPE_WORKFLOW_EXECUTION_STARTED");
    expect(started?.workflowExecutionStartedEventAttributes?.firstWorkflowTaskBackoff).toBeDefined();
  });

  it("summary and details of the start are in its description", async (scene) => {
    const handle = await scene.start(w.returns, { args: [1], staticSummary: "one line", staticDetails: "many\nlines" });
    const description = await handle.describe();
    expect([await description.staticSummary(), await description.staticDetails()]).toEqual(["one line", "many\nlines"]);
  });
};

export const randomness: Area = ({ it, both }) => {
  both("random numbers are those of the run: a replay draws the same", async (scene) => {
    const handle = await scene.start(w.draws);
    const drawn = (await handle.result()) as unknown[];
    expect(await handle.query(w.value)).toEqual(drawn);
  });

  it("without a cache, every task draws the same", async (scene) => {
    await scene.withWorker({ maxCachedWorkflows: 0 }, async (own) => {
      const handle = await own.start(w.draws);
      const drawn = await handle.result();
      expect(await handle.query(w.value)).toEqual(drawn);
    });
  });

  it("two runs draw different numbers", async (scene) => {
    const [a, b] = await Promise.all(
      [1, 2].map((each) => scene.execute(w.draws, { workflowId: `${scene.id}-${each}` })),
    );
    expect(a?.[0]).not.toBe(b?.[0]);
    expect(a?.[1]).not.toBe(b?.[1]);
  });
};
