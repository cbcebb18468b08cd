/**
 * Kills a server over and over while clients and workers use it, and checks at the end that nothing that was acknowledged
 * is missing, that nothing is there twice, and that every workflow has ended as its script says.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { seededRandom } from "../../../base/index.ts";
import type { Acknowledged } from "../harness/books.ts";
import { Connection, pause } from "../harness/connection.ts";
import { Load } from "../harness/load.ts";
import { checkMetering } from "../harness/read-runs.ts";
import { ServerProcess } from "../harness/server-process.ts";

/** A server lives up to this long before it is killed; one in ten dies while it starts. */
const LIFE_MS_MAX = 700;
const START_MS_MAX = 250;
const SETTLE_MS_MAX = 60_000;

export interface KillPlan {
  readonly seed: number;
  readonly kills: number;
  readonly port: number;
  readonly report?: (progress: { readonly kills: number; readonly acknowledged: Acknowledged }) => void;
}

export interface KillAccount {
  readonly kills: number;
  readonly acknowledged: Acknowledged;
  readonly runs: number;
  readonly events: number;
  /** From SIGKILL to the first answered call, of the servers that lived to give one; ascending. */
  readonly awayMs: readonly number[];
  /** What servers wrote to their standard error, each line once. */
  readonly complaints: readonly string[];
  readonly violations: readonly string[];
}

export async function runKills({ seed, kills, port, report }: KillPlan): Promise<KillAccount> {
  const folder = mkdtempSync(join(tmpdir(), "perdure-kill-"));
  const random = seededRandom(seed);
  const complaints = new Set<string>();
  const awayMs: number[] = [];
  const launch = (): ServerProcess => new ServerProcess({ args: ["--port", String(port), "--data", folder] });
  let server = launch();
  const prober = new Connection(port);
  let killedAt: number | undefined;
  const probe = async (): Promise<void> => {
    const isWaiting = killedAt !== undefined; // Else one is on its way, which a kill in the start has made wait longer.
    killedAt = performance.now();
    if (isWaiting) return;
    await prober.insist("describeNamespace", { namespace: "default" });
    awayMs.push(performance.now() - killedAt);
    killedAt = undefined;
  };
  await server.serves;
  const load = new Load({ port, seed });
  try {
    for (let kill = 1; kill <= kills; kill++) {
      const diesInStart = random.next() < 0.1;
      if (!diesInStart && !(await server.serves)) throw new Error(`the server did not start again: ${server.stderr}`);
      await pause(random.next() * (diesInStart ? START_MS_MAX : LIFE_MS_MAX));
      const dead = server.kill();
      probe().catch(() => undefined); // Ends with the run.
      await dead;
      for (const line of server.stderr.split("\n")) if (line !== "") complaints.add(line);
      server = launch();
      report?.({ kills: kill, acknowledged: load.books.acknowledged });
    }
    if (!(await server.serves)) throw new Error(`the server did not start again: ${server.stderr}`);
    const { runs, violations } = await load.settle(SETTLE_MS_MAX);
    load.close();
    const { code, stderr } = await server.stop();
    for (const line of stderr.split("\n")) if (line !== "") complaints.add(line);
    if (code !== 0) violations.push(`the last server ended with ${code}`);
    violations.push(...(await checkMetering(folder, runs)));
    const events = runs.reduce((sum, run) => sum + run.events.length, 0);
    awayMs.sort((a, b) => a - b);
    return {
      kills,
      acknowledged: load.books.acknowledged,
      runs: runs.length,
      events,
      awayMs,
      complaints: [...complaints],
      violations,
    };
  } finally {
    prober.close();
    load.close();
    await server.kill();
    rmSync(folder, { recursive: true, force: true });
  }
}
