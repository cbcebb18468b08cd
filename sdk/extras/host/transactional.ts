/**
 * Activities whose writes to PostgreSQL are committed exactly once.
 *
 * 1. An attempt first inserts the activity's key. Whoever inserts a key that another transaction holds waits until that
 *    one has ended: attempts of one activity work one after the other, whichever process they are in.
 * 2. Key, result and the user's writes are one transaction. A key that is there has its result beside it.
 * 3. An attempt that finds the key writes nothing and returns the stored result: it does not matter what died between
 *    the commit and its acknowledgement, or whether an answer to `commit` ever came.
 * 4. A process that stands still within a transaction blocks the next attempt only for the time of its own: then
 *    PostgreSQL ends its session, and with it the transaction.
 */
import { Context } from "../../activity/index.ts";
import type { Info } from "../../activity/index.ts";
import { ApplicationFailure, defaultPayloadConverter } from "../../common/index.ts";
import type { Payload } from "../../common/index.ts";
import { decode, encode } from "../../common/utf8.ts";
import type { PgClient, PgPool, PgQueries } from "./postgres.ts";

/** Options of `transactional`. */
export interface TransactionalOptions {
  /** `read committed` unless given. A serialization failure fails the attempt, and the activity is tried again. */
  isolation?: "read committed" | "repeatable read" | "serializable";
}

/** Of a local activity, `startToCloseTimeout` may be missing. */
const ATTEMPT_MS_DEFAULT = 60_000;

/** undefined_table */
const NO_TABLE = "42P01";

const CLAIM = `insert into perdure_transactions (namespace, workflow_id, run_id, activity_id, activity_type)
  values ($1, $2, $3, $4, $5) on conflict do nothing`;
const KEY = "namespace = $1 and workflow_id = $2 and run_id = $3 and activity_id = $4 and activity_type = $5";
const FIND = `select result_metadata, result from perdure_transactions where ${KEY}`;
const KEEP = `update perdure_transactions set result_metadata = $6, result = $7, committed_at = clock_timestamp() where ${KEY}`;
const ATTEMPT_ENDS = `select set_config('idle_in_transaction_session_timeout', $1, true),
  set_config('lock_timeout', $1, true), set_config('statement_timeout', $1, true)`;

/**
 * An activity whose writes through `tx` and whose result are committed together, once, however many attempts it takes.
 * What `fn` does elsewhere is not part of that. `fn` must not commit or roll back by itself. The table comes from
 * `migrateTransactions`.
 *
 * @example
 * ```ts
 * const activities = {
 *   transfer: transactional(pool, async (tx, from: string, to: string, cents: number) => {
 *     await tx.query("update accounts set cents = cents - $2 where id = $1", [from, cents]);
 *     await tx.query("update accounts set cents = cents + $2 where id = $1", [to, cents]);
 *     return { transferred: cents };
 *   }),
 * };
 * ```
 */
export function transactional<A extends any[], R>(
  pool: PgPool,
  fn: (tx: PgQueries, ...args: A) => Promise<R>,
  { isolation = "read committed" }: TransactionalOptions = {},
): (...args: A) => Promise<R> {
  return async (...args) => {
    const { info } = Context.current();
    const client = await pool.connect();
    let failure: Error | undefined;
    // When PostgreSQL ends the session the next query says so; without a listener the event would end the process.
    client.on?.("error", ignore);
    try {
      await client.query(`begin isolation level ${isolation}`);
      const limitMs = info.startToCloseTimeoutMs || info.scheduleToCloseTimeoutMs || ATTEMPT_MS_DEFAULT;
      await client.query(ATTEMPT_ENDS, [String(limitMs)]);
      return await onceOnly(client, info, () => fn(client, ...args));
    } catch (error) {
      failure = error as Error;
      throw explained(error);
    } finally {
      client.removeListener?.("error", ignore);
      // Closing the connection rolls back what was not committed, in whatever state it is.
      client.release(failure);
    }
  };
}

function ignore(): void {}

async function onceOnly<R>(client: PgClient, info: Info, work: () => Promise<R>): Promise<R> {
  const key = keyOf(info);
  const { rowCount } = await client.query(CLAIM, key);
  if (rowCount === 0) {
    const { rows } = await client.query(FIND, key);
    await client.query("rollback");
    return resultOf(rows[0]) as R;
  }
  const result = await work();
  const { metadata, data } = defaultPayloadConverter.toPayload(result);
  await client.query(KEEP, [...key, JSON.stringify(texts(metadata)), data ?? null]);
  // Of an attempt that timed out or was cancelled nobody would hear that it has written.
  Context.current().cancellationSignal.throwIfAborted();
  await client.query("commit");
  return result;
}

function keyOf({ namespace, workflowExecution, activityRunId, activityId, activityType }: Info): string[] {
  const { workflowId = "", runId = activityRunId ?? "" } = workflowExecution ?? {};
  return [namespace, workflowId, runId, activityId, activityType];
}

interface StoredResult {
  readonly result_metadata: Record<string, string>;
  readonly result: Uint8Array | null;
}

function resultOf({ result_metadata, result }: StoredResult): unknown {
  const metadata = Object.fromEntries(Object.entries(result_metadata).map(([name, text]) => [name, encode(text)]));
  return defaultPayloadConverter.fromPayload({ metadata, data: result === null ? undefined : new Uint8Array(result) });
}

function texts(metadata: Payload["metadata"]): Record<string, string> {
  return Object.fromEntries(Object.entries(metadata ?? {}).map(([name, bytes]) => [name, decode(bytes)]));
}

function explained(error: unknown): unknown {
  const { code, message } = error as { code?: string; message?: string };
  if (code !== NO_TABLE || message?.includes("perdure_transactions") !== true) return error;
  return ApplicationFailure.create({
    message: "The table perdure_transactions is missing: call migrateTransactions(pool) when the program starts",
    type: "TransactionTableMissing",
    cause: error as Error,
  });
}
