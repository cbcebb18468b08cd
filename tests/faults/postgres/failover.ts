/**
 * The primary dies under load and its synchronous standby is promoted, over and over; the server finds it by itself, as its
 * address names both. Nothing acknowledged may be missing.
 */
import { seededRandom } from "../../../base/index.ts";
import { openPostgresStore } from "../../../server/store/index.ts";
import type { Acknowledged } from "../harness/books.ts";
import { pause } from "../harness/connection.ts";
import { Load } from "../harness/load.ts";
import { PostgresProcess } from "../harness/postgres-process.ts";
import { checkMeteringIn } from "../harness/read-runs.ts";
import { ServerProcess } from "../harness/server-process.ts";

/** Commits wait until the standby, which calls itself so, has them in its log. */
const SYNCHRONOUS = ["synchronous_standby_names=standby"];
const LIFE_MS_MAX = 2_000;
const SETTLE_MS_MAX = 120_000;

export interface FailoverPlan {
  readonly seed: number;
  readonly count: number;
  readonly port: number;
  /** The first of two. */
  readonly postgresPort: number;
}

export interface FailoverAccount {
  readonly acknowledged: Acknowledged;
  readonly runs: number;
  /** From the kill of the primary to the first write on the promoted standby that was acknowledged. */
  readonly awayMs: readonly number[];
  readonly complaints: readonly string[];
  readonly violations: readonly string[];
}

export async function runFailovers({ seed, count, port, postgresPort }: FailoverPlan): Promise<FailoverAccount> {
  const random = seededRandom(seed);
  let primary = await PostgresProcess.create(postgresPort, SYNCHRONOUS);
  let standby = await PostgresProcess.createStandby(primary, postgresPort + 1, SYNCHRONOUS);
  const url = `postgres://postgres@127.0.0.1:${postgresPort},127.0.0.1:${postgresPort + 1}/postgres`;
  const server = new ServerProcess({ args: ["--port", String(port), "--store", url] });
  let load: Load | undefined;
  try {
    if (!(await server.serves)) throw new Error(`the server did not start: ${server.stderr}`);
    load = new Load({ port, seed });
    const awayMs: number[] = [];
    for (let done = 0; done < count; done++) {
      await pause(random.next() * LIFE_MS_MAX);
      const begun = performance.now();
      await primary.kill();
      await standby.promote();
      const { port: free } = primary;
      await primary.remove();
      primary = standby;
      standby = await PostgresProcess.createStandby(primary, free, SYNCHRONOUS);
      const update = { namespace: "default", updateInfo: { description: `failover ${done}` } };
      await load.connection.insist("updateNamespace", update);
      awayMs.push(performance.now() - begun);
    }
    const { runs, violations } = await load.settle(SETTLE_MS_MAX);
    load.close();
    const { code, stderr } = await server.stop();
    if (code !== 0) violations.push(`the server ended with ${code}`);
    violations.push(...(await checkMeteringIn(await openPostgresStore({ url }), runs)));
    const complaints = stderr.split("\n").filter((line) => /lost acknowledged|damaged|contradicts/.test(line));
    return { acknowledged: load.books.acknowledged, runs: runs.length, awayMs, complaints, violations };
  } finally {
    load?.close();
    await server.kill();
    await standby.remove();
    await primary.remove();
  }
}
