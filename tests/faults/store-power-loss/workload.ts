/**
 * Run under the shim: `workload.ts FOLDER SEED BATCHES MODE`. Commits batches on two lanes, checkpoints and reopens now
 * and then, and writes each acknowledgement to FOLDER/acks, so that the shim's log has it in place.
 */
import { openSync, writeSync } from "node:fs";
import { join } from "node:path";
import { seededRandom } from "../../../base/index.ts";
import { openSqliteStore } from "../../../server/store/index.ts";
import type { Store } from "../../../server/store/index.ts";
import { batchFor } from "./numbered-batch.ts";

const LANES = [0, 1];
/** Small, so that the log is written back and begun anew many times. */
const WAL_PAGES_MAX = 60;

const [folder, seedText, batchesText, mode] = process.argv.slice(2) as [string, string, string, "thread" | "inline"];
const random = seededRandom(Number(seedText));
const batches = Number(batchesText);
const segments = 4;

let store = await open();
const acks = openSync(join(folder, "acks"), "w");
let nextId = 1;
for (let segment = 0; segment < segments; segment++) {
  await Promise.all(LANES.map((lane) => runLane(store, lane, Math.ceil(batches / segments / LANES.length))));
  await store.close();
  store = await open();
}
await store.close();

function open(): Promise<Store> {
  return openSqliteStore({ folder, mode, walPagesMax: WAL_PAGES_MAX });
}

async function runLane(on: Store, lane: number, count: number): Promise<void> {
  const { epoch } = await on.openLane({ lane, slotFrom: 0, slotTo: 4096 });
  for (let batchNo = 1; batchNo <= count; batchNo++) {
    const batch = batchFor({ lane, epoch, batchNo, random, takeId: () => nextId++ });
    const result = await on.commit({ lane, epoch, batchNo, batch: { ...batch, nextId: 2 ** 39 } });
    if (result.kind !== "committed")
      throw new Error(`batch ${batchNo} of lane ${lane}: ${result.kind}`, { cause: result });
    writeSync(acks, `${lane} ${epoch} ${batchNo}\n`);
  }
}
