/**
 * A worker that kills itself at a point of its first payment:
 * `node killed-worker-fixture.ts ADDRESS DATABASE TASK_QUEUE [POINT]`; without a point it lives.
 */
import { Connection } from "../../connection/index.ts";
import { DefaultLogger, Runtime, Worker } from "../../worker/index.ts";
import { openPool } from "./database-fixture.ts";
import { pay } from "./payments-fixture.ts";
import type { PgClient, PgPool, PgResult } from "./postgres.ts";
import { transactional } from "./transactional.ts";

function die(): void {
  process.kill(process.pid, "SIGKILL");
}

const [address = "", database = "", taskQueue = "", point = ""] = process.argv.slice(2);

/** The statement after which, or with which, it dies. */
const AT_STATEMENT: Readonly<Record<string, string>> = {
  "after begin": "begin",
  "after the key": "insert into perdure_transactions",
  "after the write": "insert into ledger",
  "before commit": "update perdure_transactions",
  "with commit": "commit",
  "after commit": "commit",
};

function dyingPool(pool: PgPool): PgPool {
  return {
    query: (text, values) => pool.query(text, values),
    async connect() {
      const client = await pool.connect();
      return { ...bound(client), query: (text, values) => dyingQuery(client, text, values) };
    },
  };
}

function bound(client: PgClient): Omit<PgClient, "query"> {
  return { release: (destroy) => client.release(destroy) };
}

async function dyingQuery(client: PgClient, text: string, values?: unknown[]): Promise<PgResult> {
  const isHere = AT_STATEMENT[point] !== undefined && text.trim().startsWith(AT_STATEMENT[point]);
  const result = client.query(text, values);
  if (!isHere) return result;
  // Whether the server has read the commit when its sender dies is left to chance.
  if (point === "with commit") setImmediate(die);
  else {
    await result;
    die();
  }
  return new Promise(() => {});
}

const once = transactional(dyingPool(openPool(database)), pay);

const activities = {
  async pay(payment: string, cents: number): Promise<number> {
    const entry = await once(payment, cents);
    if (point === "before the acknowledgement") die();
    if (point === "with the acknowledgement") setImmediate(() => setImmediate(die));
    return entry;
  },
};

Runtime.install({ logger: new DefaultLogger("ERROR") });
const connection = await Connection.connect({ address });
const worker = await Worker.create({ connection, taskQueue, activities, maxConcurrentActivityTaskExecutions: 1 });
await worker.run();
process.exit(0);
