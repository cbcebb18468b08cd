/**
 * The steps of the saga as the world sees them. Each may run more than once, because its result can be lost on the way:
 * the order's id is the idempotency key, and the second run finds what the first one did.
 */
import { setTimeout as pause } from "node:timers/promises";
import { activityInfo, heartbeat } from "@temporalio/activity";
import { ApplicationFailure } from "@temporalio/common";
import type { Address, Order } from "./order.ts";
import { totalCents } from "./order.ts";
import { available } from "./shop.ts";
import type { Shop } from "./shop.ts";

/** Test card numbers as payment providers publish them. */
const CARD_ANSWERS: Readonly<Record<string, string>> = {
  "4000000000000002": "card declined",
  "4000000000009995": "insufficient funds",
};
const CARD_OF_A_SLOW_BANK = "4000000000000119";
const PACK_ITEM_MS = 400;
const DESK_MS = 120;

export type Activities = ReturnType<typeof createActivities>;

export function createActivities(shop: Shop) {
  async function begin(orderId: string): Promise<number> {
    const { activityType, attempt } = activityInfo();
    shop.noteAttempt({ activity: activityType, orderId, attempt });
    await pause(DESK_MS);
    return attempt;
  }

  return {
    async reserve(order: Order): Promise<void> {
      await begin(order.id);
      if (shop.reservations.get(order.id) !== undefined) return;
      const missing = order.lines.find((line) => available(shop, line.sku) < line.quantity);
      if (missing !== undefined) throw refusal(`${missing.sku} is out of stock`);
      shop.reservations.record(order.id, { orderId: order.id, lines: order.lines });
    },

    async charge(order: Order): Promise<void> {
      const attempt = await begin(order.id);
      const refused = CARD_ANSWERS[order.card];
      if (refused !== undefined) throw refusal(refused);
      // The slow bank takes the money before it fails to answer: the worst case for whoever tries again.
      shop.charges.record(order.id, { orderId: order.id, cents: totalCents(order) });
      if (order.card === CARD_OF_A_SLOW_BANK && attempt < 3) throw new Error("the bank did not answer in time");
    },

    /** Reports after each item; the next packer goes on where the last one stopped. */
    async pack(order: Order): Promise<void> {
      const attempt = await begin(order.id);
      const items = order.lines.flatMap((line) => Array.from({ length: line.quantity }, () => line.sku));
      const packed = (activityInfo().heartbeatDetails as number | undefined) ?? 0;
      for (let item = packed; item < items.length; item++) {
        await pause(PACK_ITEM_MS);
        heartbeat(item + 1);
        if (attempt === 1 && items[item] === "LAMP-OAK") throw new Error("the lamp needs a larger box");
      }
    },

    async ship({ orderId, address }: { orderId: string; address: Address }): Promise<string> {
      await begin(orderId);
      if (/^0+$/.test(address.postcode)) throw refusal(`no such postcode in ${address.country}: ${address.postcode}`);
      const trackingNumber = `PX${orderId.replace(/\D/g, "")}${address.country}`;
      return shop.labels.record(orderId, { orderId, trackingNumber, address }).trackingNumber;
    },

    async refund(orderId: string): Promise<void> {
      await begin(orderId);
      const charged = shop.charges.get(orderId);
      if (charged !== undefined) shop.refunds.record(orderId, charged);
    },

    async release(orderId: string): Promise<void> {
      await begin(orderId);
      const reserved = shop.reservations.get(orderId);
      if (reserved !== undefined) shop.releases.record(orderId, reserved);
    },
  };
}

function refusal(message: string): ApplicationFailure {
  return ApplicationFailure.nonRetryable(message, "Refused");
}
