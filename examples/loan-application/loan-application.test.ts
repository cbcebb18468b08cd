import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { TestWorkflowEnvironment } from "perdure/testing";
import { DefaultLogger, Runtime, Worker } from "perdure/worker";
import { afterAll, beforeAll, expect, test } from "vitest";
import { runKilled } from "../stage/killed-script.ts";
import { createActivities, openLedgers } from "./activities.ts";
import { startWeb } from "./web.ts";
import type { Web } from "./web.ts";
import type { loanApplication } from "./workflows.ts";

/** For a busy machine. */
const PATIENCE = { timeout: 20_000, interval: 5 };

const folder = mkdtempSync(join(tmpdir(), "loan-application-"));
const ledgers = openLedgers(folder);
let environment: TestWorkflowEnvironment;
let worker: Worker;
let running: Promise<void>;
let web: Web;

beforeAll(async () => {
  Runtime.install({ logger: new DefaultLogger("ERROR") });
  environment = await TestWorkflowEnvironment.createTimeSkipping();
  worker = await Worker.create({
    connection: environment.nativeConnection,
    taskQueue: "loans",
    workflowsPath: fileURLToPath(new URL("workflows.ts", import.meta.url)),
    activities: createActivities(ledgers),
  });
  running = worker.run();
  web = await startWeb(environment.client);
});

afterAll(async () => {
  await web?.close();
  worker?.shutdown();
  await running;
  await environment?.teardown();
  rmSync(folder, { recursive: true });
});

async function get(path: string): Promise<string> {
  return (await fetch(`${web.url}${path}`)).text();
}

async function post(path: string, fields: Readonly<Record<string, string>>): Promise<{ status: number; text: string }> {
  const options = { method: "POST", body: new URLSearchParams(fields), redirect: "manual" } as const;
  const response = await fetch(`${web.url}${path}`, options);
  return { status: response.status, text: await response.text() };
}

function decide(id: string, fields: Readonly<Record<string, string>>): Promise<{ status: number; text: string }> {
  return post(`/applications/${id}/decision`, { reviewer: "Grace", verdict: "approve", ...fields });
}

async function apply(id: string, applicant = "Ada"): Promise<void> {
  const { status } = await post("/applications", { id, applicant, euros: "900", incomeEuros: "30000" });
  expect(status).toBe(303);
  await expect.poll(() => get(`/applications/${id}`), PATIENCE).toContain("<button name=");
}

/** Lets time pass until the application is closed. */
function result(id: string) {
  return environment.client.workflow.getHandle<typeof loanApplication>(id).result();
}

test("an approved loan is paid out once and the applicant is told, also when the form is sent twice", async () => {
  await apply("approved");
  const token = /name="token" value="([^"]+)"/.exec(await get("/applications/approved"))?.[1] ?? "";
  const clicks = await Promise.all([1, 2].map(() => decide("approved", { token })));
  expect(clicks.map(({ status }) => status)).toEqual([303, 303]);
  expect(await result("approved")).toMatchObject({ phase: "paid out", score: 97, decision: { reviewer: "Grace" } });
  expect(ledgers.payouts.get("approved")).toBe(900);
  expect(ledgers.mails.get("approved/letter")).toEqual({ to: "Ada", text: "You have been lent 900 €." });
});

test("a declined loan is not paid out", async () => {
  await apply("declined");
  await decide("declined", { verdict: "decline", reason: "no income" });
  expect(await result("declined")).toMatchObject({ phase: "declined", remindersSent: 0 });
  expect(ledgers.payouts.get("declined")).toBeUndefined();
  expect(ledgers.mails.get("declined/letter")?.text).toBe("We cannot lend you the money: no income.");
});

test("decisions that break the rules are rejected with the reason, and change nothing", async () => {
  await apply("refused");
  const refusals: readonly { fields: Readonly<Record<string, string>>; message: string }[] = [
    { fields: { reviewer: " " }, message: "a decision needs a name" },
    { fields: { reviewer: "Ada" }, message: "nobody decides on their own application" },
    { fields: { verdict: "decline" }, message: "a refusal needs a reason" },
  ];
  for (const { fields, message } of refusals) {
    const { status, text } = await decide("refused", fields);
    expect({ status, isNamed: text.includes(message) }).toEqual({ status: 422, isNamed: true });
  }
  expect(await get("/applications/refused")).toContain("waiting for review");
  await environment.client.workflow.getHandle("refused").terminate();
});

test("reviewers are reminded every three days, and may still decide after the third reminder", async () => {
  await apply("late");
  await environment.sleep("10 days");
  await expect.poll(() => get("/applications/late"), PATIENCE).toContain("3 reminders");
  await decide("late", {});
  expect(await result("late")).toMatchObject({ phase: "paid out", remindersSent: 3 });
});

test("an application that nobody decides on expires after two weeks", async () => {
  await apply("forgotten");
  const before = await environment.currentTimeMs();
  expect(await result("forgotten")).toMatchObject({ phase: "expired", remindersSent: 4 });
  expect(Math.round(((await environment.currentTimeMs()) - before) / (24 * 3600 * 1000))).toBe(14);
  expect((await decide("forgotten", {})).status).toBe(404);
});

test("the list shows every application with its state, and escapes what users type", async () => {
  await apply("listed", "<b>Bobby</b>");
  await expect.poll(() => get("/"), PATIENCE).toMatch(/>listed<\/a><\/td>\s*<td>waiting for review/);
  expect(await get("/applications/listed")).toContain("&lt;b&gt;Bobby&lt;/b&gt; would like to have 900 €");
});

test.for<{ path: string; fields: Readonly<Record<string, string>>; status: number }>([
  { path: "/nothing", fields: {}, status: 404 },
  { path: "/applications/unknown/decision", fields: {}, status: 404 },
  { path: "/applications", fields: { applicant: "Ada", euros: "-1", incomeEuros: "1" }, status: 422 },
])("$path with $fields is answered with $status", async ({ path, fields, status }) => {
  expect((await post(path, fields)).status).toBe(status);
});

test("every application ends as it should although everything is killed on the way", { timeout: 120_000 }, async () => {
  const { text, lastLine } = await runKilled(new URL("main.ts", import.meta.url));
  expect(text).toContain("SIGKILL to the server, the worker and the web");
  expect(lastLine).toBe("Every application ended exactly as it should.");
});
