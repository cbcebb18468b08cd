import { createServer } from "node:net";
import type { AddressInfo, Server } from "node:net";
import { expect, test } from "vitest";
import { postgresConnection } from "../../../tools/prepare/postgres-server.ts";
import { StoreOpenError } from "../errors.ts";
import { TEST_URL } from "./database.fixture.ts";
import { openPostgresStore } from "./postgres-store.ts";
import { nameOf } from "./open-failure.ts";
import { hostUrls } from "./session.ts";

const SOCKET = `host=${encodeURIComponent(postgresConnection.host)}&port=${postgresConnection.port}`;

test.each([
  ["postgres://u@127.0.0.1:1/d", 'database "127.0.0.1:1/d" cannot be reached, nothing listens there: start PostgreSQL'],
  ["postgres://u:secret@nowhere.invalid/d", 'database "nowhere.invalid/d" cannot be reached, its host is not known'],
  ["postgres://u@/d?host=/nowhere", 'database "/nowhere/d" cannot be reached, there is no such socket'],
  [TEST_URL.replace("//", "//nobody-"), "refuses the user: correct it, or allow it in pg_hba.conf"],
  [`postgres://${postgresConnection.user}@/no_such_database?${SOCKET}`, "does not exist: create it with createdb"],
])("%s cannot be opened, and one sentence says why and what to do", async (url, sentence) => {
  const opening = openPostgresStore({ url });
  await expect(opening).rejects.toBeInstanceOf(StoreOpenError);
  await expect(opening).rejects.toThrow(sentence);
  await expect(opening).rejects.not.toThrow(/\n|secret/);
});

/** What the server says before it lets anybody in. */
function saying(fields: Record<string, string>): Promise<Server> {
  const text = Object.entries(fields).map(([name, value]) => `${name}${value}\0`);
  const body = Buffer.from(`${text.join("")}\0`);
  const message = Buffer.concat([Buffer.from("E"), Buffer.alloc(4), body]);
  message.writeInt32BE(body.length + 4, 1);
  const server = createServer((socket) => {
    socket.on("error", () => {});
    socket.once("data", () => socket.end(message));
  });
  return new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(server)));
}

test.each([
  ["28P01", "refuses the user or the password: correct them"],
  ["53300", "has no connection left: raise max_connections, or end some"],
  ["57P03", "is starting or stopping: try again in a moment"],
  ["XX000", "cannot be opened (it says so): correct the address or the database's settings"],
])("a server that answers %s", async (code, sentence) => {
  const server = await saying({ S: "FATAL", C: code, M: "it says so" });
  const { port } = server.address() as AddressInfo;
  await expect(openPostgresStore({ url: `postgres://u@127.0.0.1:${port}/d` })).rejects.toThrow(sentence);
  server.close();
});

test("of several hosts the first that takes writes is used", async () => {
  const url = `postgres://u:p%40@a:1,b,[::1]:3/d?x=1`;
  expect(hostUrls(url)).toEqual([
    "postgres://u:p%40@a:1/d?x=1",
    "postgres://u:p%40@b/d?x=1",
    "postgres://u:p%40@[::1]:3/d?x=1",
  ]);
  expect(hostUrls(TEST_URL)).toEqual([TEST_URL]);
});

test.each([
  ["postgres://u:secret@h:1/d?sslmode=require", 'database "h:1/d"'],
  ["postgresql://h/d", 'database "h/d"'],
  ["postgres://u@/d?host=/run/postgresql", 'database "/run/postgresql/d"'],
])("%s is called %s", (url, name) => {
  expect(nameOf(url)).toBe(name);
});
