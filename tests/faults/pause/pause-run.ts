/** Stops a server's process for a while in the middle of its work, as a suspended machine does, and lets it go on. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Acknowledged } from "../harness/books.ts";
import { pause } from "../harness/connection.ts";
import { Load } from "../harness/load.ts";
import { checkMetering, latestTimer } from "../harness/read-runs.ts";
import { ServerProcess } from "../harness/server-process.ts";

const WORK_MS = 2_000;
const SETTLE_MS_MAX = 90_000;

export interface PausePlan {
  readonly seed: number;
  readonly port: number;
  /** How long each pause is. */
  readonly pausesMs: readonly number[];
}

export interface PauseAccount {
  readonly acknowledged: Acknowledged;
  readonly runs: number;
  /** From SIGCONT to the first answered call, one for each pause. */
  readonly answeredAfterMs: readonly number[];
  /** How much later than due a timer fired, at most. */
  readonly latestTimerMs: number;
  readonly stderr: string;
  readonly violations: readonly string[];
}

export async function runPauses({ seed, port, pausesMs }: PausePlan): Promise<PauseAccount> {
  const folder = mkdtempSync(join(tmpdir(), "perdure-pause-"));
  const server = await ServerProcess.start({ args: ["--port", String(port), "--data", folder] });
  const load = new Load({ port, seed });
  const answeredAfterMs: number[] = [];
  try {
    for (const ms of pausesMs) {
      await pause(WORK_MS);
      server.pause();
      await pause(ms);
      server.resume();
      const resumedAt = performance.now();
      await load.connection.insist("describeNamespace", { namespace: "default" });
      answeredAfterMs.push(performance.now() - resumedAt);
    }
    await pause(WORK_MS);
    const { runs, violations } = await load.settle(SETTLE_MS_MAX);
    const { acknowledged } = load.books;
    load.close();
    const { code, stderr } = await server.stop();
    if (code !== 0) violations.push(`the server ended with ${code}`);
    violations.push(...(await checkMetering(folder, runs)));
    return { acknowledged, runs: runs.length, answeredAfterMs, latestTimerMs: latestTimer(runs), stderr, violations };
  } finally {
    load.close();
    await server.kill();
    rmSync(folder, { recursive: true, force: true });
  }
}
