import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { fileURLToPath } from "node:url";
import { seededRandom } from "../../../base/index.ts";
import type { Random } from "../../../base/index.ts";
import { openSqliteStore } from "../../../server/store/index.ts";
import { checkStore } from "./numbered-batch.ts";
import { PowerLossDisk } from "./power-loss-disk.ts";
import { readLog } from "./write-log.ts";

export interface PowerLossOptions {
  readonly seed: number;
  readonly images: number;
  readonly batches: number;
  readonly mode: "thread" | "inline";
}

export interface PowerLossReport {
  readonly images: number;
  readonly calls: number;
  readonly acknowledgements: number;
  /** Images in which something unsynced was missing or torn, so that recovery had work to do. */
  readonly differing: number;
}

const STORE_FILES = new Set(["perdure.db", "perdure.db-wal", "perdure.db-journal"]);

/** Runs a workload under the shim and opens what each of `images` power failures would have left. */
export async function runPowerLoss(options: PowerLossOptions): Promise<PowerLossReport> {
  const root = mkdtempSync(join(tmpdir(), "perdure-power-"));
  try {
    const log = recordWorkload(root, options);
    return await checkImages(root, log, options);
  } finally {
    rmSync(root, { recursive: true });
  }
}

export function compileShim(root: string): string {
  const shim = join(root, "shim.so");
  const source = fileURLToPath(new URL("./shim.c", import.meta.url));
  const compiled = spawnSync("cc", [
    "-O1",
    "-shared",
    "-fPIC",
    "-Wall",
    "-Werror",
    "-o",
    shim,
    source,
    "-ldl",
    "-lpthread",
  ]);
  if (compiled.status !== 0) throw new Error(`cc failed: ${compiled.error?.message ?? compiled.stderr.toString()}`);
  return shim;
}

function recordWorkload(root: string, options: PowerLossOptions): Buffer {
  const folder = join(root, "data");
  const logFile = join(root, "calls.log");
  const script = fileURLToPath(new URL("./workload.ts", import.meta.url));
  const args = [script, folder, String(options.seed), String(options.batches), options.mode];
  const env = { ...process.env, LD_PRELOAD: compileShim(root), STORE_SHIM_FOLDER: folder, STORE_SHIM_LOG: logFile };
  const run = spawnSync(process.execPath, args, { env, stdio: ["ignore", "inherit", "pipe"] });
  if (run.status !== 0) throw new Error(`the workload failed: ${run.stderr.toString()}`);
  return readFileSync(logFile);
}

async function checkImages(root: string, log: Buffer, options: PowerLossOptions): Promise<PowerLossReport> {
  const random = seededRandom(options.seed);
  const calls = [...readLog(log)];
  const cuts = drawCuts(calls.length, options.images, random);
  const disk = new PowerLossDisk();
  const acknowledged = new Map<string, number>();
  let acknowledgements = 0;
  let differing = 0;
  let at = 0;
  for (const cut of cuts) {
    for (; at < cut; at++) {
      const call = calls[at] as (typeof calls)[number];
      if (STORE_FILES.has(call.file) || call.op === "syncFolder") disk.apply(call);
      else if (call.file === "acks" && call.op === "write") acknowledgements += noteAcks(acknowledged, call.data);
    }
    const image = disk.image(random);
    if (!disk.isWhole(image)) differing += 1;
    await checkImage(join(root, "image"), {
      image,
      acknowledged,
      random,
      what: `seed ${options.seed}, cut at call ${cut}`,
    });
  }
  return { images: cuts.length, calls: calls.length, acknowledgements, differing };
}

function drawCuts(calls: number, images: number, random: Random): number[] {
  return Array.from({ length: images }, () => Math.floor(random.next() * (calls + 1))).sort((a, b) => a - b);
}

function noteAcks(acknowledged: Map<string, number>, data: Uint8Array): number {
  const lines = Buffer.from(data).toString().trim().split("\n");
  for (const line of lines) {
    const [lane, epoch, batchNo] = line.split(" ");
    acknowledged.set(`${lane} ${epoch}`, Number(batchNo));
  }
  return lines.length;
}

interface Image {
  readonly image: ReadonlyMap<string, Uint8Array>;
  readonly acknowledged: ReadonlyMap<string, number>;
  readonly random: Random;
  readonly what: string;
}

const LANES = [0, 1];
const EPOCH_MAX = 5;

async function checkImage(folder: string, { image, acknowledged, random, what }: Image): Promise<void> {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder);
  for (const [file, content] of image) writeFileSync(join(folder, file), content);
  // The shared-memory index is never synced: after a power failure it holds anything.
  const noise = Buffer.from(Array.from({ length: 64 }, () => Math.floor(random.next() * 256)));
  if (image.has("perdure.db-wal")) writeFileSync(join(folder, "perdure.db-shm"), Buffer.alloc(32_768, noise));
  try {
    const store = await openSqliteStore({ folder, mode: "inline" });
    try {
      await checkStore(store, { acknowledged, lanes: LANES, epochMax: EPOCH_MAX });
    } finally {
      await store.close();
    }
    const database = new DatabaseSync(join(folder, "perdure.db"));
    const integrity = database.prepare("PRAGMA integrity_check").get()?.["integrity_check"];
    database.close();
    if (integrity !== "ok") throw new Error(`integrity check: ${String(integrity)}`);
  } catch (cause) {
    throw new Error(`power loss, ${what}: ${(cause as Error).message}`, { cause });
  }
}
