/** The steps of the pipeline that touch the world, and those that only compute. */
import { setTimeout as pause } from "node:timers/promises";
import { Context } from "perdure/activity";
import { pageOf } from "./feeds.ts";
import { normalise, validate } from "./transaction.ts";
import type { Checked, Page, RawRecord, Transaction } from "./transaction.ts";
import type { Warehouse } from "./warehouse.ts";

const SOURCE_MS = 10;
/** Every third page is not to be had at the first asking. */
const RECORDS_PER_OUTAGE = 30;
const EUROS: Readonly<Record<string, number>> = { EUR: 1, JPY: 0.006 };

export type Activities = ReturnType<typeof createActivities>;

export function createActivities(warehouse: Warehouse) {
  return {
    async fetchPage(source: string, cursor: number): Promise<Page> {
      await pause(SOURCE_MS);
      const isOut = cursor % RECORDS_PER_OUTAGE === 20 && Context.current().info.attempt === 1;
      if (isOut) throw new Error(`${source} answered 503`);
      return pageOf(source, cursor);
    },
    async normalisePage(records: readonly RawRecord[]): Promise<Transaction[]> {
      return records.map(normalise);
    },
    async toEuros(transactions: readonly Transaction[]): Promise<Transaction[]> {
      return transactions.map((transaction) => {
        const rate = EUROS[transaction.currency];
        if (rate === undefined) throw new Error(`no rate for ${transaction.currency}`);
        const cents = transaction.cents === null ? null : Math.round(transaction.cents * rate);
        return { ...transaction, cents, currency: "EUR" };
      });
    },
    async validatePage(transactions: readonly Transaction[]): Promise<Checked> {
      return validate(transactions);
    },
    async load(source: string, checked: Checked): Promise<{ loaded: number; rejected: number }> {
      await warehouse.load(source, checked);
      return { loaded: checked.valid.length, rejected: checked.rejected.length };
    },
  };
}
