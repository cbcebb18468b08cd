import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { audit } from "./audit.ts";
import type { Finished } from "./audit.ts";
import type { Address, Order, Outcome } from "./order.ts";
import { openShop } from "./shop.ts";
import type { Shop } from "./shop.ts";

const address: Address = { street: "Kramgasse 6", city: "Bern", postcode: "3011", country: "CH" };
const order: Order = {
  id: "A-1",
  customer: "Yannick Frei",
  address,
  card: "4242424242424242",
  lines: [{ sku: "MUG-BLUE", quantity: 2, unitCents: 1490 }],
};
const shipped: Outcome = { kind: "shipped", trackingNumber: "PX1CH", address };
const cancelled: Outcome = { kind: "cancelled", reason: "card declined" };
const reservation = { orderId: "A-1", lines: order.lines };
const payment = { orderId: "A-1", cents: 2980 };
const label = { orderId: "A-1", trackingNumber: "PX1CH", address };

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "order-saga-audit-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const finishedAs = (outcome: Outcome): Finished => ({
  order,
  outcome,
  expected: outcome.kind === "shipped" ? "shipped" : "cancelled: card declined",
  destination: address,
});

function delivered(shop: Shop): void {
  shop.reservations.record("A-1", reservation);
  shop.charges.record("A-1", payment);
  shop.labels.record("A-1", label);
}

test.each<[string, Finished, (shop: Shop) => void, string[]]>([
  ["a shipped order whose ledgers agree", finishedAs(shipped), delivered, []],
  ["a cancelled order that left no trace", finishedAs(cancelled), () => {}, []],
  [
    "an outcome that was not expected",
    { ...finishedAs(shipped), expected: "cancelled: card declined" },
    delivered,
    ["A-1 is shipped, expected cancelled: card declined"],
  ],
  [
    "a second charge",
    finishedAs(shipped),
    (shop) => {
      delivered(shop);
      shop.charges.record("A-1-again", payment);
    },
    ["A-1 paid €59.60, owes €29.80"],
  ],
  [
    "a cancelled order that was not refunded",
    finishedAs(cancelled),
    (shop) => shop.charges.record("A-1", payment),
    ["A-1 paid €29.80, owes €0.00"],
  ],
  [
    "a reservation that was not released",
    finishedAs(cancelled),
    (shop) => shop.reservations.record("A-1", reservation),
    ["MUG-BLUE: 40 − 0 shipped is not 38"],
  ],
  [
    "a parcel to an old address",
    { ...finishedAs(shipped), destination: { ...address, street: "Münsterplatz 1" } },
    delivered,
    ["A-1 went to Kramgasse 6"],
  ],
])("%s", (_, finished, happened, faults) => {
  const shop = openShop(folder);
  happened(shop);
  expect(audit({ shop, finished: [finished], histories: [] }).flatMap((question) => question.faults)).toEqual(faults);
});

test("a step that closed twice and an event that is missing are found in a history", () => {
  const started = { eventId: 1, workflowExecutionStartedEventAttributes: { workflowId: "A-1" } };
  const completed = (eventId: number) => ({ eventId, activityTaskCompletedEventAttributes: { scheduledEventId: 5 } });
  const histories = [{ events: [started, completed(2), completed(3), completed(5)] }] as never;
  const questions = audit({ shop: openShop(folder), finished: [], histories });
  expect(questions.flatMap((question) => question.faults)).toEqual([
    "A-1 closed the step of event 5 twice",
    "A-1 has event 5 at place 4",
  ]);
});

test("an entry that is recorded again keeps what it said", () => {
  const shop = openShop(folder);
  shop.charges.record("A-1", payment);
  expect(shop.charges.record("A-1", { orderId: "A-1", cents: 1 })).toEqual(payment);
  expect(shop.charges.all()).toEqual([payment]);
});
