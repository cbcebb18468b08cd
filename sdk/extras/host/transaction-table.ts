/** The table in which `transactional` remembers what was committed: one row per activity, in the user's database. */
import { msToNumber } from "../../common/index.ts";
import type { Duration } from "../../common/index.ts";
import type { PgPool } from "./postgres.ts";

/** Any number that others do not use: two migrations at once would both find no table. */
const MIGRATION_LOCK = 7_235_811_902;

/** The activity's type belongs to the key: mended code may give its number to another one. */
const MIGRATION = `
  create table if not exists perdure_transactions (
    namespace text not null,
    workflow_id text not null,
    run_id text not null,
    activity_id text not null,
    activity_type text not null,
    result_metadata jsonb,
    result bytea,
    committed_at timestamptz not null default now(),
    primary key (namespace, workflow_id, run_id, activity_id, activity_type)
  );
  create index if not exists perdure_transactions_committed_at on perdure_transactions (committed_at)`;

const FORGET = `
  delete from perdure_transactions where ctid = any (array(
    select ctid from perdure_transactions
    where committed_at < now() - $1 * interval '1 millisecond'
    limit $2
  ))`;

const BATCH = 1_000;

/** Makes the table that `transactional` needs, in the first schema of the search path. Call it at every start. */
export async function migrateTransactions(pool: PgPool): Promise<void> {
  const client = await pool.connect();
  let failure: Error | undefined;
  try {
    await client.query("begin");
    await client.query("select pg_advisory_xact_lock($1)", [MIGRATION_LOCK]);
    for (const statement of MIGRATION.split(";")) await client.query(statement);
    await client.query("commit");
  } catch (error) {
    failure = error as Error;
    throw error;
  } finally {
    client.release(failure);
  }
}

/**
 * Deletes what was committed longer ago than `age`, in batches; returns how many rows that were. No attempt of an activity
 * may come so late: choose an age beyond the longest `scheduleToCloseTimeout`, or beyond the life of a workflow.
 */
export async function forgetTransactions(pool: PgPool, age: Duration): Promise<number> {
  const ageMs = msToNumber(age);
  for (let count = 0; ;) {
    const { rowCount } = await pool.query(FORGET, [ageMs, BATCH]);
    count += rowCount ?? 0;
    if ((rowCount ?? 0) < BATCH) return count;
  }
}
