import { fileURLToPath } from "node:url";
import { TestWorkflowEnvironment } from "perdure/testing";
import { DefaultLogger, Runtime, Worker } from "perdure/worker";
import { afterAll, beforeAll, expect, test } from "vitest";
import { runKilled } from "../stage/killed-script.ts";
import { createActivities } from "./activities.ts";
import { pauseSignal, progressQuery, resumeSignal } from "./source.ts";
import { normalise, SEARCH_ATTRIBUTES, validate } from "./transaction.ts";
import { openDatabase, Warehouse } from "./warehouse.ts";
import type { ingestion, ingestSource } from "./workflows.ts";

/** For a busy machine. */
const PATIENCE = { timeout: 20_000, interval: 5 };
const SECOND_MS = 1_000;

let environment: TestWorkflowEnvironment;
let warehouse: Warehouse;
/** Those of today, and those of before the hotfix on a queue of their own. */
const workers: { worker: Worker; running: Promise<void> }[] = [];

beforeAll(async () => {
  Runtime.install({ logger: new DefaultLogger("ERROR") });
  environment = await TestWorkflowEnvironment.createTimeSkipping();
  await environment.connection.operatorService.addSearchAttributes({
    namespace: environment.namespace,
    searchAttributes: SEARCH_ATTRIBUTES,
  });
  warehouse = await Warehouse.open(await openDatabase(":memory:"));
  await deploy("ingestion", "workflows.ts");
});

afterAll(async () => {
  for (const { worker } of workers) if (worker.getState() === "RUNNING") worker.shutdown();
  await Promise.all(workers.map(({ running }) => running));
  await environment?.teardown();
  await warehouse?.close();
});

async function deploy(taskQueue: string, workflows: string) {
  const worker = await Worker.create({
    connection: environment.nativeConnection,
    taskQueue,
    workflowsPath: fileURLToPath(new URL(workflows, import.meta.url)),
    activities: createActivities(warehouse),
  });
  const deployed = { worker, running: worker.run() };
  workers.push(deployed);
  return deployed;
}

function begin(workflowId: string, sources: readonly string[], pageEveryMs = SECOND_MS) {
  const plans = sources.map((source) => ({ source, pageEveryMs }));
  const args: Parameters<typeof ingestion> = [workflowId, plans];
  return environment.client.workflow.start<typeof ingestion>("ingestion", {
    taskQueue: "ingestion",
    workflowId,
    args,
  });
}

function beginSource(workflowId: string, { taskQueue = "ingestion", pageEveryMs = SECOND_MS }) {
  return environment.client.workflow.start<typeof ingestSource>("ingestSource", {
    taskQueue,
    workflowId,
    args: [{ source: "tokyo", pageEveryMs }],
  });
}

function child(id: string) {
  return environment.client.workflow.getHandle<typeof ingestSource>(id);
}

async function idsOf(query: string): Promise<string[]> {
  const ids = [];
  for await (const { workflowId } of environment.client.workflow.list({ query })) ids.push(workflowId);
  return ids.sort();
}

async function rowsOf(source: string) {
  return (await warehouse.transactions()).filter((row) => row.source === source);
}

test("every source is loaded as a whole, and what is no transaction is put aside with a reason", async () => {
  const handle = await begin("all", ["bank", "shop", "till"]);
  expect(await handle.result()).toEqual([
    { source: "bank", phase: "done", pages: 6, loaded: 50, rejected: 10 },
    { source: "shop", phase: "done", pages: 5, loaded: 38, rejected: 7 },
    { source: "till", phase: "done", pages: 1, loaded: 6, rejected: 1 },
  ]);
  expect((await rowsOf("bank"))[0]).toMatchObject({ id: "bank-001", bookedOn: "2035-01-01", cents: 100_000 });
  expect((await warehouse.rejects()).filter(({ source }) => source === "till")).toEqual([
    { source: "till", id: "till-005", reason: "no amount" },
  ]);
  expect(await idsOf("IngestionSource = 'bank' AND IngestionPhase = 'done'")).toEqual(["all/bank"]);
});

test("a source is asked for one page in so much time", async () => {
  const before = await environment.currentTimeMs();
  await (await begin("slow", ["shop"], 60 * SECOND_MS)).result();
  expect(Math.floor(((await environment.currentTimeMs()) - before) / (60 * SECOND_MS))).toBe(4);
});

test("a source that is paused is found by its phase, holds up no other, and goes on when it is resumed", async () => {
  const handle = await begin("partly", ["shop", "till"], 3_600 * SECOND_MS);
  await expect
    .poll(() => child("partly/shop").query(progressQuery).catch(String), PATIENCE)
    .toMatchObject({ pages: 1 });
  await child("partly/shop").signal(pauseSignal);
  await environment.sleep("2 hours");
  await expect.poll(() => idsOf("IngestionPhase = 'paused'"), PATIENCE).toEqual(["partly/shop"]);
  expect(await child("partly/till").result()).toMatchObject({ phase: "done" });
  await environment.sleep("30 days");
  expect(await child("partly/shop").query(progressQuery)).toMatchObject({ phase: "paused", pages: 1 });
  await child("partly/shop").signal(resumeSignal);
  expect(await handle.result()).toMatchObject([{ pages: 5 }, { pages: 1 }]);
});

test("paused as a whole, all sources wait", async () => {
  const handle = await begin("whole", ["bank", "shop"], 3_600 * SECOND_MS);
  await handle.signal(pauseSignal);
  await environment.sleep("2 hours");
  await expect.poll(() => idsOf("IngestionPhase = 'paused'"), PATIENCE).toEqual(["whole/bank", "whole/shop"]);
  await handle.signal(resumeSignal);
  expect(await handle.result()).toMatchObject([{ phase: "done" }, { phase: "done" }]);
});

test("a hotfix holds from the next page on, and loading again mends what was loaded before", async () => {
  const before = await deploy("hotfix", "workflows-before.ts");
  const handle = await beginSource("hotfix", { taskQueue: "hotfix", pageEveryMs: 3_600 * SECOND_MS });
  await expect.poll(() => handle.query(progressQuery), PATIENCE).toMatchObject({ pages: 1 });
  before.worker.shutdown();
  await before.running;
  await deploy("hotfix", "workflows.ts");
  expect(await handle.result()).toMatchObject({ pages: 6, loaded: 50 });
  expect((await rowsOf("tokyo")).map(({ currency }) => currency)).toEqual([
    ...Array.from({ length: 8 }, () => "JPY"),
    ...Array.from({ length: 42 }, () => "EUR"),
  ]);

  await (await beginSource("mended", {})).result();
  const rows = await rowsOf("tokyo");
  expect(new Set(rows.map(({ currency, writes }) => `${currency} ${writes}`))).toEqual(new Set(["EUR 2"]));
  expect(rows[0]?.cents).toBe(600);
});

test.for([
  { booked: "31.01.2035", amount: "1.234,56", bookedOn: "2035-01-31", cents: 123_456, reason: undefined },
  { booked: "2035-01-31", amount: "-0.07", bookedOn: "2035-01-31", cents: -7, reason: undefined },
  { booked: "2035-01-31", amount: "", bookedOn: "2035-01-31", cents: null, reason: "no amount" },
  { booked: "2035-01-31", amount: "ten", bookedOn: "2035-01-31", cents: null, reason: "no amount" },
  { booked: "2035-13-31", amount: "1", bookedOn: "2035-13-31", cents: 100, reason: "no such day: 2035-13-31" },
])("$amount on $booked is $cents cents on $bookedOn", ({ booked, amount, bookedOn, cents, reason }) => {
  const transaction = normalise({ id: "1", booked, amount, currency: "EUR" });
  expect(transaction).toEqual({ id: "1", bookedOn, cents, currency: "EUR" });
  expect(validate([transaction]).rejected).toEqual(reason === undefined ? [] : [{ id: "1", reason }]);
});

test(
  "every transaction is in the warehouse although everything is killed on the way",
  { timeout: 120_000 },
  async () => {
    const { text, lastLine } = await runKilled(new URL("main.ts", import.meta.url));
    expect(text).toContain("SIGKILL to the server and the worker");
    expect(lastLine).toBe("The warehouse holds every transaction, once and in euros.");
  },
);
