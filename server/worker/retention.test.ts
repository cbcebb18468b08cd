import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { afterEach, expect, test } from "vitest";
import { MemoryDisk, openMemoryStore, openSqliteStore } from "../store/index.ts";
import { DAY_MS, DutyScene, HOUR_MS } from "./duty-scene.fixture.ts";

const scenes: DutyScene[] = [];
afterEach(async () => {
  for (const scene of scenes.splice(0)) await scene.stop();
});

async function inMemory(config: Record<string, unknown> = {}): Promise<DutyScene> {
  const disk = new MemoryDisk();
  const scene = new DutyScene(() => openMemoryStore({ disk }));
  scenes.push(scene);
  await scene.open(config);
  return scene;
}

const ids = (count: number, prefix = "w"): string[] =>
  Array.from({ length: count }, (_, index) => `${prefix}${String(index).padStart(2, "0")}`);

async function closed(scene: DutyScene, namespace: string, workflowIds: readonly string[]): Promise<void> {
  for (const id of workflowIds) {
    await scene.start(namespace, id);
    await scene.terminate(namespace, id);
  }
}

/** Long enough for a round to begin and end. */
const ROUND_MS = 90_000;

test("closed runs go when their retention is over, and not before", async () => {
  const scene = await inMemory();
  await scene.register("short", HOUR_MS);
  await closed(scene, "short", ids(25));
  await scene.time.jump(HOUR_MS - 2 * ROUND_MS);
  await scene.time.advance(ROUND_MS);
  expect(await scene.listed("short")).toEqual(ids(25));
  await scene.time.jump(2 * ROUND_MS);
  await scene.time.advance(ROUND_MS);
  expect(await scene.listed("short")).toEqual([]);
  for (const id of ids(3)) expect(await scene.isThere("short", id)).toBe(false);
});

test("an open run of 400 days stays while its neighbours come and go within a day", async () => {
  const scene = await inMemory();
  await scene.register("daily", DAY_MS);
  await scene.start("daily", "year");
  for (let month = 0; month < 13; month++) {
    await closed(scene, "daily", [`neighbour-${month}`]);
    await scene.time.jump(31 * DAY_MS);
    await scene.time.advance(ROUND_MS);
    expect(await scene.listed("daily")).toEqual(["year"]);
  }
  expect(await scene.isThere("daily", "year")).toBe(true);
  await scene.terminate("daily", "year");
  await scene.time.jump(DAY_MS - HOUR_MS);
  await scene.time.advance(ROUND_MS);
  expect(await scene.listed("daily")).toEqual(["year"]);
  await scene.time.jump(2 * HOUR_MS);
  await scene.time.advance(ROUND_MS);
  expect(await scene.isThere("daily", "year")).toBe(false);
});

test("every namespace has its own retention, and one that was made longer meanwhile counts", async () => {
  const scene = await inMemory();
  await scene.register("short", HOUR_MS);
  await scene.register("long", 10 * DAY_MS);
  await scene.register("lengthened", HOUR_MS);
  for (const namespace of ["short", "long", "lengthened"]) await closed(scene, namespace, ids(12));
  await scene.call("updateNamespace", {
    namespace: "lengthened",
    config: { workflowExecutionRetentionTtl: { seconds: 10 * 86_400, nanos: 0 } },
  });
  await scene.time.jump(2 * HOUR_MS);
  await scene.time.advance(ROUND_MS);
  expect(await scene.listed("short")).toEqual([]);
  expect(await scene.listed("long")).toEqual(ids(12));
  expect(await scene.listed("lengthened")).toEqual(ids(12));
});

test("an id whose last run is gone may be used again, whatever its reuse policy says", async () => {
  const scene = await inMemory();
  await scene.register("short", HOUR_MS);
  await closed(scene, "short", ["order"]);
  await scene.time.jump(2 * HOUR_MS);
  await scene.time.advance(ROUND_MS);
  await scene.start("short", "order");
  expect(await scene.listed("short")).toEqual(["order"]);
});

test("what was over while no server ran goes after the next start, on a disk too", async () => {
  const folder = mkdtempSync(`${tmpdir()}/perdure-retention-`);
  const scene = new DutyScene(() => openSqliteStore({ folder, mode: "inline" }));
  try {
    await scene.open();
    await scene.register("short", HOUR_MS);
    await closed(scene, "short", ids(12));
    await scene.start("short", "open");
    await scene.stop();
    await scene.time.jump(3 * HOUR_MS);
    await scene.open();
    await scene.time.advance(ROUND_MS);
    expect(await scene.listed("short")).toEqual(["open"]);
  } finally {
    await scene.stop();
    rmSync(folder, { recursive: true, force: true });
  }
});
