// Random workflow programs whose outcome time decides alone, with skipped time: a worker that forgets every run after each
// of its tasks comes to what a worker with a cache comes to.

import { randomUUID } from "node:crypto";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { TestWorkflowEnvironment } from "../../../sdk/testing/index.ts";
import { DefaultLogger, Runtime, Worker } from "../../../sdk/worker/index.ts";
import { replayHistories } from "../../../sdk/worker/replay/replay.ts";
import * as activities from "./activities.ts";
import { failuresOf, prefixesOf, shapeOf } from "./histories.ts";
import type { runsProgram } from "./interpreter.ts";
import { calmPrograms } from "./program.ts";
import type { Program } from "./program.ts";
import { runSettings } from "./run-settings.ts";

const workflowsPath = fileURLToPath(new URL("interpreter.ts", import.meta.url));
let environment: TestWorkflowEnvironment;
const stops: (() => Promise<void>)[] = [];

beforeAll(async () => {
  Runtime.install({ logger: new DefaultLogger("ERROR", () => {}) });
  environment = await TestWorkflowEnvironment.createTimeSkipping();
  const { nativeConnection: connection } = environment;
  for (const [taskQueue, maxCachedWorkflows] of [
    ["forgets", 0],
    ["remembers", 1000],
  ] as const) {
    const worker = await Worker.create({ connection, taskQueue, maxCachedWorkflows, workflowsPath, activities });
    const running = worker.run();
    stops.push(async () => {
      worker.shutdown();
      await running;
    });
  }
});

afterAll(async () => {
  await Promise.all(stops.map((stop) => stop()));
  await environment?.teardown();
  await Runtime.instance().shutdown();
});

interface Outcome {
  readonly seen: string[];
  readonly shape: string[];
}

/** Runs it to its end, and replays every prefix of its history. */
async function outcomeOf(program: Program, taskQueue: string): Promise<Outcome> {
  const handle = await environment.client.workflow.start<typeof runsProgram>("runsProgram", {
    taskQueue,
    workflowId: randomUUID(),
    args: [program],
  });
  const seen = await handle.result();
  const { events } = await handle.fetchHistory();
  expect(failuresOf(events)).toEqual([]);
  const histories = [...prefixesOf(events)].map((each) => ({
    workflowId: handle.workflowId,
    history: { events: each },
  }));
  for await (const { error } of replayHistories({ workflowsPath }, histories)) expect(error).toBeUndefined();
  return { seen: seen.map(inAnyOrder).toSorted(), shape: shapeOf(events) };
}

/** What a child saw stands in one line: signals and activities side by side have no order there either. */
function inAnyOrder(line: string): string {
  return line.split(",").toSorted().join(",");
}

test("programs do and see the same with a cache, and when they are forgotten after every task", async () => {
  await fc.assert(
    fc.asyncProperty(calmPrograms, async (program) => {
      const remembered = await outcomeOf(program, "remembers");
      const forgotten = await outcomeOf(program, "forgets");
      expect(forgotten).toEqual(remembered);
      expect(remembered.seen).not.toContain("recall: another");
    }),
    runSettings(),
  );
});
