import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const MAIN = fileURLToPath(new URL("../../../server/main.ts", import.meta.url));

export interface Launch {
  readonly args: readonly string[];
  /** URL of a module that the process and its threads load first; threads do not take the process's own options. */
  readonly preloaded?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** The user to run as; only root may choose. */
  readonly uid?: number | undefined;
}

export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** The server as users run it: a process of its own, which can be killed, paused and started again. */
export class ServerProcess {
  readonly #child: ChildProcess;
  #stdout = "";
  #stderr = "";
  /** Resolves when the process is gone, however it went. */
  readonly exited: Promise<Exit>;
  /** Resolves to true when it says that it serves, to false when it ends before. */
  readonly serves: Promise<boolean>;

  constructor({ args, preloaded, env = {}, uid }: Launch) {
    const child = spawn(process.execPath, [MAIN, ...args], {
      env: {
        ...process.env,
        ...env,
        ...(preloaded !== undefined && { NODE_OPTIONS: `${process.env["NODE_OPTIONS"] ?? ""} --import ${preloaded}` }),
      },
      stdio: ["ignore", "pipe", "pipe"],
      ...(uid === undefined ? {} : { uid, gid: uid }),
    });
    this.#child = child;
    const { promise, resolve } = Promise.withResolvers<boolean>();
    this.serves = promise;
    child.stdout.on("data", (data: Buffer) => {
      this.#stdout += data.toString();
      if (this.#stdout.includes(" serves on ")) resolve(true);
    });
    child.stderr.on("data", (data: Buffer) => (this.#stderr += data.toString()));
    this.exited = new Promise((settle) => {
      child.on("close", (code, signal) => {
        resolve(false);
        settle({ code, signal, stdout: this.#stdout, stderr: this.#stderr });
      });
    });
  }

  /** Starts a server that is expected to serve. */
  static async start(launch: Launch): Promise<ServerProcess> {
    const server = new ServerProcess(launch);
    if (await server.serves) return server;
    const { code, signal, stderr } = await server.exited;
    throw new Error(`the server ended with ${code ?? signal} instead of serving: ${stderr}`);
  }

  get stderr(): string {
    return this.#stderr;
  }

  get isRunning(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  async kill(): Promise<void> {
    this.#child.kill("SIGKILL");
    await this.exited;
  }

  stop(): Promise<Exit> {
    this.#child.kill("SIGTERM");
    return this.exited;
  }

  pause(): void {
    this.#child.kill("SIGSTOP");
  }

  resume(): void {
    this.#child.kill("SIGCONT");
  }

  /** CPU time used so far, by all threads; undefined where there is no /proc. */
  cpuMs(): number | undefined {
    try {
      const fields = readFileSync(`/proc/${this.#child.pid}/stat`, "utf8").split(") ").at(-1)?.split(" ") ?? [];
      return (Number(fields[11]) + Number(fields[12])) * 10; // In ticks of 1/100 s.
    } catch {
      return undefined;
    }
  }
}
