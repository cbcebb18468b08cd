/** A program in a process of its own, which can be killed and started again. It says on its first line that it is ready. */
import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { openSync, readFileSync } from "node:fs";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import type { Readable } from "node:stream";
import { fileURLToPath } from "node:url";

export interface ProgramOptions {
  readonly file: URL;
  readonly args: readonly string[];
  /** Where its warnings go: those of a worker whose server was killed are many. */
  readonly log: string;
}

const running = new Set<ChildProcess>();
process.on("exit", () => running.forEach((child) => child.kill("SIGKILL")));

export class Program {
  readonly #options: ProgramOptions;
  #child: ChildProcess | undefined;

  constructor(options: ProgramOptions) {
    this.#options = options;
  }

  /** Resolves when the program is ready. */
  async start(): Promise<void> {
    const { file, args, log } = this.#options;
    const child = spawn(process.execPath, [fileURLToPath(file), ...args], {
      stdio: ["ignore", "pipe", openSync(log, "a")],
    });
    running.add(child);
    child.once("exit", () => running.delete(child));
    const exitedEarly = once(child, "exit").then(() => {
      throw new Error(`${fileURLToPath(file)} ended before it was ready; see ${log}`);
    });
    await Promise.race([once(child.stdout as Readable, "data"), exitedEarly]);
    exitedEarly.catch(() => {}); // Later on it may end: it is killed.
    this.#child = child;
  }

  /** SIGKILL: no goodbye, nothing flushed. */
  async kill(): Promise<void> {
    const child = this.#child;
    if (child === undefined) return;
    const exited = once(child, "exit");
    child.kill("SIGKILL");
    await exited;
    this.#child = undefined;
  }
}

/** The server: `perdure dev` on a folder, which it finds again when it comes back. */
export function serverProgram({ port, folder }: { port: number; folder: string }): Program {
  const manifest = new URL(import.meta.resolve("perdure/package.json"));
  const { bin } = JSON.parse(readFileSync(manifest, "utf8")) as { bin: { perdure: string } };
  return new Program({
    file: new URL(bin.perdure, manifest),
    args: ["dev", "--port", String(port), "--data", `${folder}/server`],
    log: `${folder}/server.log`,
  });
}

/** What is killed and comes back must be found where it was: its port is chosen beforehand. */
export async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0, "127.0.0.1"));
  await Promise.all(servers.map((server) => once(server, "listening")));
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  await Promise.all(servers.map((server) => once(server.close(), "close")));
  return ports;
}
