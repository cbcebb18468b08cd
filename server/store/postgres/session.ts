/** A session as the store wants it, on the first of the named hosts that takes writes. */
import type { Client, QueryResult } from "pg";
import { reuseBindBuffer } from "./bind-buffer.ts";
import { destroy } from "./connection.ts";

export interface SessionOptions {
  /** postgres://user:password@host:port/database, perhaps with several hosts separated by commas. */
  readonly url: string;
  readonly schema: string;
  /** The server gives up a statement after this long, a little before the store gives up the connection. */
  readonly statementMsMax: number;
  /** For commits: plans are made once and read by keys whatever the tables' statistics say. */
  readonly plansByKey: boolean;
}

const CONNECT_MS_MAX = 5_000;

const READ_ONLY = Object.assign(new Error("it takes no writes: it is a standby"), { code: "25006" });

export async function openSession(options: SessionOptions): Promise<Client> {
  let first: unknown;
  for (const url of hostUrls(options.url)) {
    try {
      return await openOn(url, options);
    } catch (error) {
      first ??= error;
    }
  }
  throw first;
}

async function openOn(url: string, options: SessionOptions): Promise<Client> {
  const { default: pg } = await import("pg");
  const client = new pg.Client({
    connectionString: url,
    connectionTimeoutMillis: CONNECT_MS_MAX,
    keepAlive: true,
    application_name: "perdure",
    types: { getTypeParser: parserOf as never },
  });
  // Whatever is under way is told; what happens to an idle session shows in its end.
  client.on("error", () => {});
  try {
    await client.connect();
    const { isReadOnly } = await prepare(client, options);
    if (isReadOnly) throw READ_ONLY;
    reuseBindBuffer(client);
    return client;
  } catch (error) {
    destroy(client);
    throw error;
  }
}

/** Makes the session's settings, in one round trip where all of them are known. */
async function prepare(
  client: Client,
  { schema, statementMsMax, plansByKey }: SessionOptions,
): Promise<{ readonly isReadOnly: boolean }> {
  const needed = `SET search_path = ${schema}; SET statement_timeout = ${statementMsMax};
    SET default_transaction_isolation = 'read committed'`;
  const wished = [...DURABILITY, COMPILE_NOTHING, ...(plansByKey ? PLANS_BY_KEY : [])];
  const question = "SHOW transaction_read_only";
  let answer: QueryResult;
  try {
    const all = (await client.query([needed, ...wished, question].join("; "))) as unknown as QueryResult[];
    answer = all.at(-1) as QueryResult;
  } catch {
    // Databases that are like PostgreSQL do not know all of them; what else is wrong shows here again.
    await client.query(needed);
    for (const setting of wished) await client.query(setting).catch(() => undefined);
    answer = await client.query(question);
  }
  return { isReadOnly: (answer.rows[0] as { transaction_read_only: string }).transaction_read_only === "on" };
}

/** A database that may forget acknowledged commits for speed does not do so for ours. */
const DURABILITY = [
  "SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off'",
];

/** A plan that was made while tables were small would go on reading them whole. */
const PLANS_BY_KEY = [
  `SET plan_cache_mode = force_generic_plan; SET enable_seqscan = off; SET enable_hashjoin = off;
   SET enable_mergejoin = off; SET enable_bitmapscan = off`,
];

/** Statements that are thought to be long are short when their page is soon full, and compiling one takes 40 to 200 ms. */
const COMPILE_NOTHING = "SET jit = off";

const BOOL = 16;
const BYTEA = 17;
const NUMBERS: ReadonlySet<number> = new Set([20, 21, 23, 700, 701, 1700]);

/** Integers here stay below 2^53; those of users are bytes (ordered-bytes.ts). */
function parserOf(type: number): (text: string) => unknown {
  if (type === BYTEA) return bytesOf;
  if (NUMBERS.has(type)) return Number;
  return type === BOOL ? (text) => text === "t" : (text) => text;
}

/** In memory of its own, as it may be kept for long. */
function bytesOf(text: string): Buffer {
  const bytes = Buffer.allocUnsafeSlow((text.length - 2) / 2);
  bytes.write(text.slice(2), "hex");
  return bytes;
}

const HOSTS = /^(postgres(?:ql)?:\/\/(?:[^@/?]*@)?)([^/?]*,[^/?]*)(.*)$/s;

/** One URL per host. */
export function hostUrls(url: string): string[] {
  const [, before, hosts, after] = HOSTS.exec(url) ?? [];
  return hosts === undefined ? [url] : hosts.split(",").map((host) => `${before}${host}${after}`);
}
