/**
 * Did every order finish exactly as it should? Answered from three sources that know nothing of each other: what was
 * expected beforehand, what the workflows returned, and what the ledgers of the world outside say.
 */
import { isDeepStrictEqual } from "node:util";
import type { History } from "@temporalio/common/lib/proto-utils.js";
import { describeOutcome, totalCents } from "./order.ts";
import type { Address, Order, Outcome } from "./order.ts";
import { available } from "./shop.ts";
import type { Payment, Shop } from "./shop.ts";

export interface Finished {
  readonly order: Order;
  readonly outcome: Outcome;
  /** What had to come of it. */
  readonly expected: string;
  /** Where a shipped order had to go. */
  readonly destination: Address;
}

export interface Evidence {
  readonly shop: Shop;
  readonly finished: readonly Finished[];
  readonly histories: readonly History[];
}

export interface Question {
  readonly name: string;
  readonly answer: string;
  /** What is wrong, one line each. */
  readonly faults: readonly string[];
}

export function audit({ shop, finished, histories }: Evidence): Question[] {
  return [
    outcomes(finished),
    money(shop, finished),
    stock(shop, finished),
    parcels(shop, finished),
    steps(shop, histories),
  ];
}

function outcomes(finished: readonly Finished[]): Question {
  const shipped = finished.filter(({ outcome }) => outcome.kind === "shipped").length;
  return {
    name: "outcomes",
    answer: `${shipped} shipped, ${finished.length - shipped} cancelled, each as expected`,
    faults: finished
      .filter(({ outcome, expected }) => describeOutcome(outcome) !== expected)
      .map(({ order, outcome, expected }) => `${order.id} is ${describeOutcome(outcome)}, expected ${expected}`),
  };
}

/** A shipped order is charged once; a cancelled one not at all, or charged and refunded. */
function money(shop: Shop, finished: readonly Finished[]): Question {
  const charged = sumByOrder(shop.charges.all());
  const refunded = sumByOrder(shop.refunds.all());
  const kept = (id: string): number => (charged.get(id) ?? 0) - (refunded.get(id) ?? 0);
  const due = ({ order, outcome }: Finished): number => (outcome.kind === "shipped" ? totalCents(order) : 0);
  const total = (sums: Map<string, number>): number => [...sums.values()].reduce((sum, cents) => sum + cents, 0);
  return {
    name: "money",
    answer: `${euros(total(charged))} charged − ${euros(total(refunded))} refunded = ${euros(total(charged) - total(refunded))}, the value of what was shipped`,
    faults: finished
      .filter((one) => kept(one.order.id) !== due(one))
      .map((one) => `${one.order.id} paid ${euros(kept(one.order.id))}, owes ${euros(due(one))}`),
  };
}

function stock(shop: Shop, finished: readonly Finished[]): Question {
  const left = (sku: string): number => available(shop, sku);
  const shipped = (sku: string): number =>
    finished
      .filter(({ outcome }) => outcome.kind === "shipped")
      .flatMap(({ order }) => order.lines)
      .reduce((sum, line) => sum + (line.sku === sku ? line.quantity : 0), 0);
  const skus = Object.entries(shop.stock);
  const sum = (of: (sku: string) => number): number => skus.reduce((total, [sku]) => total + of(sku), 0);
  return {
    name: "stock",
    answer: `${skus.reduce((total, [, count]) => total + count, 0)} pieces − ${sum(shipped)} shipped = ${sum(left)} on the shelf`,
    faults: skus
      .filter(([sku, count]) => count - shipped(sku) !== left(sku))
      .map(([sku, count]) => `${sku}: ${count} − ${shipped(sku)} shipped is not ${left(sku)}`),
  };
}

function parcels(shop: Shop, finished: readonly Finished[]): Question {
  const faults = finished.flatMap(({ order, outcome, destination }) => {
    const label = shop.labels.get(order.id);
    if (outcome.kind === "cancelled") return label === undefined ? [] : [`${order.id} is cancelled and was sent`];
    if (label === undefined) return [`${order.id} is shipped, but the carrier has no label`];
    return isDeepStrictEqual(label.address, destination) ? [] : [`${order.id} went to ${label.address.street}`];
  });
  return {
    name: "parcels",
    answer: `${shop.labels.all().length} labels, one per shipped order, each to the latest address`,
    faults,
  };
}

/** Steps may be tried again, which is what retries are for; each is completed once, in a history without gaps. */
function steps(shop: Shop, histories: readonly History[]): Question {
  const attempts = shop.attempts();
  const tried = new Set(attempts.map(({ activity, orderId }) => `${activity} ${orderId}`)).size;
  const events = histories.reduce((sum, history) => sum + (history.events?.length ?? 0), 0);
  return {
    name: "steps",
    answer: `${tried} steps in ${attempts.length} attempts, each closed once, in histories of ${events} events without a gap`,
    faults: histories.flatMap(({ events }) => historyFaults(events ?? [])),
  };
}

function historyFaults(events: NonNullable<History["events"]>): string[] {
  const workflowId = events[0]?.workflowExecutionStartedEventAttributes?.workflowId ?? "a history without a start";
  const closed = new Set<number>();
  return events.flatMap((event, i) => {
    if (Number(event.eventId) !== i + 1) return [`${workflowId} has event ${event.eventId} at place ${i + 1}`];
    const close = event.activityTaskCompletedEventAttributes ?? event.activityTaskFailedEventAttributes;
    if (!close) return [];
    const step = Number(close.scheduledEventId);
    if (closed.has(step)) return [`${workflowId} closed the step of event ${step} twice`];
    closed.add(step);
    return [];
  });
}

function sumByOrder(payments: readonly Payment[]): Map<string, number> {
  const sums = new Map<string, number>();
  for (const { orderId, cents } of payments) sums.set(orderId, (sums.get(orderId) ?? 0) + cents);
  return sums;
}

export function euros(cents: number): string {
  return `€${(cents / 100).toFixed(2)}`;
}
