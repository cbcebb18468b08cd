import { expect, test } from "vitest";
import { defaultPayloadConverter, defineSearchAttributeKey, type Payload } from "../common/index.ts";
import { encodeUnifiedSearchAttributes } from "../common/payload-search-attributes.ts";
import * as wf from "./index.ts";
import { initialize, testRun } from "./run-fixture.ts";

const json = (value: unknown): Payload => defaultPayloadConverter.toPayload(value);

test("workflowInfo tells what the start and the task say, and is frozen", async () => {
  let info = {} as wf.WorkflowInfo;
  const run = testRun(async () => {
    info = wf.workflowInfo();
  });
  await run.complete(
    {
      isReplaying: true,
      suggestContinueAsNewReasons: [2],
      continueAsNewSuggested: true,
      deploymentVersionForCurrentTask: { deploymentName: "d", buildId: "b" },
    },
    initialize({
      memo: { m: json({ x: 1 }) },
      parent: { namespace: "default", workflowId: "parent", runId: "pr" },
      lastCompletionResult: [json("before")],
      continuedFailure: { message: "then" },
      retryPolicy: {
        initialIntervalMs: 1000,
        backoffCoefficient: 2,
        maximumIntervalMs: undefined,
        maximumAttempts: 0,
        nonRetryableErrorTypes: [],
      },
      executionExpirationTimeMs: 1_800_000_000_000,
      priority: { priorityKey: 3, fairnessKey: "", fairnessWeight: 0 },
    }),
  );
  expect(info).toMatchObject({
    workflowId: "workflow-id",
    workflowType: "test",
    namespace: "default",
    taskQueue: "queue",
    memo: { m: { x: 1 } },
    parent: { workflowId: "parent" },
    lastResult: "before",
    startTime: new Date(1_700_000_000_000),
    executionExpirationTime: new Date(1_800_000_000_000),
    retryPolicy: { initialInterval: 1000, backoffCoefficient: 2 },
    historyLength: 3,
    historySize: 100,
    continueAsNewSuggested: true,
    suggestedContinueAsNewReasons: ["TOO_MANY_HISTORY_EVENTS"],
    currentDeploymentVersion: { deploymentName: "d", buildId: "b" },
    currentBuildId: "b",
    priority: { priorityKey: 3 },
    unsafe: { isReplaying: true, isReplayingHistoryEvents: true },
  });
  expect(info.lastFailure?.message).toBe("then");
  expect(Object.isFrozen(info)).toBe(true);
  expect(info.unsafe.now()).toBeGreaterThan(1_700_000_000_000);
});

test("upserted search attributes and memo show at once, in both forms", async () => {
  const count = defineSearchAttributeKey("Count", "INT");
  const tag = defineSearchAttributeKey("Tag", "KEYWORD");
  const seen: unknown[] = [];
  const show = (): void => {
    const { searchAttributes, typedSearchAttributes, memo } = wf.workflowInfo();
    seen.push([searchAttributes, typedSearchAttributes.get(count), typedSearchAttributes.get(tag), memo]);
  };
  const run = testRun(async () => {
    show();
    wf.upsertSearchAttributes([
      { key: count, value: 2 },
      { key: tag, value: null },
    ]);
    wf.upsertMemo({ a: undefined, b: [1] });
    show();
  });
  const searchAttributes = encodeUnifiedSearchAttributes(undefined, [{ key: tag, value: "x" }]);
  const commands = await run.activate(initialize({ searchAttributes, memo: { a: json(1), c: json(2) } }));
  expect(seen).toEqual([
    [{ Tag: ["x"] }, undefined, "x", { a: 1, c: 2 }],
    [{ Count: [2] }, 2, undefined, { b: [1], c: 2 }],
  ]);
  expect(commands.map(({ kind }) => kind)).toEqual([
    "upsertWorkflowSearchAttributes",
    "modifyWorkflowProperties",
    "completeWorkflowExecution",
  ]);
});

test("a replay repeats the random numbers of its streams, and a reset's new seed changes them", async () => {
  const draw = async (): Promise<unknown[]> => {
    const stream = wf.getRandomStream("plugin");
    return [wf.uuid4(), stream.random(), wf.workflowRandom.random(), stream.with(() => wf.uuid4())];
  };
  const [first] = await testRun(draw).start();
  const [again] = await testRun(draw).start();
  const [reset] = await testRun(draw).activate(initialize(), {
    kind: "updateRandomSeed",
    randomnessSeed: [9, 9, 9, 9, 9, 9, 9, 9],
  });
  expect(again).toEqual(first);
  expect(reset).not.toEqual(first);
});
