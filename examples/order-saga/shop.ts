/** The world outside: a warehouse, a bank and a carrier, each with a ledger of what it did. */
import { appendFileSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { openLedger } from "./ledger.ts";
import type { Ledger } from "./ledger.ts";
import type { Address, OrderLine } from "./order.ts";

export interface Reservation {
  readonly orderId: string;
  readonly lines: readonly OrderLine[];
}

export interface Payment {
  readonly orderId: string;
  readonly cents: number;
}

export interface Label {
  readonly orderId: string;
  readonly trackingNumber: string;
  readonly address: Address;
}

export interface Attempt {
  readonly activity: string;
  readonly orderId: string;
  readonly attempt: number;
}

export interface Shop {
  readonly stock: Readonly<Record<string, number>>;
  readonly reservations: Ledger<Reservation>;
  readonly releases: Ledger<Reservation>;
  readonly charges: Ledger<Payment>;
  readonly refunds: Ledger<Payment>;
  readonly labels: Ledger<Label>;
  /** Every try of every activity, also those whose result was lost. */
  noteAttempt(attempt: Attempt): void;
  attempts(): Attempt[];
}

export function openShop(folder: string): Shop {
  const attemptsFile = join(folder, "attempts.jsonl");
  appendFileSync(attemptsFile, "");
  return {
    stock: JSON.parse(readFileSync(join(import.meta.dirname, "stock.json"), "utf8")) as Record<string, number>,
    reservations: openLedger(join(folder, "reservations")),
    releases: openLedger(join(folder, "releases")),
    charges: openLedger(join(folder, "charges")),
    refunds: openLedger(join(folder, "refunds")),
    labels: openLedger(join(folder, "labels")),
    noteAttempt: (attempt) => appendFileSync(attemptsFile, `${JSON.stringify(attempt)}\n`),
    attempts: () =>
      readFileSync(attemptsFile, "utf8")
        .split("\n")
        .filter((line) => line !== "")
        .map((line) => JSON.parse(line) as Attempt),
  };
}

/** What is left on the shelf: the stock without what is reserved and not released. */
export function available(shop: Shop, sku: string): number {
  const taken = (ledger: Ledger<Reservation>): number =>
    ledger
      .all()
      .flatMap(({ lines }) => lines)
      .reduce((sum, line) => sum + (line.sku === sku ? line.quantity : 0), 0);
  return (shop.stock[sku] ?? 0) - taken(shop.reservations) + taken(shop.releases);
}
