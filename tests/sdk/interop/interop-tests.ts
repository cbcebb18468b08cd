/** What both SDKs must be able to do with each other's runs on one server. */
import { randomUUID } from "node:crypto";
import { setTimeout as wait } from "node:timers/promises";
import { Client, Connection } from "@temporalio/client";
import { afterAll, beforeAll, expect, test } from "vitest";
import { recordedHistory } from "../recorded-history.ts";
import { stories } from "../stories.ts";
import type { Story } from "../stories.ts";
import { OfficialSdk } from "./official-sdk.ts";
import { OurSdk } from "./our-sdk.ts";
import { outcomeOf, recordedOutcomeOf } from "./outcome.ts";
import type { Sdk } from "./sdk.ts";
import { tellStory } from "./tell-story.ts";
import type { ToldRun } from "./tell-story.ts";
import type { SdkName } from "./worker-options.ts";

export interface InteropServer extends AsyncDisposable {
  readonly address: string;
}

interface Interop {
  open(): Promise<InteropServer>;
  /** Not all, where time is short. */
  isTold(story: Story): boolean;
  /** Whether workers also take turns while every story is told, which lasts a minute. */
  readonly takesTurns: boolean;
}

/** What these return is another thing every time: drawn numbers, times and sizes, or the order of what happened at once. */
const RESULT_VARIES =
  /^draws|^tells-time|^stays-local|^knows-its-history|^mixes-local|^handles-signals-slowly|^takes-many-updates/;
/** Where a task or an attempt is tried again, signals come before what the next task does, and results count attempts. */
const RESULT_DEPENDS_ON_TRIES = /^(cancels-starting-child|calls-failing|hears-while-local)/;
/**
 * An official worker without a cache lets a task with local activities time out now and then, where another worker polls
 * beside it. The next attempt of it should come soon.
 */
const SHORT_TASK = "2s";
/** Long enough for a task or two, short enough that most runs see several workers. */
const TURN_MS = 150;
const KEYWORD = 2;

export function testInterop({ open, isTold, takesTurns }: Interop): void {
  let server: InteropServer;
  let sdks: Readonly<Record<SdkName, Sdk>>;
  let client: Client;
  const told = stories.filter((story) => isTold(story));
  // A reset names an event by its number, which is another one where tasks are tried again.
  const withoutReset = told.filter(({ name }) => name !== "draws-after-reset");

  beforeAll(async () => {
    server = await open();
    const { address } = server;
    sdks = { ours: await OurSdk.open(address), official: await OfficialSdk.open(address) };
    const connection = await Connection.connect({ address });
    await connection.operatorService.addSearchAttributes({
      namespace: "default",
      searchAttributes: { CustomKeywordField: KEYWORD },
    });
    client = new Client({ connection });
  });

  afterAll(async () => {
    await client?.connection.close();
    await sdks?.ours.close();
    await sdks?.official.close();
    await server?.[Symbol.asyncDispose]();
  });

  const tell = (taskQueue: string, taskTimeout?: "2s", chosen = told): Promise<ToldRun[]> =>
    Promise.all(
      chosen.map((story) => tellStory(taskTimeout ? { taskTimeout, ...story } : story, { client, taskQueue })),
    );

  /** They came to what the official SDK alone comes to, and replay. */
  const expectSound = async (runs: readonly ToldRun[]): Promise<void> => {
    const compared = runs.filter(
      ({ name, history }) =>
        !RESULT_VARIES.test(name) && !(RESULT_DEPENDS_ON_TRIES.test(name) && wasTriedAgain(history)),
    );
    expect(compared.map((run) => [run.name, outcomeOf(run)])).toEqual(
      compared.map(({ name }) => [name, recordedOutcomeOf(recordedHistory(`${name}.json`))]),
    );
    await expectReplays(runs);
  };

  const expectReplays = async (runs: readonly ToldRun[]): Promise<void> => {
    const nothing = runs.map(({ name }) => [name, ""]);
    for (const sdk of ["ours", "official"] as const) {
      const errors = await sdks[sdk].replay(runs);
      expect(runs.map(({ name, workflowId }) => [name, errors.get(workflowId)])).toEqual(nothing);
    }
  };

  test.for([
    ["a cache", 1000],
    ["no cache", 0],
  ] as const)("what our worker with %s wrote replays in both SDKs", async ([, maxCachedWorkflows]) => {
    const taskQueue = randomUUID();
    const worker = await sdks.ours.start({ taskQueue, maxCachedWorkflows });
    const runs = await tell(taskQueue).finally(() => worker.stop());
    await expectSound(runs);
  });

  test("workers of both SDKs that remember nothing share the tasks of every run", async () => {
    const taskQueue = randomUUID();
    const shape = { taskQueue, maxCachedWorkflows: 0 };
    const workers = await Promise.all([sdks.ours.start(shape), sdks.official.start(shape)]);
    const runs = await tell(taskQueue, SHORT_TASK, withoutReset).finally(() =>
      Promise.all(workers.map((worker) => worker.stop())),
    );
    expect(runs.filter(isShared).length).toBeGreaterThan(0);
    await expectSound(runs);
  });

  test.for(["ours", "official"] as const)(
    "a run that a worker began (%s) goes on in the other SDK, and back",
    async (first) => {
      const taskQueue = randomUUID();
      let sdk: SdkName = first;
      let worker = await sdks[sdk].start({ taskQueue });
      const handOver = async (): Promise<void> => {
        await worker.stop();
        sdk = sdk === "ours" ? "official" : "ours";
        worker = await sdks[sdk].start({ taskQueue });
      };
      const meanwhile: Story["meanwhile"] = async ({ handle }) => {
        await handle.executeUpdate("addNow", { args: [1] });
        await handOver();
        await handle.executeUpdate("slowly", { args: ["timer and activity"] });
        await handOver();
        await handle.executeUpdate("locally", { args: ["local activity"] });
        await handle.signal("add", 7);
        await handOver();
        await handle.executeUpdate("addNow", { args: [2] });
      };
      const story = { name: "handed over", workflow: "takesUpdates", args: [5], meanwhile };
      const run = await tellStory(story, { client, taskQueue }).finally(() => worker.stop());
      expect(outcomeOf(run)).toContain('[1,"timer and activity","local activity","signal 7",2]');
      expect(isShared(run)).toBe(true);
      await expectReplays([run]);
    },
  );

  if (!takesTurns) return;
  test.for(["ours", "official"] as const)(
    "workers take turns, the first is %s, while runs of all kinds go on",
    async (first) => {
      const taskQueue = randomUUID();
      const activities = await sdks[first].start({ taskQueue, runs: "activities" });
      let isOver = false;
      const takeTurns = async (): Promise<void> => {
        for (let sdk: SdkName = first; !isOver; sdk = sdk === "ours" ? "official" : "ours") {
          const worker = await sdks[sdk].start({ taskQueue, runs: "workflows" });
          await wait(TURN_MS);
          await worker.stop();
        }
      };
      const turns = takeTurns();
      const runs = await tell(taskQueue, undefined, withoutReset).finally(() => void (isOver = true));
      await turns;
      await activities.stop();
      expect(runs.filter(isShared).length).toBeGreaterThan(0);
      await expectSound(runs);
    },
  );
}

/** A task or an attempt ran out of time. */
function wasTriedAgain({ events }: ToldRun["history"]): boolean {
  return (events ?? []).some(
    (event) =>
      event.workflowTaskTimedOutEventAttributes ??
      event.activityTaskStartedEventAttributes?.lastFailure?.timeoutFailureInfo,
  );
}

function isShared({ history }: ToldRun): boolean {
  const workers = (history.events ?? []).map((event) => event.workflowTaskCompletedEventAttributes?.identity);
  return workers.includes("ours") && workers.includes("official");
}
