/** Why a server does not start: an exit code, and one sentence that names the thing and what to do. */
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import type { Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ServerProcess } from "../harness/server-process.ts";

const USED_PORT = 17_930;
const FREE_PORT = 17_931;
const NOBODY = 65_534;

let root = "";
let listener: Server;
let other: ServerProcess;
const at = (name: string): string => join(root, name);

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), "perdure-start-"));
  chmodSync(root, 0o755);
  listener = createServer();
  await new Promise<void>((resolve) => listener.listen(USED_PORT, "127.0.0.1", resolve));
  other = await ServerProcess.start({ args: ["--port", "0", "--data", at("taken")] });
  const newer = await ServerProcess.start({ args: ["--port", "0", "--data", at("newer")] });
  await newer.stop();
  change(at("newer"), "PRAGMA user_version = 999");
  mkdirSync(at("foreign"));
  change(at("foreign"), "CREATE TABLE notes (text TEXT)");
  mkdirSync(at("no-database"));
  writeFileSync(
    join(at("no-database"), "perdure.db"),
    "This is a letter to my aunt, long enough to be no database at all.".repeat(20),
  );
  writeFileSync(at("a-file"), "");
  mkdirSync(at("locked"), { mode: 0o555 });
}, 60_000);

afterAll(async () => {
  listener.close();
  await other.kill();
  rmSync(root, { recursive: true, force: true });
});

function change(folder: string, sql: string): void {
  const database = new DatabaseSync(join(folder, "perdure.db"));
  database.exec(sql);
  database.close();
}

interface Row {
  readonly what: string;
  readonly args: (folder: typeof at) => readonly string[];
  readonly code: number;
  readonly says: (folder: typeof at) => string;
  /** Nothing withstands root. */
  readonly asNobody?: boolean;
}

const REFUSED = 1;
const USAGE = 2;
const serve = (folder: string, port = FREE_PORT): readonly string[] => ["--port", String(port), "--data", folder];

const rows: readonly Row[] = [
  {
    what: "the port is in use",
    args: (path) => serve(path("a"), USED_PORT),
    code: REFUSED,
    says: () =>
      `port ${USED_PORT} of 127.0.0.1 is in use: stop the program that listens there, or choose another port with --port`,
  },
  {
    what: "the address is another machine's",
    args: (path) => [...serve(path("b")), "--ip", "192.0.2.1"],
    code: REFUSED,
    says: () => "192.0.2.1 is not an address of this machine: choose one that is with --ip",
  },
  {
    what: "another server has the folder",
    args: (path) => serve(path("taken")),
    code: REFUSED,
    says: (path) =>
      `data folder ${path("taken")} is open in another server (process PID): stop that one or choose another data folder`,
  },
  {
    what: "the folder is not writable",
    args: (path) => serve(path("locked")),
    code: REFUSED,
    says: (path) =>
      `data folder ${path("locked")} is not writable: give this user the right to write there or choose another data folder`,
    asNobody: true,
  },
  {
    what: "the folder cannot be made",
    args: (path) => serve(path("locked/inside")),
    code: REFUSED,
    says: (path) =>
      `data folder ${path("locked/inside")} is not writable: give this user the right to write there or choose another data folder`,
    asNobody: true,
  },
  {
    what: "the folder is a file",
    args: (path) => serve(path("a-file")),
    code: REFUSED,
    says: (path) => `data folder ${path("a-file")} is not a folder: choose another data folder`,
  },
  {
    what: "the folder is below a file",
    args: (path) => serve(path("a-file/inside")),
    code: REFUSED,
    says: (path) => `data folder ${path("a-file/inside")} is not a folder: choose another data folder`,
  },
  {
    what: "the folder is a newer version's",
    args: (path) => serve(path("newer")),
    code: REFUSED,
    says: (path) =>
      `data folder ${path("newer")} was written by a newer Perdure (schema 999, this one knows N): start that version or choose another data folder`,
  },
  {
    what: "the database is another program's",
    args: (path) => serve(path("foreign")),
    code: REFUSED,
    says: (path) =>
      `data folder ${path("foreign")} holds a perdure.db that is not Perdure's: choose another data folder`,
  },
  {
    what: "the database is none",
    args: (path) => serve(path("no-database")),
    code: REFUSED,
    says: (path) =>
      `data folder ${path("no-database")} holds a perdure.db that is not Perdure's: choose another data folder`,
  },
  {
    what: "a flag is unknown",
    args: () => ["--prot", "1"],
    code: USAGE,
    says: () => "Unknown option '--prot': see --help for what there is",
  },
  {
    what: "a port is no number",
    args: () => ["--port", "seven"],
    code: USAGE,
    says: () => '--port wants a number from 0 to 65535, got "seven"',
  },
  {
    what: "a flag lacks its value",
    args: () => ["--data"],
    code: USAGE,
    says: () => "Option '--data <value>' argument missing: see --help for what there is",
  },
  {
    what: "two flags exclude each other",
    args: () => ["--memory", "--data", "x"],
    code: USAGE,
    says: () => "--memory and --data exclude each other: give one of them",
  },
];

test.for(rows)(
  "a server does not start when $what, and says so in one sentence",
  { timeout: 60_000 },
  async ({ args, code, says, asNobody }) => {
    const isRoot = process.getuid?.() === 0;
    const exit = await new ServerProcess({ args: args(at), uid: asNobody === true && isRoot ? NOBODY : undefined })
      .exited;
    const told = exit.stderr.replace(/\(process \d+\)/, "(process PID)").replace(/knows \d+/, "knows N");
    expect(told).toBe(`${says(at)}\n`);
    expect(exit).toMatchObject({ code, signal: null, stdout: "" });
  },
);

test("the server that had the folder and the port goes on", async () => {
  expect(other.isRunning).toBe(true);
  expect((await other.stop()).code).toBe(0);
  const next = await ServerProcess.start({ args: serve(at("taken")) });
  expect((await next.stop()).code).toBe(0);
});
