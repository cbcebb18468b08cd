/** Kills the store's writer thread again and again in a server that lives on, under load. */
import { mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Acknowledged } from "../harness/books.ts";
import { pause } from "../harness/connection.ts";
import { Load } from "../harness/load.ts";
import { checkMetering } from "../harness/read-runs.ts";
import { ServerProcess } from "../harness/server-process.ts";

const WORK_MS = 400;
const SETTLE_MS_MAX = 60_000;
const DYING_WRITER = new URL("./dying-writer.ts", import.meta.url).href;

export interface WriterDeathPlan {
  readonly seed: number;
  readonly port: number;
  readonly deaths: number;
  readonly report?: (progress: { readonly deaths: number; readonly acknowledged: Acknowledged }) => void;
}

export interface WriterDeathAccount {
  readonly acknowledged: Acknowledged;
  readonly runs: number;
  /** From a thread's death to the first acknowledged start after it, one for each death; ascending. */
  readonly awayMs: readonly number[];
  /** The server's log, by line. */
  readonly log: readonly string[];
  readonly violations: readonly string[];
}

export async function runWriterDeaths({ seed, port, deaths, report }: WriterDeathPlan): Promise<WriterDeathAccount> {
  const root = mkdtempSync(join(tmpdir(), "perdure-writer-"));
  const folder = join(root, "data");
  const file = join(root, "deaths");
  const write = (number: number): void => {
    writeFileSync(`${file}.new`, String(number));
    renameSync(`${file}.new`, file); // A reader never sees half a number.
  };
  write(0);
  const server = await ServerProcess.start({
    args: ["--port", String(port), "--data", folder],
    preloaded: DYING_WRITER,
    env: { PERDURE_WRITER_DEATHS_FILE: file },
  });
  const load = new Load({ port, seed });
  const awayMs: number[] = [];
  const said = (text: string): number => server.stderr.split(text).length - 1;
  try {
    for (let death = 1; death <= deaths; death++) {
      await pause(WORK_MS);
      write(death);
      while (said("writer thread died") < death) await pause(2);
      const diedAt = performance.now();
      // A start from before the death may be acknowledged late, and a thread that does not run yet cannot die.
      while (said("writer thread runs again") < death) await pause(2);
      const { starts } = load.books.acknowledged;
      while (load.books.acknowledged.starts === starts) await pause(2);
      awayMs.push(performance.now() - diedAt);
      report?.({ deaths: death, acknowledged: load.books.acknowledged });
    }
    const { runs, violations } = await load.settle(SETTLE_MS_MAX);
    const { acknowledged } = load.books;
    load.close();
    const { code, stdout, stderr } = await server.stop();
    if (code !== 0) violations.push(`the server ended with ${code}`);
    violations.push(...(await checkMetering(folder, runs)));
    const log = `${stdout}${stderr}`.split("\n").filter((line) => line !== "");
    return { acknowledged, runs: runs.length, awayMs: awayMs.toSorted((a, b) => a - b), log, violations };
  } finally {
    load.close();
    await server.kill();
    rmSync(root, { recursive: true, force: true });
  }
}
