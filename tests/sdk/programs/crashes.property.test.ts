// Random workflow programs, of which the worker or the server dies at one of the workflow tasks: they come to the same
// results and do the same things, for each task at which it may happen.

import { randomUUID } from "node:crypto";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { activityInfo } from "../../../sdk/activity/index.ts";
import { DefaultLogger, Runtime } from "../../../sdk/worker/index.ts";
import { replayHistories } from "../../../sdk/worker/replay/replay.ts";
import * as activities from "./activities.ts";
import { CrashingWorld } from "./crashing-world.ts";
import type { Crash } from "./crashing-world.ts";
import { failuresOf, shapeOf } from "./histories.ts";
import type { runsProgram } from "./interpreter.ts";
import { calmPrograms } from "./program.ts";
import type { Program } from "./program.ts";
import { runSettings } from "./run-settings.ts";

const workflowsPath = fileURLToPath(new URL("interpreter.ts", import.meta.url));
const taskQueue = "crashes";
let world: CrashingWorld;

/** A server that died may give an attempt away once more: activities have to bear that, by a key of their own. */
const signaled = new Set<string>();
const idempotent = {
  ...activities,
  async signals(name: string): Promise<void> {
    const { workflowExecution, activityId } = activityInfo();
    const key = `${workflowExecution?.runId} ${activityId}`;
    if (signaled.has(key)) return;
    signaled.add(key);
    await activities.signals(name);
  },
};

beforeAll(async () => {
  Runtime.install({ logger: new DefaultLogger("ERROR", () => {}) });
  world = await CrashingWorld.open({ taskQueue, workflowsPath, activities: idempotent });
});

afterAll(async () => {
  await world[Symbol.asyncDispose]();
  await Runtime.instance().shutdown();
});

async function outcomeOf(program: Program, crash?: Crash) {
  world.order(crash);
  const workflowId = randomUUID();
  const handle = await world.client.workflow.start<typeof runsProgram>("runsProgram", {
    taskQueue,
    workflowId,
    args: [program],
  });
  const seen = await handle.result();
  const { events } = await handle.fetchHistory();
  expect(failuresOf(events)).toEqual([]);
  for await (const { error } of replayHistories({ workflowsPath }, [{ workflowId, history: { events } }]))
    expect(error).toBeUndefined();
  return { seen: seen.map(inAnyOrder).toSorted(), shape: shapeOf(events).map(ofAnyAttempt), answers: world.answers };
}

/** Of a child, too: which of its lines is the first depends on when signals come. */
function inAnyOrder(line: string): string {
  return line.replaceAll("child: ", "child,").split(",").toSorted().join(",");
}

/** An attempt that a dead worker had counts, too. */
function ofAnyAttempt(line: string): string {
  return line.replace(/^(ACTIVITY_TASK_STARTED) \d+$/, "$1");
}

/** Each program runs as often as it has tasks, twice; of long ones some tasks are left out. */
const PROGRAMS = 2;
const TASKS_MAX = 16;

test.each(["worker", "server"] as const)(
  "whichever task the %s dies at, programs do and see the same",
  async (of) => {
    await fc.assert(
      fc.asyncProperty(calmPrograms, async (program) => {
        const { answers, ...expected } = await outcomeOf(program);
        expect(expected.seen).not.toContain("recall: another");
        for (let answer = 1; answer <= answers; answer += Math.ceil(answers / TASKS_MAX)) {
          for (const when of ["before", "after"] as const) {
            const crash = { of, when, answer };
            const { answers: _, ...crashed } = await outcomeOf(program, crash);
            expect({ crash, ...crashed }).toEqual({ crash, ...expected });
          }
        }
      }),
      runSettings([], PROGRAMS),
    );
  },
  120_000,
);
