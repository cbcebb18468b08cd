import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterAll, expect, test } from "vitest";
import { GetSystemInfoRequest } from "../../api/gen/messages.js";
import { connectGrpc } from "../../rpc/index.ts";
import { parseCommand } from "./options.ts";
import type { PerdureServer } from "../server.ts";
import { serve, serveUntilStopped } from "./serve.ts";

const root = mkdtempSync(path.join(tmpdir(), "perdure-serve-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** A program in this process: what it said, and its signals. */
function run(args: readonly string[]) {
  const out: string[] = [];
  const err: string[] = [];
  const exits: number[] = [];
  let signal = (): void => {};
  let serving = (): void => {};
  const isServing = new Promise<void>((resolve) => (serving = resolve));
  const code = serve(args, {
    out: (text) => out.push(text),
    err: (text) => err.push(text),
    onServing: () => serving(),
    onStopSignal: (listener) => (signal = listener),
    exit: (exitCode) => exits.push(exitCode),
  });
  return { out, err, exits, code, serving: Promise.race([isServing, code]), signal: () => signal() };
}

function portOf(line: string | undefined): number {
  return Number(/ on 127\.0\.0\.1:(\d+) /.exec(line ?? "")?.[1]);
}

test("prints one line with its address when it answers, and ends with 0 when it is told to stop", async () => {
  const program = run(["--port", "0", "--memory"]);
  await program.serving;
  expect(program.out).toHaveLength(1);
  const client = connectGrpc({ host: "127.0.0.1", port: portOf(program.out[0]) });
  await client.unary("/temporal.api.workflowservice.v1.WorkflowService/GetSystemInfo", GetSystemInfoRequest.encode({}));
  client.close();
  program.signal();
  expect(await program.code).toBe(0);
  expect(program).toMatchObject({ err: [], exits: [] });
});

test("a second signal ends it at once", async () => {
  const program = run(["--port", "0", "--memory"]);
  await program.serving;
  program.signal();
  program.signal();
  expect(program.exits).toEqual([130]);
  await program.code;
});

test.each([
  ["--help", "Usage:"],
  ["--version", "0."],
])("%s is answered and nothing is started", async (flag, text) => {
  const program = run([flag]);
  expect(await program.code).toBe(0);
  expect(program.out.join("\n")).toContain(text);
});

test("a broken flag is one sentence and code 2", async () => {
  const program = run(["--port", "x"]);
  expect(await program.code).toBe(2);
  expect(program).toMatchObject({ out: [], err: ['--port wants a number from 0 to 65535, got "x"'] });
});

async function refusal(args: readonly string[]): Promise<string> {
  const program = run(args);
  expect(await program.code).toBe(1);
  expect(program.out).toEqual([]);
  expect(program.err).toHaveLength(1);
  expect(program.err[0]).not.toContain("\n");
  return program.err[0] as string;
}

test("a port that is in use is named", async () => {
  const taken = createServer();
  await new Promise<void>((resolve) => taken.listen(0, "127.0.0.1", resolve));
  const { port } = taken.address() as AddressInfo;
  expect(await refusal(["--memory", "--port", String(port)])).toBe(
    `port ${port} of 127.0.0.1 is in use: stop the program that listens there, or choose another port with --port`,
  );
  await new Promise((resolve) => taken.close(resolve));
});

test("an address that is not this machine's is named", async () => {
  expect(await refusal(["--memory", "--port", "0", "--ip", "192.0.2.1"])).toContain("192.0.2.1 is not an address");
});

test("a folder that is open in another server is named, and is whole afterwards", async () => {
  const data = path.join(root, "shared");
  const first = run(["--port", "0", "--data", data]);
  await first.serving;
  expect(await refusal(["--port", "0", "--data", data])).toContain(`data folder ${data} is open in another server`);
  first.signal();
  expect(await first.code).toBe(0);
  const second = run(["--port", "0", "--data", data]);
  await second.serving;
  expect(second.out).toHaveLength(1);
  second.signal();
  expect(await second.code).toBe(0);
});

test("a folder of a newer version is named", async () => {
  const data = path.join(root, "newer");
  const first = run(["--port", "0", "--data", data]);
  await first.serving;
  first.signal();
  await first.code;
  const file = new DatabaseSync(path.join(data, "perdure.db"));
  file.exec("PRAGMA user_version = 999");
  file.close();
  expect(await refusal(["--port", "0", "--data", data])).toContain("was written by a newer Perdure");
});

test("a folder that is a file is named", async () => {
  const data = path.join(root, "file");
  writeFileSync(data, "");
  expect(await refusal(["--port", "0", "--data", data])).toContain(data);
});

test("a folder that may not be written is named", async () => {
  // The superuser may write into any folder but those that are none of a disk.
  const isSuperuser = process.getuid?.() === 0;
  const locked = path.join(root, "locked");
  mkdirSync(locked, { mode: 0o500 });
  const data = isSuperuser ? "/sys/perdure" : path.join(locked, "data");
  expect(await refusal(["--port", "0", "--data", data])).toContain(data);
});

test("a server that another one has replaced ends with 1 and says so in one sentence", async () => {
  const err: string[] = [];
  const host = { out: () => {}, err: (text: string) => err.push(text), onStopSignal: () => {}, exit: () => {} };
  const command = parseCommand(["--store", "postgres://me:secret@db.example.com/orders", "--log-level", "error"]);
  if (command.kind !== "serve") throw new Error(`the command is ${command.kind}`);
  let closed = 0;
  const replaced = { replaced: Promise.resolve(), close: async () => void closed++ } as unknown as PerdureServer;
  expect(await serveUntilStopped(command, host, async () => replaced)).toBe(1);
  expect(closed).toBe(1);
  expect(err).toEqual([
    'another server has taken database "db.example.com/orders", since this one was silent for too long: this one ends (stop that one before you start this one again)',
  ]);
});
