/**
 * What retention costs under load: two servers with the same load at the same time, of which one removes runs a second
 * after they closed. With the share of the time that it has by default, and with so much that it removes runs at the rate
 * at which they are made. Then the load ends, and the space comes back.
 * `npm run bench -- retention [--pairs 9] [--count 1000] [--inflight 100]`
 */
import { statSync } from "node:fs";
import path from "node:path";
import { DatabaseSync } from "node:sqlite";
import { parseArgs } from "node:util";
import { OneActivityLoad } from "./harness/one-activity-load.ts";
import { median, record, round } from "./harness/record.ts";
import { startServerProcess } from "./harness/server-process.ts";
import type { ServerProcess } from "./harness/server-process.ts";

const { values } = parseArgs({
  options: {
    pairs: { type: "string", default: "9" },
    count: { type: "string", default: "1000" },
    inflight: { type: "string", default: "100" },
  },
});
const [pairs, count, inFlight] = [Number(values.pairs), Number(values.count), Number(values.inflight)];
const REMOVES = { "perdure.retentionDefault": "1s", "perdure.retention.interval": "1s" };
const SHARES = [0.05, 0.5];
const MIB = 2 ** 20;
/** Space is given back within some seconds, or not at all. */
const LOOKS_MAX = 60;
const LOOKS_SAME = 6;

/** How many a server has, asked of its database: it has no part in it. */
class StoredRuns {
  readonly #file: string;
  readonly #database: DatabaseSync;

  constructor({ folder }: ServerProcess) {
    this.#file = path.join(folder, "perdure.db");
    this.#database = new DatabaseSync(this.#file, { readOnly: true });
  }

  get bytes(): number {
    return statSync(this.#file).size;
  }

  count(): number {
    return this.#database.prepare("SELECT count(*) AS runs FROM entity").get()?.["runs"] as number;
  }

  close(): void {
    this.#database.close();
  }
}

for (const share of SHARES) {
  await using keeping = await startServerProcess({ store: "thread" });
  await using removing = await startServerProcess({
    store: "thread",
    config: { ...REMOVES, "perdure.retention.share": share },
  });
  const runs = new StoredRuns(removing);
  const loads = [new OneActivityLoad(keeping), new OneActivityLoad(removing)] as const;
  const both = (each: number): Promise<number[]> =>
    Promise.all(loads.map((load) => load.run({ count: each, inFlight })));
  await both(1_000);
  const ratios: number[] = [];
  const added: number[] = [];
  const removed: number[] = [];
  for (let pair = 0; pair < pairs; pair++) {
    const before = runs.count();
    const [kept = 0, cost = 0] = await both(count);
    ratios.push(cost / kept);
    added.push(cost - kept);
    removed.push((before + count - runs.count()) / count);
  }
  for (const load of loads) load.stop();
  const bytes = bytesOf(removing);
  await untilEmpty(runs);
  const each = median(removed);
  record("retention", `retention under load, share ${share}`, {
    "CPU by that without retention, median (target 1.05)": round(median(ratios)),
    "of the pairs, sorted": ratios
      .sort((a, b) => a - b)
      .map((ratio) => ratio.toFixed(2))
      .join(" "),
    "removed for each that was made, median": round(each, 2),
    "CPU of removing one, ms": each === 0 ? "none was removed" : round(median(added) / each),
    "database at the end of the load, MiB": round(bytes / MIB, 1),
    "when all were removed, MiB": round(bytesOf(removing) / MIB, 1),
    "without retention, MiB": round(bytesOf(keeping) / MIB, 1),
  });
  runs.close();
}

/** All are removed, and for some seconds the file has not become smaller. */
async function untilEmpty(runs: StoredRuns): Promise<void> {
  let bytes = 0;
  let same = 0;
  for (let look = 0; look < LOOKS_MAX && same < LOOKS_SAME; look++) {
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    same = runs.count() === 0 && runs.bytes === bytes ? same + 1 : 0;
    bytes = runs.bytes;
  }
}

function bytesOf({ folder }: ServerProcess): number {
  return statSync(path.join(folder, "perdure.db")).size;
}
