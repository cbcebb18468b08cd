import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { WorkflowHandle } from "perdure/client";
import { TestWorkflowEnvironment } from "perdure/testing";
import { DefaultLogger, Runtime, Worker } from "perdure/worker";
import { afterAll, beforeAll, expect, test } from "vitest";
import { runKilled } from "../stage/killed-script.ts";
import { Ledger } from "../stage/ledger.ts";
import { createActivities } from "./activities.ts";
import { startHttpService } from "./http-service.ts";
import type { Deed, HttpService } from "./http-service.ts";
import type { Order } from "./order.ts";
import { NEW_ADDRESS, ORDERS } from "./orders.ts";
import { SERVICES } from "./services.ts";
import type { ServiceName } from "./services.ts";
import { approveSignal, cancelSignal, changeAddressUpdate, orderSaga, statusQuery } from "./workflows.ts";

/** For a busy machine. */
const PATIENCE = { timeout: 20_000, interval: 5 };

const folder = mkdtempSync(join(tmpdir(), "order-services-"));
const names = Object.keys(SERVICES) as ServiceName[];
const ledgers = Object.fromEntries(names.map((name) => [name, new Ledger<Deed>(`${folder}/${name}.jsonl`)]));
const services: HttpService[] = [];
let environment: TestWorkflowEnvironment;
let worker: Worker;
let running: Promise<void>;

beforeAll(async () => {
  Runtime.install({ logger: new DefaultLogger("ERROR") });
  environment = await TestWorkflowEnvironment.createTimeSkipping();
  for (const name of names)
    services.push(await startHttpService({ operations: SERVICES[name], ledger: ledgers[name] as Ledger<Deed> }));
  const urls = Object.fromEntries(names.map((name, i) => [name, services[i]?.url])) as Record<ServiceName, string>;
  worker = await Worker.create({
    connection: environment.nativeConnection,
    taskQueue: "orders",
    workflowsPath: fileURLToPath(new URL("workflows.ts", import.meta.url)),
    activities: createActivities(urls),
  });
  running = worker.run();
});

afterAll(async () => {
  worker?.shutdown();
  await running;
  await environment?.teardown();
  await Promise.all(services.map((service) => service.close()));
  rmSync(folder, { recursive: true });
});

function place(order: Order): Promise<WorkflowHandle<typeof orderSaga>> {
  return environment.client.workflow.start(orderSaga, { taskQueue: "orders", workflowId: order.id, args: [order] });
}

function placed(id: string): Order {
  return (ORDERS.find(({ order }) => order.id === id) as (typeof ORDERS)[number]).order;
}

/** It waits for an approval. */
function valuable(id: string): Order {
  return { ...placed("A-1"), id, cents: 80_000 };
}

/** What was done for an order, in the order in which each service did it. */
function deeds(id: string): string[] {
  return names.flatMap((name) =>
    [...(ledgers[name] as Ledger<Deed>).entries()].flatMap(([key, { status }]) =>
      status === 200 && key.startsWith(`${id}/`) ? [key.slice(id.length + 1)] : [],
    ),
  );
}

async function reachesApproval(handle: WorkflowHandle<typeof orderSaga>): Promise<void> {
  await expect.poll(() => handle.query(statusQuery), PATIENCE).toMatchObject({ step: "waiting for approval" });
}

const plain = ORDERS.filter(({ order }) => !order.id.startsWith("D"));
test.for(plain)("order $order.id ends as it should", async ({ order, reason }) => {
  const outcome = await (await place(order)).result();
  const trackingNumber = `DE-${order.id}`;
  expect(outcome).toEqual(
    reason === undefined
      ? { kind: "delivered", trackingNumber, address: order.address }
      : { kind: "cancelled", reason },
  );
});

test("a charge whose answer is lost is asked for again and made once", async () => {
  const handle = await place({ ...placed("B-1"), id: "F-1" });
  await handle.result();
  expect(ledgers.payment?.repeats().get("F-1/charge")).toBe(1);
  expect(deeds("F-1")).toEqual(["reserve", "charge", "ship", "confirm"]);
});

test("an order that cannot be shipped gives back its money and its goods", async () => {
  const handle = await place({ ...placed("C-3"), id: "F-2" });
  await handle.result();
  expect(deeds("F-2")).toEqual(["reserve", "release", "charge", "refund", "recall"]);
});

test("an approved order goes to the address it was changed to, and no further change is accepted", async () => {
  const handle = await place(valuable("E-1"));
  await reachesApproval(handle);
  await handle.executeUpdate(changeAddressUpdate, { args: [NEW_ADDRESS] });
  const nowhere = { street: " ", country: "FR" };
  await expect(handle.executeUpdate(changeAddressUpdate, { args: [nowhere] })).rejects.toMatchObject({
    cause: { message: "an address needs a street" },
  });
  await handle.signal(approveSignal, "Ada");
  expect(await handle.result()).toEqual({ kind: "delivered", trackingNumber: "FR-E-1", address: NEW_ADDRESS });
});

test("an order that nobody approves is cancelled after a day", async () => {
  const handle = await place(valuable("E-2"));
  expect(await handle.result()).toEqual({ kind: "cancelled", reason: "nobody approved it within a day" });
  expect(deeds("E-2")).toEqual(["reserve", "release"]);
});

test("a customer who cancels is not charged", async () => {
  const handle = await place(valuable("E-3"));
  await reachesApproval(handle);
  await handle.signal(cancelSignal, "too dear");
  expect(await handle.result()).toEqual({ kind: "cancelled", reason: "cancelled by the customer: too dear" });
  expect(deeds("E-3")).toEqual(["reserve", "release"]);
});

test("a workflow that is cancelled from outside gives back what it took", async () => {
  const handle = await place(valuable("E-4"));
  await reachesApproval(handle);
  await handle.cancel();
  await expect(handle.result()).rejects.toMatchObject({ cause: { name: "CancelledFailure" } });
  expect(deeds("E-4")).toEqual(["reserve", "release"]);
});

test("every order finishes as it should although everything is killed on the way", { timeout: 120_000 }, async () => {
  const { text, lastLine } = await runKilled(new URL("main.ts", import.meta.url));
  expect(text).toContain("SIGKILL to the server, the services and the worker");
  expect(lastLine).toBe("Every order finished exactly as it should.");
});
