import { afterEach, beforeEach, expect, test } from "vitest";
import { silentLog, systemTimers } from "../../../base/index.ts";
import { Connection } from "./connection.ts";
import { CuttingProxy } from "./cutting-proxy.fixture.ts";
import { ConnectionLostError, NotSentError, StatementError } from "./database-errors.ts";
import { openSession } from "./session.ts";

let proxy: CuttingProxy;
let connection: Connection;

beforeEach(async () => {
  proxy = await CuttingProxy.open();
  connection = connectionWith(30_000);
});
afterEach(async () => {
  await connection.close();
  await proxy[Symbol.asyncDispose]();
});

function connectionWith(answerMsMax: number): Connection {
  return new Connection({
    connect: () => openSession({ url: proxy.url, schema: "public", statementMsMax: 30_000, plansByKey: false }),
    timers: systemTimers,
    log: silentLog,
    answerMsMax,
  });
}

const session = { text: "SELECT pg_backend_pid()" };

test("a transaction does not go on in another session than it began in", async () => {
  const begun = connection.transaction(async (query) => {
    await query(session);
    proxy.breakAll();
    // The loss is seen when the session is used or when it ends: here it has ended, and another may be there.
    await expect.poll(() => query({ text: "SELECT 1" }).catch((error: Error) => error.name)).toBe("NotSentError");
    return query({ text: "SELECT 2" });
  });
  await expect(begun).rejects.toBeInstanceOf(NotSentError);
  expect(await connection.query({ text: "SELECT 3" })).toEqual([[3]]);
});

test("what was asked during a transaction waits for it, in the order of the calls", async () => {
  const order: string[] = [];
  const transaction = (name: string): Promise<void> =>
    connection.transaction(async (query) => {
      await query(session);
      order.push(name);
    });
  const query = async (name: string): Promise<void> => {
    await connection.query(session);
    order.push(name);
  };
  await Promise.all([transaction("a"), query("b"), transaction("c"), query("d"), query("e")]);
  expect(order).toEqual(["a", "b", "c", "d", "e"]);
});

test("a statement that is refused costs nothing, and its transaction is undone", async () => {
  const [[before]] = (await connection.query(session)) as [[number]];
  const refused = connection.transaction((query) => query({ text: "SELECT 1 / 0" }));
  await expect(refused).rejects.toBeInstanceOf(StatementError);
  await expect(refused).rejects.toMatchObject({ code: "22012" });
  expect(await connection.query(session)).toEqual([[before]]);
});

test("a statement without an answer in time is of unknown outcome, and the next has a new session", async () => {
  const impatient = connectionWith(300);
  await impatient.open();
  await expect(impatient.query({ text: "SELECT pg_sleep(20)" })).rejects.toBeInstanceOf(ConnectionLostError);
  expect(await impatient.query({ text: "SELECT 1" })).toEqual([[1]]);
  await impatient.close();
});

test("a list that nobody waits for any more is ended, with the reason", async () => {
  const other = connectionWith(30_000);
  const cancelled = new Connection({
    connect: () => openSession({ url: proxy.url, schema: "public", statementMsMax: 30_000, plansByKey: false }),
    timers: systemTimers,
    log: silentLog,
    answerMsMax: 30_000,
    cancel: async (processId) => {
      await other.query({ text: "SELECT pg_cancel_backend($1::int4)", values: [processId] });
    },
  });
  const gone = new AbortController();
  const listing = cancelled.snapshot(gone.signal, (query) => query({ text: "SELECT pg_sleep(25)" }));
  await expect
    .poll(() => other.query({ text: "SELECT count(*) FROM pg_stat_activity WHERE query = 'SELECT pg_sleep(25)'" }))
    .toEqual([[1]]);
  gone.abort(new Error("the caller has gone"));
  await expect(listing).rejects.toThrow("the caller has gone");
  expect(await cancelled.query({ text: "SELECT 1" })).toEqual([[1]]);
  await cancelled.close();
  await other.close();
});
