import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { silentLog, systemTimers } from "../../../base/index.ts";
import type { Log } from "../../../base/index.ts";
import { batchOf, entity } from "../conformance/store-under-test.fixture.ts";
import { StoreUnavailableError } from "../errors.ts";
import { openConnection } from "./open-connection.ts";
import { migrate, readMigrations } from "./schema.ts";
import { spawnWriterThread, startThreadWriter } from "./thread-writer.ts";
import type { ThreadWriterOptions } from "./thread-writer.ts";
import type { Writer } from "./writer.ts";

const OPEN = { lane: 0, slotFrom: 0, slotTo: 4096 };

let folder = "";
let data = { databaseFile: "", cacheKiB: 64, walPagesMax: 100, isSuccessor: false };
/** As in a store: the reader's connection lives longer than any thread. */
let reader: ReturnType<typeof openConnection>;
const writers: Writer[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "perdure-thread-"));
  data = { ...data, databaseFile: join(folder, "perdure.db") };
  reader = openConnection(data.databaseFile, 64);
  migrate(reader, "here", readMigrations());
});
afterEach(async () => {
  for (const writer of writers.splice(0)) await writer.close();
  reader.close();
  rmSync(folder, { recursive: true });
});

async function start(options: Partial<ThreadWriterOptions>): Promise<Writer> {
  const spawn = (isSuccessor: boolean): Worker => spawnWriterThread({ ...data, isSuccessor });
  const writer = await startThreadWriter({ spawn, timers: systemTimers, log: silentLog, ...options });
  writers.push(writer);
  return writer;
}

/** A thread that does not answer, and ends at the first request. */
function dyingThread(how: string): Worker {
  const source = `
    const { parentPort } = require("node:worker_threads");
    parentPort.postMessage([{ kind: "value", value: undefined }]);
    parentPort.on("message", () => { ${how} });`;
  return new Worker(source, { eval: true, resourceLimits: { maxOldGenerationSizeMb: 16 } });
}

/** Our thread, which dies in a COMMIT. */
function dyingInCommit(where: "before" | "after", afterCommits: number): Worker {
  const url = new URL("./dying-writer-thread.fixture.ts", import.meta.url);
  return new Worker(url, { workerData: { ...data, dies: { where, afterCommits } } });
}

interface LogLine {
  readonly message: string;
  readonly fields: unknown;
}

function recordingLog(): { log: Log; lines: LogLine[] } {
  const lines: LogLine[] = [];
  const add = (message: string, fields?: unknown): void => void lines.push({ message, fields });
  return { log: { debug: add, info: add, warn: add, error: add }, lines };
}

const commitOf = (epoch: number, batchNo: number): Parameters<Writer["commit"]>[0] => ({
  lane: 0,
  epoch,
  batchNo,
  batch: batchOf({ creates: [entity({ slot: 0, id: batchNo })] }),
});

const storedIds = (): unknown => reader.prepare("SELECT key / 4096 AS id FROM entity ORDER BY key").all();

describe("a writer thread that dies", () => {
  test.each([
    ["process.exit(1)", "it ended with code 1"],
    ["throw new Error('a bug')", "a bug"],
    ["const all = []; for (;;) all.push(new Array(10000).fill({}));", "reaching memory limit"],
  ])("by %s is replaced, and the log says why, once each", async (how, why) => {
    const { log, lines } = recordingLog();
    const spawn = (isSuccessor: boolean): Worker =>
      isSuccessor ? spawnWriterThread({ ...data, isSuccessor }) : dyingThread(how);
    const writer = await start({ spawn, log });
    const [first, second] = await Promise.all([writer.commit(commitOf(1, 1)), writer.commit(commitOf(1, 2))]);
    expect([first.kind, second.kind]).toEqual(["unknown", "unknown"]);
    expect(await writer.commit(commitOf(1, 1))).toMatchObject({
      kind: "failed",
      error: expect.any(StoreUnavailableError) as Error,
    });
    expect(await writer.lastBatch(0, 1)).toBe(0);
    expect(await writer.openLane(OPEN)).toMatchObject({ epoch: 1 });
    expect(await writer.commit(commitOf(1, 1))).toEqual({ kind: "committed" });
    expect(lines.map((line) => line.message)).toEqual([
      "the store's writer thread died, another one is started",
      "the store's writer thread runs again",
    ]);
    expect(JSON.stringify(lines[0]?.fields)).toContain(why);
  });

  test.each([
    ["before", 1, [{ id: 1 }]],
    ["after", 2, [{ id: 1 }, { id: 2 }]],
  ] as const)("%s the commit record is written leaves batch %i the last", async (where, last, ids) => {
    // Two COMMITs come before: that of the lane and that of the first batch.
    const spawn = (isSuccessor: boolean): Worker =>
      isSuccessor ? spawnWriterThread({ ...data, isSuccessor }) : dyingInCommit(where, 2);
    const writer = await start({ spawn });
    const { epoch } = await writer.openLane(OPEN);
    expect(await writer.commit(commitOf(epoch, 1))).toEqual({ kind: "committed" });
    expect(await writer.commit(commitOf(epoch, 2))).toMatchObject({ kind: "unknown" });
    expect(await writer.lastBatch(0, epoch)).toBe(last);
    expect(storedIds()).toEqual(ids);
    // A transaction of its own stands behind what the dead thread may have left in the log.
    expect(reader.prepare("SELECT batch_no FROM lane WHERE lane = -1").get()).toEqual({ batch_no: 1 });
    // The owner goes on where the store says, in its epoch; what is there is not written twice.
    expect(await writer.commit(commitOf(epoch, last))).toMatchObject({ kind: "failed" });
    expect(await writer.commit(commitOf(epoch, last + 1))).toEqual({ kind: "committed" });
    expect(await writer.openLane(OPEN)).toMatchObject({ epoch: epoch + 1 });
    expect(await writer.commit(commitOf(epoch, last + 2))).toEqual({ kind: "fenced" });
  });

  test("again and again is replaced after longer and longer pauses", async () => {
    const pauses: number[] = [];
    const timers = { ...systemTimers, set: (ms: number, fn: () => void) => (pauses.push(ms), systemTimers.set(0, fn)) };
    let deaths = 0;
    const spawn = (isSuccessor: boolean): Worker =>
      ++deaths > 9
        ? spawnWriterThread({ ...data, isSuccessor })
        : spawnWriterThread({ ...data, databaseFile: "/no/x" });
    const { log, lines } = recordingLog();
    const first = (isSuccessor: boolean): Worker => (isSuccessor ? spawn(true) : dyingThread("process.exit(1)"));
    const writer = await start({ spawn: first, timers, log });
    expect((await writer.commit(commitOf(1, 1))).kind).toBe("unknown");
    expect(await writer.lastBatch(0, 1)).toBe(0);
    expect(pauses.slice(0, 10)).toEqual([50, 100, 200, 400, 800, 1_600, 3_200, 5_000, 5_000, 5_000]);
    expect(lines.map((line) => line.message)).toEqual([
      "the store's writer thread died, another one is started",
      "the store's writer thread cannot be started",
      "the store's writer thread runs again",
    ]);
  });

  test("while the store is closed is not replaced, and nobody waits for it", async () => {
    const timers = { ...systemTimers, set: () => ({}), clear: () => {} };
    const writer = await start({ spawn: () => dyingThread("process.exit(1)"), timers });
    await writer.commit(commitOf(1, 1));
    const waiting = writer.openLane(OPEN).catch((error: unknown) => error);
    await writer.close();
    expect(await waiting).toMatchObject({ name: "StoreUnavailableError", message: "the store is closed" });
    await expect(writer.lastBatch(0, 1)).rejects.toBeInstanceOf(StoreUnavailableError);
  });
});

test("a writer thread that cannot open its database says so", async () => {
  const starting = start({ spawn: () => spawnWriterThread({ ...data, databaseFile: "/nowhere/perdure.db" }) });
  await expect(starting).rejects.toThrow("unable to open database file");
});
