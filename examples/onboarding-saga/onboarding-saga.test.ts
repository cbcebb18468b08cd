import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { TestWorkflowEnvironment } from "perdure/testing";
import { DefaultLogger, Runtime, Worker } from "perdure/worker";
import { afterAll, beforeAll, expect, test } from "vitest";
import { runKilled } from "../stage/killed-script.ts";
import { createActivities, openJournal } from "./activities.ts";
import { PRODUCT_WITH_KEY } from "./customer.ts";
import type { Customer } from "./customer.ts";
import { customer, CUSTOMERS } from "./customers.ts";
import { keyHandedOverSignal, onboardCustomer, progressQuery } from "./workflows.ts";

/** For a busy machine. */
const PATIENCE = { timeout: 20_000, interval: 5 };

const folder = mkdtempSync(join(tmpdir(), "onboarding-saga-"));
const journal = openJournal(folder);
let environment: TestWorkflowEnvironment;
let worker: Worker;
let running: Promise<void>;

beforeAll(async () => {
  Runtime.install({ logger: new DefaultLogger("ERROR") });
  environment = await TestWorkflowEnvironment.createTimeSkipping();
  worker = await Worker.create({
    connection: environment.nativeConnection,
    taskQueue: "onboarding",
    workflowsPath: fileURLToPath(new URL("workflows.ts", import.meta.url)),
    activities: createActivities(journal),
  });
  running = worker.run();
});

afterAll(async () => {
  worker?.shutdown();
  await running;
  await environment?.teardown();
  rmSync(folder, { recursive: true });
});

function onboard(given: Customer) {
  return environment.client.workflow.start(onboardCustomer, {
    taskQueue: "onboarding",
    workflowId: given.id,
    args: [given],
  });
}

/** What the systems did for a customer, in order. */
function deeds(id: string): string[] {
  return [...journal.entries()].flatMap(([key, deed]) => (key === `${id}/${deed}` ? [deed] : []));
}

test.for(CUSTOMERS)("$customer.id is onboarded as a whole or not at all", async ({ customer, reason, journal }) => {
  const outcome = await (await onboard(customer)).result();
  expect(outcome).toEqual(reason === undefined ? { kind: "welcome" } : { kind: "turned away", reason });
  expect(deeds(customer.id)).toEqual(journal);
});

test("billing and each product are children of their own", async () => {
  await (await onboard(customer("parent", { products: ["crm", "wiki"] }))).result();
  const ids = ["parent/billing", "parent/access/crm", "parent/access/wiki"];
  const children = await Promise.all(ids.map((id) => environment.client.workflow.getHandle(id).describe()));
  expect(children.map(({ status, parentExecution }) => [status.name, parentExecution?.workflowId])).toEqual(
    ids.map(() => ["COMPLETED", "parent"]),
  );
});

test("access to the vault waits for the key", async () => {
  const handle = await onboard(customer("keyed", { products: [PRODUCT_WITH_KEY] }));
  await expect.poll(() => handle.query(progressQuery), PATIENCE).toContain("access to vault");
  const child = environment.client.workflow.getHandle("keyed/access/vault");
  const handOver = () =>
    child.signal(keyHandedOverSignal).then(
      () => "sent",
      () => "the child has not started",
    );
  await expect.poll(handOver, PATIENCE).toBe("sent");
  expect(await handle.result()).toEqual({ kind: "welcome" });
});

test("who does not fetch the key within five days is turned away", async () => {
  const handle = await onboard(customer("keyless", { products: ["crm", PRODUCT_WITH_KEY] }));
  expect(await handle.result()).toEqual({ kind: "turned away", reason: "nobody fetched the key of vault" });
  expect(deeds("keyless").slice(-3)).toEqual(["crm revoked", "billing closed", "account closed"]);
});

test("an onboarding that is cancelled is undone", async () => {
  const handle = await onboard(customer("leaving", { products: ["crm", PRODUCT_WITH_KEY] }));
  await expect.poll(() => deeds("leaving"), PATIENCE).toContain("crm granted");
  await handle.cancel();
  await expect(handle.result()).rejects.toMatchObject({ cause: { name: "CancelledFailure" } });
  expect(deeds("leaving").slice(-3)).toEqual(["crm revoked", "billing closed", "account closed"]);
});

test(
  "every customer is onboarded or undone although everything is killed on the way",
  { timeout: 120_000 },
  async () => {
    const { text, lastLine } = await runKilled(new URL("main.ts", import.meta.url));
    expect(text).toContain("SIGKILL to the server and the worker");
    expect(lastLine).toBe("Every customer is onboarded as a whole or not at all.");
  },
);
