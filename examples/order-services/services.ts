/**
 * The four services. Each knows only its own ledger.
 *
 * What is taken back stays taken back: a request that was on its way for so long that its undoing came first is refused.
 */
import type { Ledger } from "../stage/ledger.ts";
import { Refusal } from "./http-service.ts";
import type { Deed, Operations, Request } from "./http-service.ts";
import type { Address } from "./order.ts";

const STOCK: Readonly<Record<string, number>> = { mug: 1_000, poster: 1_000, lamp: 3 };
const DECLINED_CARD = "4000000000000002";
const COUNTRIES = new Set(["DE", "FR", "IT", "NL"]);

const inventory: Operations = {
  reserve(request, ledger) {
    refuseWhenUndone(ledger, `${request.orderId}/release`);
    const sku = String(request.sku);
    const left = (STOCK[sku] ?? 0) - reserved(ledger, sku);
    if (left < Number(request.quantity)) throw new Refusal(`${sku} is out of stock`);
    return { reservation: request.orderId };
  },
  release: ({ orderId }, ledger) => undoing(ledger, `${orderId}/reserve`),
};

const payment: Operations = {
  charge(request, ledger) {
    refuseWhenUndone(ledger, `${request.orderId}/refund`);
    if (request.card === DECLINED_CARD) throw new Refusal("the card was declined");
    return { payment: request.orderId };
  },
  refund: ({ orderId }, ledger) => undoing(ledger, `${orderId}/charge`),
};

const shipping: Operations = {
  ship(request, ledger) {
    refuseWhenUndone(ledger, `${request.orderId}/recall`);
    const { country } = request.address as Address;
    if (!COUNTRIES.has(country)) throw new Refusal(`we do not ship to ${country}`);
    return { trackingNumber: `${country}-${request.orderId}` };
  },
  recall: ({ orderId }, ledger) => undoing(ledger, `${orderId}/ship`),
};

const confirmation: Operations = {
  confirm: ({ orderId }: Request) => ({ mail: `mail-${orderId}` }),
};

export const SERVICES = { inventory, payment, shipping, confirmation };
export type ServiceName = keyof typeof SERVICES;

function refuseWhenUndone(ledger: Ledger<Deed>, key: string): void {
  if (ledger.get(key) !== undefined) throw new Refusal("the order was taken back");
}

/** Undoing what was not done does nothing, and is noted. */
function undoing(ledger: Ledger<Deed>, key: string): Readonly<Record<string, string>> {
  return { undone: ledger.get(key)?.status === 200 ? key : "nothing" };
}

function reserved(ledger: Ledger<Deed>, sku: string): number {
  let quantity = 0;
  for (const [key, { status, request }] of ledger.entries()) {
    const isHeld = key.endsWith("/reserve") && status === 200 && !ledger.entries().has(`${request.orderId}/release`);
    if (isHeld && request.sku === sku) quantity += Number(request.quantity);
  }
  return quantity;
}
