/**
 * A subscription: one workflow for as long as it lasts, which sleeps from charge to charge.
 *
 * 1. A month is charged once: what has been charged is the workflow's own state, and the month is the idempotency key.
 * 2. A changed price holds from the next charge on, and the customer is told before it does.
 * 3. Each half-year begins a new run, so that no history grows with the years.
 */
import {
  ActivityFailure,
  allHandlersFinished,
  ApplicationFailure,
  condition,
  continueAsNew,
  defineQuery,
  defineSignal,
  defineUpdate,
  proxyActivities,
  setHandler,
} from "perdure/workflow";
import type { Activities } from "./activities.ts";
import { monthsAfter } from "./subscription.ts";
import type { Ended, Subscription, SubscriptionAccount } from "./subscription.ts";

const MONTHS_PER_RUN = 6;
/** A declined card is tried again after three days, twice. */
const CHARGE_TRIES_MAX = 3;

const { charge, mail } = proxyActivities<Activities>({
  startToCloseTimeout: "2 seconds",
  retry: { initialInterval: "1 second" },
});

export const cancelSignal = defineSignal("cancel");
export const changePriceUpdate = defineUpdate<SubscriptionAccount, [cents: number]>("changePrice");
export const accountQuery = defineQuery<SubscriptionAccount>("account");

export async function subscription(begun: Subscription): Promise<Ended> {
  const { customerId, card, firstChargeOn, months } = begun;
  let { priceCents } = begun;
  let charged = begun.charged;
  let isCancelled = false;

  const account = (): SubscriptionAccount => {
    return { ...charged, priceCents, nextChargeOn: isoDate(monthsAfter(firstChargeOn, charged.months)) };
  };
  setHandler(accountQuery, account);
  setHandler(cancelSignal, () => void (isCancelled = true));
  setHandler(
    changePriceUpdate,
    async (cents) => {
      await mail(customerId, `Your subscription will cost ${euros(cents)} a month.`);
      priceCents = cents;
      return account();
    },
    { validator: (cents) => assertPrice({ from: priceCents, to: cents }) },
  );

  /** False when the subscription is cancelled before that day. */
  async function reaches(day: Date): Promise<boolean> {
    const waitMs = day.getTime() - Date.now();
    if (waitMs > 0) await condition(() => isCancelled, waitMs);
    return !isCancelled;
  }

  /** False when the card is declined for good. */
  async function chargeMonth(month: number): Promise<boolean> {
    for (let tries = 1; tries <= CHARGE_TRIES_MAX; tries++) {
      const cents = priceCents;
      try {
        await charge({ customerId, card, month, cents, on: isoDate(new Date()), tries });
        charged = { months: month + 1, cents: charged.cents + cents };
        return true;
      } catch (error) {
        if (!isDeclined(error)) throw error;
        await mail(customerId, "Your card was declined.");
        if (tries < CHARGE_TRIES_MAX) await condition(() => isCancelled, "3 days");
      }
    }
    return false;
  }

  async function end(because: Ended["because"]): Promise<Ended> {
    await mail(customerId, `Your subscription has ended: ${because}.`);
    await condition(allHandlersFinished);
    return { ...charged, because };
  }

  for (let month = charged.months; month < months; month++) {
    if (!(await reaches(monthsAfter(firstChargeOn, month)))) return end("cancelled");
    if (!(await chargeMonth(month))) return end(isCancelled ? "cancelled" : "unpaid");
    if (charged.months % MONTHS_PER_RUN === 0 && charged.months < months) {
      await condition(allHandlersFinished);
      if (!isCancelled) await continueAsNew<typeof subscription>({ ...begun, priceCents, charged });
    }
  }
  return end((await reaches(monthsAfter(firstChargeOn, months))) ? "the term is over" : "cancelled");
}

function assertPrice({ from, to }: { from: number; to: number }): void {
  if (!Number.isInteger(to) || to <= 0) throw ApplicationFailure.nonRetryable(`${to} is no price in cents`);
  if (to > 2 * from) throw ApplicationFailure.nonRetryable(`${euros(to)} is more than twice ${euros(from)}`);
}

function isDeclined(error: unknown): boolean {
  const cause = error instanceof ActivityFailure ? error.cause : error;
  return cause instanceof ApplicationFailure && cause.type === "Declined";
}

function isoDate(date: Date): string {
  return date.toISOString().slice(0, 10);
}

function euros(cents: number): string {
  return `${(cents / 100).toFixed(2)} €`;
}
