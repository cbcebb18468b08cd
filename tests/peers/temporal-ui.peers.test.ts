/** Temporal's web UI, unmodified, on our server: its pages in a headless Chromium, read and photographed into `.cache/reports/ui`. */
import { mkdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { Browser } from "./browser.ts";
import type { Page } from "./browser.ts";
import { GoWorker } from "./program.ts";
import { ServerUnderTest } from "./server-under-test.ts";
import { TemporalCli } from "./temporal-cli.ts";
import { WebUi } from "./web-ui.ts";

const pictures = resolve(import.meta.dirname, "../../.cache/reports/ui");
/** A page asks several questions, one after the other, and two cores run all of this. */
const SHOWN_WITHIN = { timeout: 40_000, interval: 200 };

let server: ServerUnderTest;
let worker: GoWorker;
let cli: TemporalCli;
let ui: WebUi;
let browser: Browser;
let page: Page;
const runIds = new Map<string, string>();

beforeAll(async () => {
  mkdirSync(pictures, { recursive: true });
  server = await ServerUnderTest.start();
  worker = await GoWorker.start(server.address, "q");
  cli = new TemporalCli(server.address);
  [ui, browser] = await Promise.all([WebUi.start(server.address), Browser.start()]);
  page = await browser.newPage();
  await startRuns();
});

afterAll(async () => {
  await browser?.close();
  await ui?.stop();
  await worker?.stop();
  cli?.close();
  await server?.close();
});

async function startRuns(): Promise<void> {
  const start = "workflow start --task-queue q --type";
  const memo = "--memo ? --search-attribute ? --static-summary ?";
  await cli.told(`${start} Journey -w journey -i 2 ${memo}`, 'note="remember"', 'GoKeyword="green"', "A long journey");
  const retryPolicy = { InitialInterval: 600e9, BackoffCoefficient: 1 };
  const stubborn = { Name: "FailUntil", Args: [99], Options: { ActivityID: "stubborn", RetryPolicy: retryPolicy } };
  await cli.told(`${start} RunActivity -w retrying -i ?`, JSON.stringify(stubborn));
  await cli.told(`${start} Sum -w sum -i 4`);
  await cli.told("workflow signal -w sum --name add -i 2");
  await cli.told(`${start} CleanUp -w cleans`);
  await cli.told("workflow execute --task-queue q --type Echo -w echo -i ?", '"hi"');
  await cli.refusal("workflow execute --task-queue q --type FailPlainly -w fails -i ?", '"OutOfStock"');
  await cli.told("workflow update execute -w journey --name push");
  const hasChild = async (): Promise<boolean> =>
    JSON.stringify(await cli.told("workflow show -w journey")).includes("CHILD_WORKFLOW_EXECUTION_COMPLETED");
  await vi.waitUntil(hasChild, SHOWN_WITHIN);
  for (const id of ["journey", "retrying", "sum", "cleans", "fails"]) {
    const { workflowExecutionInfo } = (await cli.told(`workflow describe -w ${id}`)) as {
      workflowExecutionInfo: { execution: { runId: string } };
    };
    runIds.set(id, workflowExecutionInfo.execution.runId);
  }
}

async function shows(wanted: readonly string[]): Promise<void> {
  const missing = async (): Promise<string[]> => {
    const text = (await page.text()).replaceAll(/\s+/g, " ");
    return wanted.filter((words) => !text.includes(words));
  };
  await expect.poll(missing, SHOWN_WITHIN).toEqual([]);
}

/** The page shows all of this, no question of it is refused, and none of its code fails. */
async function opens(name: string, path: string, wanted: readonly string[]): Promise<void> {
  page.refusals.length = 0;
  page.exceptions.length = 0;
  await page.open(`${ui.url}${path}`);
  await shows(wanted);
  await page.picture(join(pictures, `${name}.png`));
  expect([page.refusals, page.exceptions]).toEqual([[], []]);
}

function run(id: string, tab: string): string {
  return `/namespaces/default/workflows/${id}/${runIds.get(id)}/${tab}`;
}

const WORKFLOWS = "/namespaces/default/workflows";

const PAGES: readonly { readonly name: string; readonly path: () => string; readonly wanted: readonly string[] }[] = [
  {
    name: "workflow-list",
    path: () => WORKFLOWS,
    wanted: ["7 Workflows", "4 RUNNING", "2 COMPLETED", "1 FAILED", "journey", "retrying", "FailPlainly", "1–7 of 7"],
  },
  {
    name: "workflow-list-filtered",
    path: () => `${WORKFLOWS}?query=${encodeURIComponent('`WorkflowType`="Sum" AND `ExecutionStatus`="Running"')}`,
    wanted: ["1 Workflow", "sum", "1–1 of 1"],
  },
  {
    name: "timeline",
    path: () => run("journey", "timeline"),
    wanted: [
      "RUNNING journey",
      "Journey",
      "Go 1.50.0",
      "FailUntil",
      "2 • FailUntil",
      "Naps",
      "push",
      "Relationships 1",
    ],
  },
  {
    name: "history",
    path: () => run("journey", "history"),
    wanted: [
      "Workflow Execution Update Completed",
      "Child Workflow Execution Completed",
      "Start Child Workflow Execution Initiated",
      "Activity Task Completed",
      "Timer Fired",
      "Workflow Execution Started",
    ],
  },
  {
    name: "history-of-failure",
    path: () => run("fails", "history"),
    wanted: ["FAILED fails", "out of stock", "the cause"],
  },
  { name: "relationships", path: () => run("journey", "relationships"), wanted: ["Child Count", "Naps", "COMPLETED"] },
  {
    name: "pending-activities",
    path: () => run("retrying", "pending-activities"),
    wanted: ["stubborn", "Attempt 2 / UNLIMITED", "Next Retry", "a Go worker", "attempt 1", "NotYet"],
  },
  { name: "call-stack", path: () => run("journey", "call-stack"), wanted: ["blocked on end.Receive", "main.Journey"] },
  { name: "workers-of-run", path: () => run("journey", "workers"), wanted: ["Workers 1", "a Go worker", "RUNNING"] },
  { name: "user-metadata", path: () => run("journey", "user-metadata"), wanted: ["Summary", "Current Details"] },
  { name: "search-attributes", path: () => run("journey", "search-attributes"), wanted: ['"GoKeyword": "green"'] },
  { name: "memo", path: () => run("journey", "memo"), wanted: ['"note": "remember"'] },
  {
    name: "workers",
    path: () => "/namespaces/default/workers",
    wanted: ["1 Worker", "1 RUNNING", "a Go worker", "Go 1.50.0"],
  },
  { name: "task-queue", path: () => "/namespaces/default/task-queues/q", wanted: ["Pollers", "a Go worker"] },
  { name: "namespaces", path: () => "/namespaces", wanted: ["default"] },
  {
    name: "namespace",
    path: () => "/namespaces/default",
    wanted: ["Retention Period 1 day", "GoKeyword Keyword", "GoTime Datetime", "ExecutionStatus Keyword"],
  },
  { name: "archive", path: () => "/namespaces/default/archival", wanted: ["not enabled for archival"] },
];

test.each(PAGES)("the page $name shows what it should", ({ name, path, wanted }) => opens(name, path(), wanted));

test("a query is run from its page", async () => {
  await opens("query", run("sum", "query"), ["Run Query"]);
  await page.click("[data-testid=query-select-button]");
  await page.click("[role=option]", "sum");
  await page.click("button", "Run Query");
  await shows(["42"]);
  await page.picture(join(pictures, "query.png"));
});

test("a run is asked to cancel from its page, and the page follows it to its end", async () => {
  await opens("cancel", run("cleans", "history"), ["Request Cancellation", "Timer Started"]);
  await page.click("button", "Request Cancellation");
  await shows(["Are you sure you want to cancel this workflow"]);
  await page.click("dialog[open] button", "Confirm");
  await shows(["COMPLETED cleans", "Workflow Execution Cancel Requested", "hello cleaner after canceled"]);
  await page.picture(join(pictures, "cancel.png"));
});

test("nothing of this made the server complain", () => {
  expect(server.complaints).toEqual([]);
});
