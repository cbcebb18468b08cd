import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startServer } from "../../../server/server.ts";
import type { PerdureServer } from "../../../server/server.ts";
import { Context } from "../../activity/index.ts";
import { Client } from "../../client/index.ts";
import { Connection } from "../../connection/index.ts";
import { ApplicationFailure } from "../../common/index.ts";
import { Worker } from "../../worker/index.ts";
import { proxyActivities, proxyLocalActivities } from "../../workflow/index.ts";
import { chainOf, openStage } from "../stage-fixture.ts";
import { openDatabase } from "./database-fixture.ts";
import type { TestDatabase } from "./database-fixture.ts";
import { LEDGER, pay, readLedger } from "./payments-fixture.ts";
import type { PgQueries } from "./postgres.ts";
import { forgetTransactions, migrateTransactions, transactional } from "./index.ts";
import type { TransactionalOptions } from "./index.ts";

const PAYMENTS = "payments";
const KILLS = 56;
const KILLERS_AT_ONCE = 4;
const POINTS = [
  "after begin",
  "after the key",
  "after the write",
  "before commit",
  "with commit",
  "after commit",
  "before the acknowledgement",
  "with the acknowledgement",
];

const retry = { initialInterval: 1, backoffCoefficient: 1 };

let database: TestDatabase;
beforeAll(async () => {
  database = await openDatabase();
  await Promise.all([migrateTransactions(database.pool), migrateTransactions(database.pool)]);
  await database.pool.query(LEDGER);
});
afterAll(() => database?.[Symbol.asyncDispose]());

async function killPayments(server: PerdureServer): Promise<void> {
  const program = fileURLToPath(new URL("killed-worker-fixture.ts", import.meta.url));
  let next = 0;
  const killers = Array.from({ length: KILLERS_AT_ONCE }, async () => {
    while (next < KILLS) {
      const point = POINTS[next++ % POINTS.length] as string;
      const child = spawn(process.execPath, [program, server.address, database.name, PAYMENTS, point], {
        stdio: ["ignore", "ignore", "inherit"],
      });
      const [code, signal] = (await once(child, "exit")) as [number | null, string | null];
      expect([point, code, signal]).toEqual([point, null, "SIGKILL"]);
    }
  });
  await Promise.all(killers);
}

test("whatever a worker was doing when it was killed, each payment is made once and its result is that of the row", async () => {
  await using server = await startServer({ data: { kind: "memory" } });
  const connection = await Connection.connect({ address: server.address });
  const client = new Client({ connection });
  const remote = proxyActivities<{ pay(payment: string, cents: number): Promise<number> }>({
    taskQueue: PAYMENTS,
    startToCloseTimeout: "2 seconds",
    retry,
  });
  const workflows = { pays: (payment: string): Promise<number> => remote.pay(payment, 100) };
  const worker = await Worker.create({ connection, taskQueue: "workflows", workflows });
  const entries = await worker.runUntil(async () => {
    const ids = Array.from({ length: KILLS + 4 }, (_, at) => `payment-${at}`);
    const start = (workflowId: string) =>
      client.workflow.start(workflows.pays, { taskQueue: "workflows", workflowId, args: [workflowId] });
    const handles = await Promise.all(ids.map(start));
    await killPayments(server);
    const survivor = await Worker.create({
      connection,
      taskQueue: PAYMENTS,
      activities: { pay: transactional(database.pool, pay) },
    });
    return survivor.runUntil(
      Promise.all(handles.map(async (handle) => [handle.workflowId, await handle.result()] as const)),
    );
  });
  const ledger = await readLedger(database.pool);
  expect(Object.fromEntries(ledger)).toEqual(Object.fromEntries(entries.map(([id, entry]) => [id, [entry]])));
  await connection.close();
}, 400_000);

/** One activity of each kind over `fn`, in this process. */
async function openPaying(
  fn: (tx: PgQueries, payment: string) => Promise<unknown>,
  attemptMs = 10_000,
  transaction: TransactionalOptions = {},
) {
  const options = { startToCloseTimeout: attemptMs, retry };
  const remote = proxyActivities<{ once(payment: string): Promise<unknown> }>(options);
  const local = proxyLocalActivities<{ once(payment: string): Promise<unknown> }>(options);
  const workflows = {
    pays: (payment: string): Promise<unknown> => remote.once(payment),
    paysLocally: (payment: string): Promise<unknown> => local.once(payment),
  };
  const committing = transactional(database.pool, fn, transaction);
  const once = async (payment: string): Promise<unknown> => {
    const result = await committing(payment);
    // As if the worker had died before it told of the commit.
    if (payment.endsWith("unheard") && Context.current().info.attempt === 1) throw new Error("unheard");
    return result;
  };
  return { stage: await openStage({ workflows, activities: { once } }), workflows };
}

async function entriesOf(payment: string): Promise<number> {
  return (await readLedger(database.pool)).get(payment)?.length ?? 0;
}

test("an attempt that comes while another one works waits for it and has its result", async () => {
  let isOpen = false;
  let attempts = 0;
  const { stage, workflows } = await openPaying(async (tx, payment) => {
    attempts++;
    const entry = await pay(tx, payment, 1);
    // At work, unlike one that stands still.
    while (!isOpen) await tx.query("select pg_sleep(0.02)");
    return entry;
  }, 600);
  await using _ = stage;
  const handle = await stage.start(workflows.pays, { args: ["slow"] });
  const waiting = "select count(*)::int as n from pg_stat_activity where wait_event_type = 'Lock' and query like $1";
  const claims = ["insert into perdure_transactions%"];
  await expect.poll(async () => (await database.pool.query(waiting, claims)).rows[0].n, { timeout: 10_000 }).toBe(1);
  isOpen = true;
  expect(await handle.result()).toEqual(expect.any(Number));
  expect([attempts, await entriesOf("slow")]).toEqual([1, 1]);
});

test("one that stands still within its transaction loses it when its time is over", async () => {
  const stopped = Promise.withResolvers<void>();
  let attempts = 0;
  const { stage, workflows } = await openPaying(async (tx, payment) => {
    const entry = await pay(tx, payment, 1);
    if (++attempts === 1) await stopped.promise;
    return entry;
  }, 600);
  await using _ = stage;
  const handle = await stage.start(workflows.pays, { args: ["stopped"] });
  expect(await handle.result()).toEqual(expect.any(Number));
  stopped.resolve();
  expect([attempts, await entriesOf("stopped")]).toEqual([2, 1]);
});

test("what fails leaves nothing, and is tried again", async () => {
  let attempts = 0;
  const { stage, workflows } = await openPaying(async (tx, payment) => {
    await pay(tx, payment, 1);
    if (++attempts < 3) throw new Error("not yet");
    if (payment === "never") throw ApplicationFailure.nonRetryable("never");
    return attempts;
  });
  await using _ = stage;
  expect(await stage.execute(workflows.pays, { args: ["flaky"] })).toBe(3);
  expect(await entriesOf("flaky")).toBe(1);
  expect((await chainOf(stage.execute(workflows.pays, { args: ["never"] }))).at(-1)).toMatchObject({
    message: "never",
  });
  expect(await entriesOf("never")).toBe(0);
});

test.each([
  ["an object", { receipt: "r", at: [1, null] }],
  ["bytes", new Uint8Array([0, 1, 255])],
  ["null", null],
  ["nothing", undefined],
])(
  "an attempt after the commit has the result of the first one, which is %s, also of a local activity",
  async (name, value) => {
    let attempts = 0;
    const { stage, workflows } = await openPaying(async (tx, payment) => {
      attempts++;
      await pay(tx, payment, 1);
      return value;
    });
    await using _ = stage;
    const args: [string] = [`${name}, unheard`];
    expect(await stage.execute(workflows.pays, { args })).toEqual(value);
    expect(await stage.execute(workflows.paysLocally, { args })).toEqual(value);
    expect([attempts, await entriesOf(...args)]).toEqual([2, 2]);
  },
);

test("serializable transactions that collide are tried again until each has had its turn", async () => {
  await database.pool.query("create table counter as select 0 as value");
  const { stage, workflows } = await openPaying(
    async (tx) => {
      const { rows } = await tx.query("select value from counter");
      await tx.query("update counter set value = $1", [(rows[0].value as number) + 1]);
      return rows[0].value as number;
    },
    10_000,
    { isolation: "serializable" },
  );
  await using _ = stage;
  const each = Array.from({ length: 8 }, (_, at) => stage.execute(workflows.pays, { args: [`count ${at}`] }));
  expect((await Promise.all(each)).toSorted()).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
});

test("old transactions are forgotten, young ones stay", async () => {
  const count = async () =>
    (await database.pool.query("select count(*)::int as n from perdure_transactions")).rows[0].n;
  const before = (await count()) as number;
  const aged = "update perdure_transactions set committed_at = now() - interval '2 days' where workflow_id <> 'w1'";
  const { rowCount } = await database.pool.query(aged);
  expect(await forgetTransactions(database.pool, "3 days")).toBe(0);
  expect(await forgetTransactions(database.pool, "1 day")).toBe(rowCount);
  expect(await count()).toBe(before - (rowCount as number));
});

test("without the table it says what to call", async () => {
  await database.pool.query("drop table perdure_transactions");
  const { stage, workflows } = await openPaying(async () => 1);
  await using _ = stage;
  const handle = await stage.start(workflows.pays, { args: ["x"] });
  const failure = async () => (await handle.describe()).raw.pendingActivities[0]?.lastFailure;
  await expect
    .poll(async () => Buffer.from((await failure()) ?? []).toString())
    .toContain("call migrateTransactions(pool)");
  await migrateTransactions(database.pool);
  expect(await handle.result()).toBe(1);
});
