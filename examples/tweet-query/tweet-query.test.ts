import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { TestWorkflowEnvironment } from "perdure/testing";
import { DefaultLogger, Runtime, Worker } from "perdure/worker";
import { afterAll, beforeAll, expect, test } from "vitest";
import { runKilled } from "../stage/killed-script.ts";
import { Ledger } from "../stage/ledger.ts";
import { createActivities } from "./activities.ts";
import { startGateway } from "./gateway.ts";
import type { HttpServer } from "./http-server.ts";
import { listenTo } from "./listener.ts";
import type { ServerEvent } from "./listener.ts";
import { POPULAR, REST_SECONDS, startSearchService } from "./search-service.ts";
import { workflowIdOf } from "./tweet.ts";
import { progressQuery } from "./workflows.ts";

/** For a busy machine. */
const PATIENCE = { timeout: 20_000, interval: 5 };

const folder = mkdtempSync(join(tmpdir(), "tweet-query-"));
const answered = new Ledger<string>(`${folder}/answered.jsonl`);
let environment: TestWorkflowEnvironment;
let worker: Worker;
let running: Promise<void>;
let search: HttpServer;
let gateway: HttpServer;

beforeAll(async () => {
  Runtime.install({ logger: new DefaultLogger("ERROR") });
  environment = await TestWorkflowEnvironment.createTimeSkipping();
  search = await startSearchService({ answered });
  gateway = await startGateway({ client: environment.client, now: () => environment.currentTimeMs() });
  worker = await Worker.create({
    connection: environment.nativeConnection,
    taskQueue: "tweets",
    workflowsPath: fileURLToPath(new URL("workflows.ts", import.meta.url)),
    activities: createActivities(search.url),
  });
  running = worker.run();
});

afterAll(async () => {
  await gateway?.close();
  worker?.shutdown();
  await running;
  await search?.close();
  await environment?.teardown();
  rmSync(folder, { recursive: true });
});

function listen(query: string, options: { lastEventId?: number; apiKey?: string } = {}): Promise<ServerEvent[]> {
  return Array.fromAsync(listenTo({ url: gateway.url, query, apiKey: query, ...options }));
}

function get(query: string, apiKey: string): Promise<Response> {
  return fetch(`${gateway.url}/tweets?${new URLSearchParams({ q: query })}`, { headers: { "x-api-key": apiKey } });
}

function handleOf(query: string) {
  return environment.client.workflow.getHandle(workflowIdOf(query));
}

function timesAnswered(query: string): number {
  const pages = [0, 1, 2, 3].map((page) => `${query}/${page}`);
  return pages.reduce((sum, key) => sum + (answered.get(key) ? 1 : 0) + (answered.repeats().get(key) ?? 0), 0);
}

test("pages come as they are found, and the last event is the whole", async () => {
  const events = await listen("otters");
  const ids = events.map(({ id }) => id);
  expect(ids).toEqual([...new Set(ids)].sort());
  expect(events.slice(0, -1).every(({ event }) => event === "progress")).toBe(true);
  expect(events.at(-1)).toMatchObject({ id: 4, event: "done" });
  const tweets = JSON.parse(events.at(-1)?.data ?? "") as { id: string }[];
  expect(tweets.map(({ id }) => id)).toEqual(Array.from({ length: 12 }, (_, i) => `otters-${i + 1}`));
  expect(await handleOf("otters").query(progressQuery)).toMatchObject({ pages: 4, isDone: true });
});

test("who asks the same at the same time, however they spell it, shares one search", async () => {
  const all = await Promise.all(["red pandas", "Red  Pandas", " red pandas "].map((query) => listen(query)));
  expect(new Set(all.map((events) => events.at(-1)?.data)).size).toBe(1);
  expect(timesAnswered("red pandas")).toBe(4);
});

test("a result is the answer for ten minutes, and then it is searched again", async () => {
  const first = await get("lynxes", "lynx");
  await first.text();
  const second = await get("lynxes", "lynx");
  expect([first, second].map(({ headers }) => headers.get("x-answer-from"))).toEqual(["search", "cache"]);
  expect(await second.text()).toContain("event: done");
  expect(timesAnswered("lynxes")).toBe(4);
  await environment.sleep("11 minutes");
  const third = await get("lynxes", "lynx");
  expect(third.headers.get("x-answer-from")).toBe("search");
  await third.text();
  expect(timesAnswered("lynxes")).toBe(8);
});

test("when the service wants a rest, the query waits as long as it says", async () => {
  const before = await environment.currentTimeMs();
  const query = `the ${POPULAR} one`;
  const listening = listen(query);
  const found = () => handleOf(query).query(progressQuery).catch(String);
  await expect.poll(found, PATIENCE).toMatchObject({ pages: 3 });
  await handleOf(query).result(); // The gateway's calls leave time alone; who waits for a result lets it pass.
  const events = await listening;
  expect(events.at(-1)).toMatchObject({ id: 4, event: "done" });
  expect((await environment.currentTimeMs()) - before).toBeGreaterThanOrEqual(REST_SECONDS * 1_000);
});

test("who lost the connection goes on after the last event they have", async () => {
  expect((await listen("badgers")).at(-1)).toMatchObject({ id: 4 });
  expect(await listen("badgers", { lastEventId: 3 })).toMatchObject([{ id: 4, event: "done" }]);
});

test("a query that fails says why, and is not kept", async () => {
  for (const _ of [1, 2]) expect(await listen("*")).toMatchObject([{ event: "failed", data: "no wildcards, please" }]);
  const runs = await Array.fromAsync(environment.client.workflow.list({ query: `WorkflowId = 'tweets/*'` }));
  expect(runs.map(({ status }) => status.name)).toEqual(["FAILED", "FAILED"]);
});

test("nobody asks more than twenty times a minute", async () => {
  await listen("hares");
  const statuses = [];
  for (let i = 0; i < 21; i++) {
    const response = await get("hares", "greedy");
    await response.text();
    statuses.push(response.status);
  }
  expect(statuses).toEqual([...Array.from({ length: 20 }, () => 200), 429]);
  expect((await get("hares", "modest")).status).toBe(200);
  expect((await get(" ", "modest")).status).toBe(400);
});

test("every listener hears the whole although everything is killed on the way", { timeout: 120_000 }, async () => {
  const { text, lastLine } = await runKilled(new URL("main.ts", import.meta.url));
  expect(text).toContain("SIGKILL to the server, the worker and the gateway");
  expect(lastLine).toBe("Every listener heard every page, in order.");
});
