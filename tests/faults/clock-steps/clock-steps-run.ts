/** Steps the clock of a server under load, as an administrator or a bad time server does. */
import { mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Acknowledged } from "../harness/books.ts";
import { pause } from "../harness/connection.ts";
import { Load } from "../harness/load.ts";
import { checkMetering } from "../harness/read-runs.ts";
import { ServerProcess } from "../harness/server-process.ts";

const SETTLE_MS_MAX = 60_000;
const IDLE_MS = 2_000;
const CLOCK = new URL("./shifted-clock.ts", import.meta.url).href;

export interface ClockPlan {
  readonly seed: number;
  readonly port: number;
  /** Where the clock stands, against the true time, one after the other. The last must be the latest: a timer that was started ahead of it would wait. */
  readonly shiftsMs: readonly number[];
  /** How long it stands there. */
  readonly stepMs: number;
}

export interface ClockAccount {
  readonly acknowledged: Acknowledged;
  readonly runs: number;
  /** Workflows that ended within each step. */
  readonly endedPerStep: readonly number[];
  /** Share of one processor that the server used when nothing was left to do. */
  readonly idleCpu: number;
  readonly stderr: string;
  readonly violations: readonly string[];
}

export async function runClockSteps({ seed, port, shiftsMs, stepMs }: ClockPlan): Promise<ClockAccount> {
  const root = mkdtempSync(join(tmpdir(), "perdure-clock-"));
  const folder = join(root, "data");
  const file = join(root, "shift");
  const shiftTo = (ms: number): void => {
    writeFileSync(`${file}.new`, String(ms));
    renameSync(`${file}.new`, file); // A reader never sees half a number.
  };
  shiftTo(0);
  const env = { PERDURE_CLOCK_SHIFT_FILE: file };
  const server = await ServerProcess.start({
    args: ["--port", String(port), "--data", folder],
    preloaded: CLOCK,
    env,
  });
  const load = new Load({ port, seed, isClockSteady: false });
  const endedPerStep: number[] = [];
  try {
    for (const ms of shiftsMs) {
      shiftTo(ms);
      const before = load.books.completions.size;
      await pause(stepMs);
      endedPerStep.push(load.books.completions.size - before);
    }
    const { runs, violations } = await load.settle(SETTLE_MS_MAX);
    const { acknowledged } = load.books;
    const busyMs = server.cpuMs();
    await pause(IDLE_MS);
    const idleCpu = ((server.cpuMs() ?? 0) - (busyMs ?? 0)) / IDLE_MS;
    load.close();
    const { code, stderr } = await server.stop();
    if (code !== 0) violations.push(`the server ended with ${code}`);
    violations.push(...(await checkMetering(folder, runs)));
    return { acknowledged, runs: runs.length, endedPerStep, idleCpu, stderr, violations };
  } finally {
    load.close();
    await server.kill();
    rmSync(root, { recursive: true, force: true });
  }
}
