/** The words that all share, and the pure steps between a source and the warehouse. */
import { defineSearchAttributeKey } from "perdure/common";

/** As a source gives it: everything is text. */
export interface RawRecord {
  readonly id: string;
  readonly booked: string;
  readonly amount: string;
  readonly currency: string;
}

export interface Transaction {
  readonly id: string;
  /** ISO date, or what the source said when it is none. */
  readonly bookedOn: string;
  /** NaN is null in a payload. */
  readonly cents: number | null;
  readonly currency: string;
}

export interface Page {
  readonly records: readonly RawRecord[];
  /** Undefined on the last page. */
  readonly next?: number;
}

export interface Checked {
  readonly valid: readonly Transaction[];
  readonly rejected: readonly { readonly id: string; readonly reason: string }[];
}

export interface Progress {
  readonly source: string;
  readonly phase: "running" | "paused" | "done";
  readonly pages: number;
  readonly loaded: number;
  readonly rejected: number;
}

/** A source is asked for a page at most once in `pageEveryMs`. */
export interface SourcePlan {
  readonly source: string;
  readonly pageEveryMs: number;
}

/** Lists of workflows are filtered by these: `IngestionPhase = 'paused'`. */
export const SOURCE_KEY = defineSearchAttributeKey("IngestionSource", "KEYWORD");
export const PHASE_KEY = defineSearchAttributeKey("IngestionPhase", "KEYWORD");

const INDEXED_VALUE_TYPE_KEYWORD = 2;
/** For `addSearchAttributes`: a server has to know them beforehand. */
export const SEARCH_ATTRIBUTES = {
  [SOURCE_KEY.name]: INDEXED_VALUE_TYPE_KEYWORD,
  [PHASE_KEY.name]: INDEXED_VALUE_TYPE_KEYWORD,
};

/** `31.01.2035` and `1.234,56` are known as well as `2035-01-31` and `1234.56`. */
export function normalise({ id, booked, amount, currency }: RawRecord): Transaction {
  const [, day, month, year] = /^(\d\d)\.(\d\d)\.(\d{4})$/.exec(booked) ?? [];
  const plain = amount.includes(",") ? amount.replaceAll(".", "").replace(",", ".") : amount;
  const cents = plain === "" ? Number.NaN : Math.round(Number(plain) * 100);
  return {
    id,
    bookedOn: year === undefined ? booked : `${year}-${month}-${day}`,
    cents: Number.isNaN(cents) ? null : cents,
    currency,
  };
}

export function validate(transactions: readonly Transaction[]): Checked {
  const reasonOf = ({ bookedOn, cents }: Transaction): string | undefined => {
    if (cents === null) return "no amount";
    return Number.isNaN(Date.parse(bookedOn)) ? `no such day: ${bookedOn}` : undefined;
  };
  return {
    valid: transactions.filter((transaction) => reasonOf(transaction) === undefined),
    rejected: transactions.flatMap((transaction) => {
      const reason = reasonOf(transaction);
      return reason === undefined ? [] : [{ id: transaction.id, reason }];
    }),
  };
}
