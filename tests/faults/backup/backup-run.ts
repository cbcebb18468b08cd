/**
 * Backs a server up while clients and workers use it, restores each backup, checks it, and lets a server on it bring all
 * workflows to their ends: nothing that was acknowledged before the backup began is missing, nothing is there twice.
 */
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Acknowledged, Books } from "../harness/books.ts";
import { pause } from "../harness/connection.ts";
import { Load } from "../harness/load.ts";
import { ServerProcess } from "../harness/server-process.ts";

const PROGRAM = fileURLToPath(new URL("../../../cli/main.ts", import.meta.url));
const SETTLE_MS_MAX = 60_000;
const LOOK_MS = 50;

export interface BackupPlan {
  readonly seed: number;
  readonly backups: number;
  /** So many workflows end before each. */
  readonly ends: number;
  /** Two are used from here on. */
  readonly port: number;
}

export interface BackupAccount {
  /** Acknowledged before each backup began. */
  readonly before: readonly Acknowledged[];
  /** Acknowledged while it was written. */
  readonly meanwhile: readonly number[];
  readonly bytes: readonly number[];
  readonly tookMs: readonly number[];
  readonly violations: readonly string[];
}

interface Backup {
  readonly file: string;
  readonly books: Books;
}

export async function runBackups({ seed, backups, ends, port }: BackupPlan): Promise<BackupAccount> {
  const folder = mkdtempSync(join(tmpdir(), "perdure-backup-"));
  const account = { before: [], meanwhile: [], bytes: [], tookMs: [], violations: [] } as Mutable<BackupAccount>;
  try {
    const data = join(folder, "data");
    const server = await ServerProcess.start({ args: ["--port", String(port), "--data", data] });
    const load = new Load({ port, seed });
    const taken: Backup[] = [];
    for (let n = 1; n <= backups; n++) {
      while (load.books.acknowledged.workflowCompletions < n * ends) await pause(LOOK_MS);
      const books = load.books.copy();
      const file = join(folder, `backup-${n}.db`);
      const begun = performance.now();
      account.violations.push(...(await program("backup", "--data", data, "--to", file)));
      account.tookMs.push(performance.now() - begun);
      account.before.push(books.acknowledged);
      account.meanwhile.push(load.books.acknowledged.workflowTasks - books.acknowledged.workflowTasks);
      account.bytes.push(statSync(file).size);
      taken.push({ file, books });
    }
    load.close();
    await server.kill();
    for (const backup of taken) account.violations.push(...(await restored(backup, { port: port + 1, seed })));
    return account;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] extends readonly (infer E)[] ? E[] : T[K] };

async function restored({ file, books }: Backup, { port, seed }: { port: number; seed: number }): Promise<string[]> {
  const data = `${file}.restored`;
  const faults = [
    ...(await program("restore", "--from", file, "--data", data)),
    ...(await program("check", "--data", data)),
  ];
  const server = await ServerProcess.start({ args: ["--port", String(port), "--data", data] });
  const load = new Load({ port, seed: seed + 1, clients: 0, books });
  try {
    const { violations } = await load.settle(SETTLE_MS_MAX);
    // Heartbeats that were sent between the copy of the books and the backup are in the one and not in the other.
    faults.push(...violations.filter((violation) => !violation.includes(" is told of heartbeat ")));
  } finally {
    load.close();
    await server.stop();
  }
  faults.push(...(await program("check", "--data", data)));
  return faults;
}

/** `perdure store …` as a process of its own; what it says when it does not end well. */
async function program(...args: string[]): Promise<string[]> {
  const child = spawn(process.execPath, [PROGRAM, "store", ...args], { stdio: ["ignore", "pipe", "pipe"] });
  let said = "";
  child.stdout.on("data", (data: Buffer) => (said += data.toString()));
  child.stderr.on("data", (data: Buffer) => (said += data.toString()));
  const code = await new Promise((resolve) => child.on("close", resolve));
  return code === 0 ? [] : [`store ${args.join(" ")} ended with ${String(code)}: ${said}`];
}
