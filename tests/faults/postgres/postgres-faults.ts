/**
 * Does something bad to PostgreSQL, to the way there or to the server, over and over while clients and workers use it, and
 * checks at the end that nothing that was acknowledged is missing, that nothing is there twice, and that every workflow
 * has ended as its script says.
 */
import { seededRandom } from "../../../base/index.ts";
import type { Random } from "../../../base/index.ts";
import { openPostgresStore } from "../../../server/store/index.ts";
import type { Acknowledged } from "../harness/books.ts";
import { Connection, pause } from "../harness/connection.ts";
import { Load } from "../harness/load.ts";
import { PostgresProcess } from "../harness/postgres-process.ts";
import { checkMeteringIn } from "../harness/read-runs.ts";
import { ServerProcess } from "../harness/server-process.ts";
import { SmallDisk } from "../harness/small-disk.ts";
import { TcpProxy } from "../harness/tcp-proxy.ts";

export const FAULTS = [
  "kill-postgres",
  "kill-server",
  "kill-both",
  "restart-postgres",
  "pause-postgres",
  "cut",
  "full-tablespace",
] as const;
export type Fault = (typeof FAULTS)[number];

export interface FaultsPlan {
  /** One of them each time. */
  readonly faults: readonly Fault[];
  readonly seed: number;
  readonly count: number;
  /** Of the server; PostgreSQL takes `postgresPort`, the proxy the port behind it. */
  readonly port: number;
  readonly postgresPort: number;
  readonly report?: (progress: { readonly done: number; readonly acknowledged: Acknowledged }) => void;
}

export interface FaultsAccount {
  readonly acknowledged: Acknowledged;
  readonly runs: number;
  readonly events: number;
  /** From the end of a fault to the first answered write; ascending. */
  readonly awayMs: readonly number[];
  /** What the server wrote to its standard error, each message once. */
  readonly complaints: readonly string[];
  readonly violations: readonly string[];
}

const LIFE_MS_MAX = 900;
const SETTLE_MS_MAX = 120_000;
/** Short ones, in which commits only wait, and some beyond the store's patience. */
const PAUSE_MS_MAX = 2_000;
const LONG_PAUSE_MS = 12_000;
const LONG_PAUSE_CHANCE = 0.1;
const DOWN_MS_MAX = 300;
/** Room for the tables of all runs, so that only the ballast fills it. */
const TABLES_MB = 96;
const FULL_MS_MAX = 3_000;

export async function runPostgresFaults(plan: FaultsPlan): Promise<FaultsAccount> {
  const scene = await Scene.open(plan);
  const load = new Load({ port: plan.port, seed: plan.seed });
  const awayMs: number[] = [];
  try {
    for (let done = 1; done <= plan.count; done++) {
      await pause(scene.random.next() * LIFE_MS_MAX);
      const fault = plan.faults[Math.floor(scene.random.next() * plan.faults.length)] as Fault;
      await scene.strike(fault);
      const begun = performance.now();
      await scene.write();
      awayMs.push(performance.now() - begun);
      plan.report?.({ done, acknowledged: load.books.acknowledged });
    }
    const { runs, violations } = await load.settle(SETTLE_MS_MAX);
    const { acknowledged } = load.books;
    load.close();
    violations.push(...(await scene.stopServer()));
    violations.push(...(await checkMeteringIn(await openPostgresStore({ url: scene.postgres.url }), runs)));
    const events = runs.reduce((sum, run) => sum + run.events.length, 0);
    awayMs.sort((a, b) => a - b);
    return { acknowledged, runs: runs.length, events, awayMs, complaints: [...scene.complaints], violations };
  } finally {
    load.close();
    await scene.close();
  }
}

class Scene {
  readonly random: Random;
  readonly postgres: PostgresProcess;
  readonly complaints = new Set<string>();
  readonly #proxy: TcpProxy;
  /** Of the tables, where they are to meet a full disk. */
  readonly #disk: SmallDisk | undefined;
  readonly #launch: () => ServerProcess;
  readonly #prober: Connection;
  #server: ServerProcess;

  private constructor(
    plan: FaultsPlan,
    { postgres, proxy, disk }: { postgres: PostgresProcess; proxy: TcpProxy; disk: SmallDisk | undefined },
  ) {
    this.random = seededRandom(plan.seed);
    this.postgres = postgres;
    this.#proxy = proxy;
    this.#disk = disk;
    const url = postgres.url.replace(`:${plan.postgresPort}/`, `:${plan.postgresPort + 1}/`);
    this.#launch = () => new ServerProcess({ args: ["--port", String(plan.port), "--store", url] });
    this.#prober = new Connection(plan.port);
    this.#server = this.#launch();
  }

  static async open(plan: FaultsPlan): Promise<Scene> {
    const disk = plan.faults.includes("full-tablespace") ? SmallDisk.mount(TABLES_MB) : undefined;
    const postgres = await PostgresProcess.create(plan.postgresPort);
    try {
      if (disk !== undefined) await postgres.placeTables(disk.path);
      const proxy = await TcpProxy.open(plan.postgresPort + 1, plan.postgresPort);
      const scene = new Scene(plan, { postgres, proxy, disk });
      await scene.#serving();
      return scene;
    } catch (error) {
      await postgres.remove();
      disk?.[Symbol.dispose]();
      throw error;
    }
  }

  /** Is over when what was hit runs again. */
  async strike(fault: Fault): Promise<void> {
    switch (fault) {
      case "kill-postgres":
        await this.postgres.kill();
        await this.postgres.start();
        return;
      case "restart-postgres":
        await this.postgres.stop(this.random.next() < 0.5 ? "fast" : "immediate");
        await this.postgres.start();
        return;
      case "kill-server":
        await this.#killServer();
        await this.#serving();
        return;
      case "kill-both":
        await this.postgres.kill();
        await this.#killServer();
        await this.postgres.start();
        await this.#serving();
        return;
      case "pause-postgres": {
        this.postgres.pause();
        const isLong = this.random.next() < LONG_PAUSE_CHANCE;
        await pause(isLong ? LONG_PAUSE_MS : this.random.next() * PAUSE_MS_MAX);
        this.postgres.resume();
        return;
      }
      case "cut":
        this.#proxy.isDown = this.random.next() < 0.5;
        this.#proxy.cut();
        if (this.#proxy.isDown) await pause(this.random.next() * DOWN_MS_MAX);
        this.#proxy.isDown = false;
        return;
      case "full-tablespace":
        if (this.#disk === undefined) throw new Error("a full tablespace takes the right to mount a tmpfs");
        this.#disk.fill(0);
        await pause(this.random.next() * FULL_MS_MAX);
        this.#disk.relieve();
    }
  }

  /** A write that changes nothing, repeated until it is acknowledged. */
  async write(): Promise<void> {
    await this.#prober.insist("updateNamespace", { namespace: "default", updateInfo: { description: "probed" } });
  }

  async stopServer(): Promise<string[]> {
    const { code, stderr } = await this.#server.stop();
    this.#note(stderr);
    return code === 0 ? [] : [`the server ended with ${code}`];
  }

  async close(): Promise<void> {
    this.#prober.close();
    await this.#server.kill();
    await this.#proxy[Symbol.asyncDispose]();
    await this.postgres.remove();
    this.#disk?.[Symbol.dispose]();
  }

  async #killServer(): Promise<void> {
    await this.#server.kill();
    this.#note(this.#server.stderr);
    this.#server = this.#launch();
  }

  async #serving(): Promise<void> {
    while (!(await this.#server.serves)) {
      // It was started before the database was there, as an operator's supervisor does.
      const { stderr } = await this.#server.exited;
      this.#note(stderr);
      if (!/cannot be reached|is starting|connection/.test(stderr))
        throw new Error(`the server did not start: ${stderr}`);
      this.#server = this.#launch();
    }
  }

  /** Without what differs each time. */
  #note(stderr: string): void {
    for (const line of stderr.split("\n")) {
      if (line !== "") this.complaints.add(line.replace(/^\S+ /, "").replaceAll(/\d+/g, "#"));
    }
  }
}
