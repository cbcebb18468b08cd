/**
 * A server in a process of its own, on a data folder that is gone afterwards. Its CPU is that of all its threads, user
 * and system, from the kernel's own account: what else the machine does makes a run slower, not the figure much larger.
 */
import { fork } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { MemoryReport, ServeMessage } from "./serve.ts";

export type StoreName = "memory" | "inline" | "thread" | "postgres";

export interface ServerProcess extends AsyncDisposable {
  readonly port: number;
  readonly pid: number;
  readonly folder: string;
  /** Of all threads since the start. */
  cpuMs(): number;
  residentMiB(): number;
  /** Asks the process itself; `collect` collects garbage first. */
  memory(how: "memory" | "collect"): Promise<MemoryReport>;
  diskBytes(): number;
  stop(): Promise<void>;
  kill(): Promise<void>;
}

/** Of all threads that live, to the nanosecond; those of a server live as long as it does. */
export function cpuMsOf(pid: number): number {
  const threads = `/proc/${pid}/task`;
  let nanos = 0;
  for (const thread of readdirSync(threads)) {
    nanos += Number(readFileSync(`${threads}/${thread}/schedstat`, "utf8").split(" ")[0]);
  }
  return nanos / 1e6;
}

export function residentMiBOf(pid: number): number {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]) / 1024;
}

export function newFolder(): string {
  return mkdtempSync(path.join(tmpdir(), "perdure-bench-"));
}

export interface ServerProcessOptions {
  readonly store: StoreName;
  /** An existing data folder; it stays. Without one, a new folder that is gone with the server. */
  readonly folder?: string;
  /** For `postgres`. */
  readonly url?: string;
  /** Keys of dynamic config. */
  readonly config?: Readonly<Record<string, string | number>>;
  /** Where V8 writes its CPU profiles when the server stops. */
  readonly profileFolder?: string;
}

export async function startServerProcess(options: ServerProcessOptions): Promise<ServerProcess> {
  const folder = options.folder ?? newFolder();
  const profile = options.profileFolder;
  const execArgv = ["--expose-gc", ...(profile === undefined ? [] : ["--cpu-prof", `--cpu-prof-dir=${profile}`])];
  const where = options.store === "memory" ? "memory" : (options.url ?? folder);
  const config = JSON.stringify(options.config ?? {});
  const child = fork(path.join(import.meta.dirname, "serve.ts"), [where, options.store, config], { execArgv });
  const first = (await Promise.race([once(child, "message"), once(child, "exit")]))[0] as ServeMessage | number;
  if (typeof first === "number" || first?.kind !== "serving") throw new Error("the server did not start");
  const pid = child.pid as number;
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    await endChild(child, signal);
    if (options.folder === undefined) rmSync(folder, { recursive: true, force: true });
  };
  return {
    port: first.port,
    pid,
    folder,
    cpuMs: () => cpuMsOf(pid),
    residentMiB: () => residentMiBOf(pid),
    memory: async (how) => {
      const answer = once(child, "message");
      child.send(how);
      return (await answer)[0] as MemoryReport;
    },
    diskBytes: () => readdirSync(folder).reduce((sum, name) => sum + statSync(path.join(folder, name)).size, 0),
    // An interrupt lets V8 write its profile.
    stop: () => end("SIGINT"),
    kill: () => end("SIGKILL"),
    [Symbol.asyncDispose]: () => end("SIGINT"),
  };
}

async function endChild(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = once(child, "exit");
  child.kill(signal);
  await exit;
}
