/** An activity whose account is exact: each payment is one row, and its result is the row's number. */
import type { PgPool, PgQueries } from "./postgres.ts";

export const LEDGER = `create table ledger (
  entry bigint generated always as identity primary key, payment text not null, cents integer not null)`;

const ENTER = "insert into ledger (payment, cents) values ($1, $2) returning entry::int";

export async function pay(tx: PgQueries, payment: string, cents: number): Promise<number> {
  const { rows } = await tx.query(ENTER, [payment, cents]);
  return rows[0].entry as number;
}

/** Entries by payment. */
export async function readLedger(pool: PgPool): Promise<Map<string, number[]>> {
  const { rows } = await pool.query("select payment, array_agg(entry::int) as entries from ledger group by payment");
  return new Map(rows.map(({ payment, entries }) => [payment as string, entries as number[]]));
}
