import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { TestWorkflowEnvironment } from "perdure/testing";
import { DefaultLogger, Runtime, Worker } from "perdure/worker";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { runKilled } from "../stage/killed-script.ts";
import { CARD_FILLED_LATE, createActivities, EXPIRED_CARD, openLedgers } from "./activities.ts";
import { chargeKey, monthsAfter } from "./subscription.ts";
import type { Charge, Subscription } from "./subscription.ts";
import { accountQuery, cancelSignal, changePriceUpdate, subscription } from "./workflows.ts";

const FIRST_CHARGE_ON = "2035-01-31";
const DAY_MS = 24 * 3600 * 1000;

const folder = mkdtempSync(join(tmpdir(), "subscription-billing-"));
const ledgers = openLedgers(folder);
let worker: Worker;
let running: Promise<void>;
/** One clock for all, which only goes forward: each test begins years after the one before. */
let environment: TestWorkflowEnvironment;

beforeAll(async () => {
  Runtime.install({ logger: new DefaultLogger("ERROR") });
  environment = await TestWorkflowEnvironment.createTimeSkipping();
  worker = await Worker.create({
    connection: environment.nativeConnection,
    taskQueue: "billing",
    workflowsPath: fileURLToPath(new URL("workflows.ts", import.meta.url)),
    activities: createActivities(ledgers),
  });
  running = worker.run();
});

afterAll(async () => {
  worker?.shutdown();
  await running;
  await environment?.teardown();
  rmSync(folder, { recursive: true });
});

type Given = Partial<Subscription> & { readonly customerId: string };

function begin(given: Given) {
  const args: Parameters<typeof subscription> = [
    {
      card: "4242424242424242",
      priceCents: 1_000,
      firstChargeOn: FIRST_CHARGE_ON,
      months: 12,
      charged: { months: 0, cents: 0 },
      ...given,
    },
  ];
  return environment.client.workflow.start(subscription, { taskQueue: "billing", workflowId: given.customerId, args });
}

function chargesOf(customerId: string): Charge[] {
  return [...ledgers.charges.entries().values()].filter((charge) => charge.customerId === customerId);
}

/** Lets time pass until a day of the subscription's calendar. */
async function passUntil(day: Date): Promise<void> {
  await environment.sleep(day.getTime() - (await environment.currentTimeMs()));
}

test("a year is twelve charges, each on the same day of its month", async () => {
  const handle = await begin({ customerId: "ada" });
  expect(await handle.result()).toEqual({ months: 12, cents: 12_000, because: "the term is over" });
  expect(chargesOf("ada").map(({ on }) => on.slice(2))).toEqual([
    ...["35-01-31", "35-02-28", "35-03-31", "35-04-30", "35-05-31", "35-06-30"],
    ...["35-07-31", "35-08-31", "35-09-30", "35-10-31", "35-11-30", "35-12-31"],
  ]);
  // The provider took the money of the second month without an answer.
  expect(ledgers.charges.repeats().get(chargeKey({ customerId: "ada", month: 1 }))).toBe(1);
});

test("the second half-year is a run of its own", async () => {
  const handle = await begin({ customerId: "ben", firstChargeOn: "2036-02-29" });
  expect(await handle.result()).toMatchObject({ months: 12 });
  const { runId } = await environment.client.workflow.getHandle("ben").describe();
  expect(runId).not.toBe(handle.firstExecutionRunId);
  expect(chargesOf("ben").map(({ on }) => on.slice(5, 7))).toEqual(
    Array.from({ length: 12 }, (_, i) => String(((i + 1) % 12) + 1).padStart(2, "0")),
  );
});

describe("while it runs", () => {
  const FIRST = "2040-01-15";

  test("a new price holds from the next charge on, and the customer is told", async () => {
    const handle = await begin({ customerId: "cleo", firstChargeOn: FIRST });
    await passUntil(new Date(monthsAfter(FIRST, 4).getTime() + DAY_MS));
    expect(await handle.executeUpdate(changePriceUpdate, { args: [1_500] })).toEqual({
      months: 5,
      cents: 5_000,
      priceCents: 1_500,
      nextChargeOn: "2040-06-15",
    });
    expect(await handle.result()).toMatchObject({ months: 12, cents: 5 * 1_000 + 7 * 1_500 });
    expect([...ledgers.mails.entries().values()]).toContain("cleo: Your subscription will cost 15.00 € a month.");
  });

  test.for([
    { cents: 0, message: "0 is no price in cents" },
    { cents: 10.5, message: "10.5 is no price in cents" },
    { cents: 2_001, message: "20.01 € is more than twice 10.00 €" },
  ])("a price is refused: $message", async ({ cents, message }) => {
    const handle = await begin({ customerId: `dora-${cents}` });
    await expect(handle.executeUpdate(changePriceUpdate, { args: [cents] })).rejects.toMatchObject({
      cause: { message },
    });
    await handle.terminate();
  });

  test("who cancels is not charged again", async () => {
    const first = "2045-06-01";
    const handle = await begin({ customerId: "eve", firstChargeOn: first });
    await passUntil(new Date(monthsAfter(first, 2).getTime() + DAY_MS));
    expect(await handle.query(accountQuery)).toMatchObject({ months: 3, nextChargeOn: "2045-09-01" });
    await handle.signal(cancelSignal);
    expect(await handle.result()).toEqual({ months: 3, cents: 3_000, because: "cancelled" });
    expect(chargesOf("eve")).toHaveLength(3);
  });
});

test.for([
  { card: CARD_FILLED_LATE, because: "the term is over", months: 2, on: ["2050-01-04", "2050-02-04"] },
  { card: EXPIRED_CARD, because: "unpaid", months: 0, on: [] },
])("a declined card is tried again after three days, twice: $because", async ({ card, because, months, on }) => {
  const handle = await begin({ customerId: `fay-${card}`, card, months: 2, firstChargeOn: "2050-01-01" });
  expect(await handle.result()).toMatchObject({ because, months });
  expect(chargesOf(`fay-${card}`).map((charge) => charge.on)).toEqual(on);
});

test(
  "every customer is charged as they should be although everything is killed on the way",
  { timeout: 120_000 },
  async () => {
    const { text, lastLine } = await runKilled(new URL("main.ts", import.meta.url));
    expect(text).toContain("SIGKILL to the server and the worker");
    expect(lastLine).toBe("Every customer was charged exactly as they should be.");
  },
);
