/** A store with runs in every state, as an earlier version wrote it (tests/upgrade), and what tests compare stores by. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { systemTimers } from "../../base/index.ts";
import type { BulkReader } from "../store/index.ts";
import type { Progress, Supervision } from "./progress.ts";

const STORED = new URL("../../tests/upgrade/fixtures/schema-0002.db.gz", import.meta.url);

/** Folders of one test file. */
export class Folders {
  readonly #root = mkdtempSync(join(tmpdir(), "perdure-upkeep-"));
  #count = 0;

  /** A name; nothing is there. */
  fresh(): string {
    return join(this.#root, String((this.#count += 1)));
  }

  /** The data folder of a server of schema 2. */
  stored(): string {
    const folder = this.fresh();
    mkdirSync(folder);
    writeFileSync(join(folder, "perdure.db"), gunzipSync(readFileSync(STORED)));
    return folder;
  }

  remove(): void {
    rmSync(this.#root, { recursive: true, force: true });
  }
}

/** Nobody watches, unless the test says what to do at each step. */
export function supervision(report: (progress: Progress, stop: () => void) => void = () => {}): Supervision {
  const stop = new AbortController();
  return { signal: stop.signal, timers: systemTimers, report: (progress) => report(progress, () => stop.abort()) };
}

/** Everything that a store holds, in a form that can be compared. */
export async function dump(reader: BulkReader): Promise<unknown> {
  const entities: unknown[] = [];
  for await (const entity of reader.entities(undefined)) entities.push(entity);
  const meta: unknown[] = [];
  for await (const row of reader.meta()) meta.push(row);
  const metering: unknown[] = [];
  for await (const row of reader.metering()) metering.push(row);
  return { entities, meta, metering, lanes: lastEpochs(await reader.lanes()) };
}

/** Allocators of ended epochs are not kept everywhere. */
function lastEpochs(lanes: Awaited<ReturnType<BulkReader["lanes"]>>): unknown {
  return lanes.map((row) =>
    lanes.some(({ lane, epoch }) => lane === row.lane && epoch > row.epoch) ? { ...row, nextId: 0 } : row,
  );
}
