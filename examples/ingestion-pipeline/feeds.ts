/** The sources, invented: what a feed gives depends on its name and the number of the record only. */
import type { Page, RawRecord } from "./transaction.ts";

interface Feed {
  readonly records: number;
  readonly record: (i: number) => RawRecord;
}

const RECORDS_PER_PAGE = 10;
/** Of so many records one has no amount, and one no day. */
const RECORDS_PER_FLAW = 12;

export const FEEDS: Readonly<Record<string, Feed>> = {
  bank: { records: 60, record: (i) => german("bank", i) },
  shop: { records: 45, record: (i) => plain("shop", i, "EUR") },
  tokyo: { records: 60, record: (i) => plain("tokyo", i, "JPY") },
  till: { records: 7, record: (i) => german("till", i) },
};

export function pageOf(source: string, cursor: number): Page {
  const feed = FEEDS[source] as Feed;
  const until = Math.min(cursor + RECORDS_PER_PAGE, feed.records);
  const records = Array.from({ length: until - cursor }, (_, i) => feed.record(cursor + i));
  return until === feed.records ? { records } : { records, next: until };
}

/** 31.01.2035 and 1.234,56 */
function german(source: string, i: number): RawRecord {
  const { booked, amount, ...rest } = plain(source, i, "EUR");
  const [whole = "", cents = ""] = amount.split(".");
  const grouped = amount === "" ? "" : `${whole.replace(/(\d)(\d{3})$/, "$1.$2")},${cents}`;
  return { ...rest, booked: booked.split("-").reverse().join("."), amount: grouped };
}

function plain(source: string, i: number, currency: string): RawRecord {
  const flaw = i % RECORDS_PER_FLAW;
  return {
    id: `${source}-${String(i + 1).padStart(3, "0")}`,
    booked: `2035-${flaw === 9 ? "13" : "01"}-${String((i % 28) + 1).padStart(2, "0")}`,
    amount: flaw === 4 ? "" : `${1_000 + i}.${String(i % 100).padStart(2, "0")}`,
    currency,
  };
}
