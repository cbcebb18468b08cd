import { execFileSync, spawn } from "node:child_process";
import { chmodSync, chownSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { postgresFolder } from "../../../tools/prepare/programs.ts";
import { pause } from "./connection.ts";

const OWNER = "postgres";

/** A PostgreSQL server of this test's own, which can be killed, paused and started again. */
export class PostgresProcess {
  readonly #home: string;
  readonly port: number;
  readonly #settings: readonly string[];

  private constructor(home: string, port: number, settings: readonly string[]) {
    this.#home = home;
    this.port = port;
    this.#settings = settings;
  }

  /** Makes a cluster in a folder of its own and starts it. */
  static async create(port: number, settings: readonly string[] = []): Promise<PostgresProcess> {
    const process = PostgresProcess.#homeFor(port, settings);
    const access = ["--auth-local=trust", "--auth-host=trust"];
    await process.#run("initdb", [
      "-D",
      process.data,
      "-U",
      OWNER,
      "-E",
      "UTF8",
      "--no-locale",
      "--no-sync",
      ...access,
    ]);
    await process.start();
    return process;
  }

  /** From now on new tables lie in this folder, of a disk of its own. */
  async placeTables(folder: string): Promise<void> {
    const place = join(folder, "tables");
    mkdirSync(place);
    giveToOwner(place);
    chmodSync(folder, 0o755);
    const statements = [
      `CREATE TABLESPACE small LOCATION '${place}'`,
      `ALTER ROLE ${OWNER} SET default_tablespace = small`,
    ];
    for (const sql of statements)
      await this.#run("psql", ["-h", this.#home, "-p", String(this.port), "-U", OWNER, "-d", "postgres", "-c", sql]);
  }

  /** A standby of a running server, as it is now; it follows from here on. */
  static async createStandby(
    of: PostgresProcess,
    port: number,
    settings: readonly string[] = [],
  ): Promise<PostgresProcess> {
    const standby = PostgresProcess.#homeFor(port, settings);
    const from = `host=127.0.0.1 port=${of.port} user=${OWNER} application_name=standby`;
    await standby.#run("pg_basebackup", [
      "-D",
      standby.data,
      "-R",
      "-X",
      "stream",
      "--checkpoint=fast",
      "--no-sync",
      "-d",
      from,
    ]);
    await standby.start();
    return standby;
  }

  static #homeFor(port: number, settings: readonly string[]): PostgresProcess {
    const home = mkdtempSync(join(tmpdir(), "perdure-postgres-"));
    giveToOwner(home);
    return new PostgresProcess(home, port, settings);
  }

  get data(): string {
    return join(this.#home, "data");
  }

  get url(): string {
    return `postgres://${OWNER}@127.0.0.1:${this.port}/postgres`;
  }

  async start(): Promise<void> {
    const given = ["listen_addresses=127.0.0.1", `port=${this.port}`, `unix_socket_directories=${this.#home}`];
    const flags = [...given, ...this.#settings].map((setting) => `-c ${setting}`).join(" ");
    await this.#run("pg_ctl", [
      "-D",
      this.data,
      "-w",
      "-t",
      "120",
      "-l",
      join(this.#home, "server.log"),
      "-o",
      flags,
      "start",
    ]);
  }

  /** As an operator does: sessions are ended, nothing needs recovery. */
  async stop(mode: "fast" | "immediate" = "fast"): Promise<void> {
    await this.#run("pg_ctl", ["-D", this.data, "-w", "-m", mode, "stop"]);
  }

  async promote(): Promise<void> {
    await this.#run("pg_ctl", ["-D", this.data, "-w", "promote"]);
  }

  /** SIGKILL to all of its processes. */
  async kill(): Promise<void> {
    const pids = this.#pids();
    for (const pid of pids) signal(pid, "SIGKILL");
    while (pids.some(isAlive)) await pause(5);
  }

  pause(): void {
    for (const pid of this.#pids()) signal(pid, "SIGSTOP");
  }

  resume(): void {
    for (const pid of this.#pids()) signal(pid, "SIGCONT");
  }

  async remove(): Promise<void> {
    this.resume();
    await this.kill();
    // A session that was just being made ends by itself when it finds the others gone.
    rmSync(this.#home, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 });
  }

  /** Of all processes, those that have ended in steps of 10 ms. */
  cpuMs(): number {
    const [postmaster, ...children] = this.#pids();
    if (postmaster === undefined) return 0;
    const ended = (statOf(postmaster) ?? []).slice(13, 15).reduce((sum, ticks) => sum + Number(ticks) * 10, 0);
    return [postmaster, ...children].reduce((sum, pid) => sum + (runningMsOf(pid) ?? 0), ended);
  }

  get log(): string {
    return readFileSync(join(this.#home, "server.log"), "utf8");
  }

  /** The postmaster, then its children. */
  #pids(): number[] {
    let postmaster: number;
    try {
      postmaster = Number.parseInt(readFileSync(join(this.data, "postmaster.pid"), "utf8"), 10);
    } catch {
      return []; // It does not run.
    }
    if (!isAlive(postmaster)) return [];
    const children = readdirSync("/proc").filter((name) => /^\d+$/.test(name) && parentOf(Number(name)) === postmaster);
    return [postmaster, ...children.map(Number)];
  }

  async #run(program: string, args: readonly string[]): Promise<void> {
    const path = join(postgresFolder() ?? "", program);
    const [run, all] = isRoot() ? (["runuser", ["-u", OWNER, "--", path, ...args]] as const) : ([path, args] as const);
    // Its standard streams would be kept open by the server that pg_ctl leaves behind.
    const child = spawn(run, all, { cwd: "/", stdio: "ignore" });
    const code = await new Promise<number | null>((resolve) => child.on("close", resolve));
    if (code !== 0) throw new Error(`${program} ended with ${code}: ${this.#lastLines()}`);
  }

  #lastLines(): string {
    try {
      return this.log.split("\n").slice(-5).join(" | ");
    } catch {
      return "there is no log";
    }
  }
}

/** PostgreSQL refuses to run as root. */
function giveToOwner(folder: string): void {
  if (!isRoot()) return;
  const [uid, gid] = ["-u", "-g"].map((which) => Number(execFileSync("id", [which, OWNER], { encoding: "utf8" })));
  chmodSync(folder, 0o755);
  chownSync(folder, uid as number, gid as number);
}

function isRoot(): boolean {
  return process.getuid?.() === 0;
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}

/** One that is dead but not yet waited for counts: PostgreSQL would take it for a running server. */
function isAlive(pid: number): boolean {
  return statOf(pid) !== undefined;
}

function parentOf(pid: number): number | undefined {
  const parent = statOf(pid)?.[1];
  return parent === undefined ? undefined : Number(parent);
}

function runningMsOf(pid: number): number | undefined {
  try {
    return Number(readFileSync(`/proc/${pid}/schedstat`, "utf8").split(" ")[0]) / 1e6;
  } catch {
    return undefined; // It has ended meanwhile.
  }
}

/** The fields behind the name, which may hold anything. */
function statOf(pid: number): string[] | undefined {
  try {
    return readFileSync(`/proc/${pid}/stat`, "utf8").split(") ").at(-1)?.split(" ");
  } catch {
    return undefined;
  }
}
