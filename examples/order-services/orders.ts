/** Sixteen orders and what must become of each, whatever is killed on the way. */
import { CARD_WHOSE_ANSWER_IS_LOST } from "./http-service.ts";
import type { Order } from "./order.ts";

const HOME = { street: "Lindenweg 4", country: "DE" };
const CARD = "4242424242424242";

/** An order with a reason is cancelled for that reason. */
interface Expected {
  readonly order: Order;
  readonly reason?: string;
}

const mugs = Array.from({ length: 8 }, (_, i) => entry({ id: `A-${i + 1}` }));

export const NEW_ADDRESS = { street: "Rue des Lilas 11", country: "FR" };

export const ORDERS: readonly Expected[] = [
  ...mugs,
  entry({ id: "B-1", card: CARD_WHOSE_ANSWER_IS_LOST }),
  entry({ id: "B-2", card: CARD_WHOSE_ANSWER_IS_LOST }),
  entry({ id: "C-1", card: "4000000000000002" }, "the card was declined"),
  entry({ id: "C-2", sku: "lamp", quantity: 4 }, "lamp is out of stock"),
  entry({ id: "C-3", address: { street: "Crater 1", country: "MOON" } }, "we do not ship to MOON"),
  entry({ id: "D-1", cents: 80_000 }), // Approved after the crash.
  entry({ id: "D-2", cents: 90_000 }), // Approved after the crash, and sent to another address.
  entry({ id: "D-3", cents: 70_000 }, "cancelled by the customer: bought elsewhere"),
];

function entry(given: Partial<Order> & { id: string }, reason?: string): Expected {
  return { order: { sku: "mug", quantity: 1, cents: 1_900, card: CARD, address: HOME, ...given }, reason };
}
