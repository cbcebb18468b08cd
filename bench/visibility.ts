/**
 * Lists and counts over many executions with ten custom attributes each, and what writing them costs:
 *
 *   npm run bench -- visibility [--rows 200000] [--store sqlite | postgres://…] [--rounds 5] [--written 2000]
 *     [--only pages,counts,beside,writes] [--folder FOLDER]
 *
 * Times are of the store's answer as its caller waits for it; CPU is that of all threads of this process. A folder that is
 * named stays, and is not loaded again.
 */
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { parseArgs } from "node:util";
import { openPostgresStore, openSqliteStore } from "../server/store/index.ts";
import type { Store } from "../server/store/index.ts";
import type { AttributeType } from "../server/store/visibility.ts";
import { parseQuery, resolveQuery } from "../server/visibility/index.ts";
import { median, record, round } from "./harness/record.ts";
import { createOf, rowOf, statusOf } from "./visibility/executions.ts";
import { Lane } from "./visibility/lane.ts";
import { COUNTS, ENDLESS, LIMIT_MS, PAGES } from "./visibility/questions.ts";
import type { Question } from "./visibility/questions.ts";
import { writeCost } from "./visibility/write-cost.ts";

const { values: args } = parseArgs({
  options: {
    rows: { type: "string", default: "200000" },
    store: { type: "string", default: "sqlite" },
    rounds: { type: "string", default: "5" },
    written: { type: "string", default: "2000" },
    only: { type: "string", default: "pages,counts,beside,writes" },
    folder: { type: "string" },
  },
});

const ROWS = Number(args.rows);
const PAGE_ROWS = 20;
/** Pairs of batches with and without. */
const WRITE_ROUNDS = 9;
const SCOPE = { namespace: 1, kind: 1 };

const ATTRIBUTES: Readonly<Record<string, readonly [AttributeType, string]>> = {
  Customer: ["Keyword", "Keyword01"],
  Region: ["Keyword", "Keyword02"],
  Plan: ["Keyword", "Keyword03"],
  Mark: ["Keyword", "Keyword04"],
  Amount: ["Int", "Int01"],
  Score: ["Double", "Double01"],
  Paid: ["Bool", "Bool01"],
  Due: ["Datetime", "Datetime01"],
  Tags: ["KeywordList", "KeywordList01"],
  Notes: ["Text", "Text01"],
};
const registry = {
  typeOf: (name: string): AttributeType | undefined => ATTRIBUTES[name]?.[0],
  fieldOf: (name: string): string => ATTRIBUTES[name]?.[1] ?? name,
};

const folder = args.folder ?? mkdtempSync(path.join(tmpdir(), "perdure-bench-"));
const store = args.store === "sqlite" ? await openSqliteStore({ folder, mode: "thread" }) : await openPostgres();
const lane = new Lane(store);
await lane.open();

const beside = `${store.name}, ${ROWS} executions`;
if (lane.nextId === 1) record("visibility", `load, ${beside} of 10 attributes`, await loaded());
const parts: Readonly<Record<string, () => Promise<void>>> = {
  pages: async () => record("visibility", `pages of ${PAGE_ROWS}, ${beside}, ms`, await times(PAGES, list)),
  counts: async () => record("visibility", `counts, ${beside}, ms`, await times(COUNTS, count)),
  beside: async () => record("visibility", `beside the engine, ${beside}`, await besideEngine()),
  writes: async () => {
    const options = { rounds: WRITE_ROUNDS, executions: Number(args.written) };
    record("visibility", `writes beside ${ROWS} executions, ${store.name}`, await writeCost(lane, options));
  },
};
for (const part of args.only.split(",")) await parts[part]?.();
await store.close();
if (args.folder === undefined) rmSync(folder, { recursive: true });

async function openPostgres(): Promise<Store> {
  return openPostgresStore({ url: args.store } as Parameters<typeof openPostgresStore>[0]);
}

async function loaded(): Promise<Record<string, number>> {
  const before = process.cpuUsage();
  await load();
  const size = args.store === "sqlite" ? statSync(path.join(folder, "perdure.db")).size : 0;
  return { "CPU, ms each": round(cpuMs(before) / ROWS, 4), "on disk, KiB each": round(size / ROWS / 1024, 2) };
}

async function load(): Promise<void> {
  const batchRows = 1_000;
  for (let from = 1; from <= ROWS; from += batchRows) {
    const numbers = Array.from({ length: Math.min(batchRows, ROWS - from + 1) }, (_, i) => from + i);
    const visibility = numbers.map((n) => rowOf(n, { isOpen: statusOf(n) === 1, hasAttributes: true }));
    await lane.commit({ creates: numbers.map(createOf), visibility }, from + numbers.length - 1);
  }
}

function list(query: string, signal?: AbortSignal): Promise<number> {
  const { filter, sort } = resolveQuery(parseQuery(timed(query)), registry, { operation: "list" });
  const question = { ...SCOPE, filter, sort, limit: PAGE_ROWS, after: undefined };
  return store.listVisibility(question, signal).then(({ rows }) => rows.length);
}

function count(query: string, signal?: AbortSignal): Promise<number> {
  const { filter, groupBy } = resolveQuery(parseQuery(timed(query)), registry, { operation: "count" });
  return store.countVisibility({ ...SCOPE, filter, groupBy: groupBy?.field }, signal).then((counted) => counted.count);
}

/** Times of the query's placeholders. */
function timed(query: string): string {
  const first = 1_700_000_000_000;
  const last = first + ROWS * 500;
  const iso = (ms: number): string => new Date(ms).toISOString();
  return query
    .replace("FIRST_HOUR", iso(first + 3_600_000))
    .replace("SECOND_HOUR", iso(first + 7_200_000))
    .replace("LAST_HOUR", iso(last - 3_600_000));
}

async function times(
  questions: readonly Question[],
  ask: (query: string) => Promise<number>,
): Promise<Record<string, string>> {
  const figures: Record<string, string> = {};
  for (const { query, limit } of questions) {
    let found = await ask(query);
    const walls: number[] = [];
    const cpus: number[] = [];
    for (let round = 0; round < Number(args.rounds); round++) {
      const [cpu, began] = [process.cpuUsage(), performance.now()];
      found = await ask(query);
      walls.push(performance.now() - began);
      cpus.push(cpuMs(cpu));
    }
    const wall = median(walls);
    const isOver = Math.min(...walls) > LIMIT_MS[limit];
    const name = query === "" ? "(everything)" : query;
    figures[name] =
      `${round(wall, 2)}, CPU ${round(median(cpus), 2)}, finds ${found}${isOver ? ` OVER ${LIMIT_MS[limit]}` : ""}`;
  }
  return figures;
}

/** A question that reads everything runs, while the engine's thread has little to do; then its caller goes away. */
async function besideEngine(): Promise<Record<string, number>> {
  const delay = monitorEventLoopDelay({ resolution: 1 });
  const began = performance.now();
  delay.enable();
  const endless = count(ENDLESS);
  let commits = 0;
  const slowest: number[] = [];
  let isDone = false;
  void endless.then(() => (isDone = true));
  while (!isDone && commits < 2_000) {
    const from = performance.now();
    const n = lane.nextId;
    await lane.commit({ creates: [createOf(n)] }, n);
    slowest.push(performance.now() - from);
    commits += 1;
  }
  await endless;
  delay.disable();
  const tookMs = performance.now() - began;
  const controller = new AbortController();
  const aborted = count(ENDLESS, controller.signal).catch(() => undefined);
  await new Promise((resolve) => setTimeout(resolve, 300));
  const from = performance.now();
  controller.abort();
  await aborted;
  return {
    "the question, ms": round(tookMs, 1),
    "commits meanwhile": commits,
    "p50 of the commits, ms": round(median(slowest), 2),
    "longest pause of the engine's thread, ms": round(delay.max / 1e6, 1),
    "from abort to the end, ms": round(performance.now() - from, 1),
  };
}

function cpuMs(before: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}
