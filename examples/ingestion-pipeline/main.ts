/**
 * Four sources into a warehouse. `--kill`: the server and the worker are killed while pages are loaded, and the worker
 * that comes back has a hotfix. `--warehouse postgresql://…` loads into an empty database of PostgreSQL.
 */
import { setTimeout as pause } from "node:timers/promises";
import { parseArgs } from "node:util";
import { Client, Connection } from "perdure/client";
import { runScript } from "../stage/account.ts";
import type { Account } from "../stage/account.ts";
import { freePorts, Program, serverProgram } from "../stage/program.ts";
import { FEEDS } from "./feeds.ts";
import { pauseSignal, progressQuery, resumeSignal } from "./source.ts";
import { SEARCH_ATTRIBUTES } from "./transaction.ts";
import { openDatabase, Warehouse } from "./warehouse.ts";
import type { ingestion, ingestSource } from "./workflows.ts";

const { values: flags } = parseArgs({
  options: { kill: { type: "boolean", default: false }, warehouse: { type: "string" } },
});
const PAGE_EVERY_MS = 200;
/** Ten records a page, of which two in twelve are rejected. */
const TWO_PAGES_OF_TOKYO = 17;

interface Stage {
  readonly account: Account;
  readonly client: Client;
  readonly warehouse: Warehouse;
  readonly server: Program;
  readonly workerWith: (workflows: string) => Program;
}

await runScript("ingestion-pipeline", async (account, folder) => {
  const [port = 0] = await freePorts(1);
  const address = `127.0.0.1:${port}`;
  const database = flags.warehouse ?? `${folder}/warehouse.db`;
  const warehouse = await Warehouse.open(await openDatabase(database));
  const workerWith = (workflows: string): Program =>
    new Program({
      file: new URL("worker.ts", import.meta.url),
      args: [address, database, workflows],
      log: `${folder}/worker.log`,
    });
  const server = serverProgram({ port, folder });
  await server.start();
  const connection = await Connection.connect({ address });
  const client = new Client({ connection });
  await connection.operatorService.addSearchAttributes({
    namespace: "default",
    searchAttributes: SEARCH_ATTRIBUTES,
  });
  const worker = workerWith(flags.kill ? "workflows-before.ts" : "workflows.ts");
  await worker.start();

  const plans = Object.keys(FEEDS).map((source) => ({ source, pageEveryMs: PAGE_EVERY_MS }));
  const handle = await client.workflow.start<typeof ingestion>("ingestion", {
    taskQueue: "ingestion",
    workflowId: "january",
    args: ["january", plans],
  });
  account.say(`${plans.length} sources are being loaded`);
  const stage = { account, client, warehouse, server, workerWith };
  if (flags.kill) await crash(stage, worker);
  for (const { source, pages, loaded, rejected } of await handle.result())
    account.say(`${source}: ${pages} pages, ${loaded} loaded, ${rejected} rejected`);
  if (flags.kill) await mend(stage);
  await audit(stage);
  await warehouse.close();
  return account.close("The warehouse holds every transaction, once and in euros.");
});

/** Kills the server and the worker while the shop is paused, and comes back with the hotfix. */
async function crash({ account, client, warehouse, server, workerWith }: Stage, worker: Program): Promise<void> {
  const shop = client.workflow.getHandle<typeof ingestSource>("january/shop");
  while ((await idsOf(client, "IngestionSource = 'shop' AND IngestionPhase = 'running'")).length === 0) await pause(20);
  await shop.signal(pauseSignal);
  while ((await rowsOf(warehouse, "tokyo")).length < TWO_PAGES_OF_TOKYO) await pause(10);
  await Promise.all([server.kill(), worker.kill()]);
  account.say(
    `${(await warehouse.transactions()).length} transactions are loaded: SIGKILL to the server and the worker`,
  );
  await server.start();
  await workerWith("workflows.ts").start();
  account.say("both are back, and the worker has a hotfix: yen are no euros");

  while ((await idsOf(client, "IngestionPhase = 'paused'")).length === 0) await pause(20);
  const { phase, pages } = await shop.query(progressQuery);
  account.say(`the shop, which was paused before, is ${phase} after ${pages} pages; it is resumed`);
  await shop.signal(resumeSignal);
}

/** What was loaded before the hotfix is loaded again. */
async function mend({ account, client, warehouse }: Stage): Promise<void> {
  const rows = await rowsOf(warehouse, "tokyo");
  const yen = rows.filter(({ currency }) => currency === "JPY").length;
  account.say(`${yen} of ${rows.length} rows of tokyo are yen: it is loaded again`);
  account.ask("Did the hotfix begin in the middle of tokyo?", yen > 0 && yen < rows.length ? [] : [`${yen} are yen`]);
  await client.workflow.execute<typeof ingestSource>("ingestSource", {
    taskQueue: "ingestion",
    workflowId: "january/tokyo/again",
    args: [{ source: "tokyo", pageEveryMs: 0 }],
  });
}

async function audit({ account, client, warehouse }: Stage): Promise<void> {
  const [rows, rejects] = [await warehouse.transactions(), await warehouse.rejects()];
  const repeats = rows.filter(({ source, writes }) => source !== "tokyo" && writes > 1).length;
  account.say(`${rows.length} transactions; ${repeats} of them were loaded again, which changed nothing`);
  const faults = Object.entries(FEEDS).flatMap(([source, { records, record }]) => {
    const ids = new Set([...rows, ...rejects].flatMap((row) => (row.source === source ? [row.id] : [])));
    return Array.from({ length: records }, (_, i) => record(i).id).filter((id) => !ids.has(id));
  });
  account.ask("Is every record of every source loaded or rejected?", faults);
  const inBoth = rows.filter(({ source, id }) => rejects.some((row) => row.source === source && row.id === id));
  account.ask(
    "And none of them both?",
    inBoth.map(({ id }) => id),
  );
  account.ask(
    "Is everything in euros?",
    rows.filter(({ currency }) => currency !== "EUR").map(({ id }) => id),
  );
  const done = await idsOf(client, "IngestionPhase = 'done' AND IngestionSource != ''");
  account.ask("Do the lists show every source as done?", done.length === 4 ? [] : done);
}

async function rowsOf(warehouse: Warehouse, source: string) {
  return (await warehouse.transactions()).filter((row) => row.source === source);
}

async function idsOf(client: Client, query: string): Promise<string[]> {
  const ids = [];
  for await (const { workflowId } of client.workflow.list({ query })) ids.push(workflowId);
  return ids;
}
