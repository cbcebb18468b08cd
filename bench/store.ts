/**
 * What a logical operation costs in the store: `node bench/store.ts [--mode inline|thread|memory] [--ops 40000] [--live 2000] [--folder DIR]`.
 * One operation = an entity update (600 B of state, a due time that moves) and one history blob (600 B).
 * CPU is that of the whole process, so of both threads.
 */
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import type { Batch, EntityKey, HistoryAppend, Store } from "../server/store/index.ts";
import { EMPTY_BATCH, openMemoryStore, openSqliteStore } from "../server/store/index.ts";

const { values: args } = parseArgs({
  options: {
    mode: { type: "string", default: "inline,thread,memory" },
    batch: { type: "string", default: "1,10,50,100,200" },
    ops: { type: "string", default: "30000" },
    live: { type: "string", default: "2000" },
    folder: { type: "string", default: tmpdir() },
    due: { type: "string", default: "moves" },
  },
});

const STATE_BYTES = 600;
const HISTORY_BYTES = 600;
/** A run's history nodes before it makes room for a new run, as in a one-activity workflow. */
const NODES_PER_RUN = 4;

interface LiveRun extends EntityKey {
  node: number;
}

async function measure(mode: string, size: number): Promise<void> {
  const folder = mkdtempSync(join(args.folder, "perdure-bench-"));
  const store =
    mode === "memory" ? openMemoryStore() : await openSqliteStore({ folder, mode: mode as "inline" | "thread" });
  const load = new Load(store);
  await load.start();
  const ops = size === 1 ? Number(args.ops) / 5 : Number(args.ops);
  await load.run(size, ops / 5);
  const latencies: number[] = [];
  const cpu = process.cpuUsage();
  const began = performance.now();
  await load.run(size, ops, latencies);
  const wallMs = performance.now() - began;
  const used = process.cpuUsage(cpu);
  latencies.sort((a, b) => a - b);
  const at = (share: number): string => (latencies[Math.floor(latencies.length * share)] ?? 0).toFixed(2);
  const wal = statSync(join(folder, "perdure.db-wal"), { throwIfNoEntry: false })?.size ?? 0;
  console.log(
    `${mode.padEnd(7)} batch ${String(size).padStart(4)}: ${Math.round((ops / wallMs) * 1000)
      .toString()
      .padStart(7)} ops/s ` +
      `${((used.user + used.system) / ops).toFixed(1).padStart(6)} CPU µs/op (${(used.system / ops).toFixed(1)} in the system) ` +
      `commit p50 ${at(0.5)} p99 ${at(0.99)} max ${at(1 - 1e-9)} ms, wal ${(wal / 2 ** 20).toFixed(0)} MiB`,
  );
  await store.close();
  rmSync(folder, { recursive: true });
}

class Load {
  readonly #store: Store;
  readonly #runs: LiveRun[] = [];
  #epoch = 0;
  #batchNo = 0;
  #nextId = 1;
  #at = 0;

  constructor(store: Store) {
    this.#store = store;
  }

  async start(): Promise<void> {
    this.#epoch = (await this.#store.openLane({ lane: 0, slotFrom: 0, slotTo: 4096 })).epoch;
    for (let i = 0; i < Number(args.live); i++) this.#runs.push({ slot: 0, id: 0, node: NODES_PER_RUN + 1 });
  }

  async run(size: number, ops: number, latencies?: number[]): Promise<void> {
    for (let done = 0; done < ops; done += size) {
      const batch = this.#batch(size);
      const began = performance.now();
      const request = { lane: 0, epoch: this.#epoch, batchNo: (this.#batchNo += 1), batch };
      const result = await this.#store.commit(request);
      latencies?.push(performance.now() - began);
      if (result.kind !== "committed") throw new Error(`commit answered ${result.kind}`, { cause: result });
    }
  }

  #batch(size: number): Batch {
    const creates: Batch["creates"][number][] = [];
    const updates: Batch["updates"][number][] = [];
    const history: HistoryAppend[] = [];
    for (let i = 0; i < size; i++) {
      const run = this.#runs[this.#at] as LiveRun;
      this.#at = (this.#at + 1) % this.#runs.length;
      const state = new Uint8Array(STATE_BYTES).fill(run.node);
      const dueAt = args.due === "moves" ? 1_700_000_000_000 + this.#batchNo : 1_700_000_000_000;
      if (run.node > NODES_PER_RUN) {
        Object.assign(run, { slot: (this.#nextId * 2_654_435_761) % 4096, id: this.#nextId++, node: 1 });
        const runId = `00000000-0000-4000-8000-${run.id.toString(16).padStart(12, "0")}`;
        creates.push({
          slot: run.slot,
          id: run.id,
          kind: 1,
          namespace: 1,
          businessId: `order-${runId}`,
          runId,
          state,
          dueAt,
        });
      } else updates.push({ slot: run.slot, id: run.id, state, dueAt });
      history.push({ slot: run.slot, id: run.id, node: run.node, blob: new Uint8Array(HISTORY_BYTES).fill(i) });
      run.node += 1;
    }
    return { ...EMPTY_BATCH, nextId: this.#nextId, creates, updates, history };
  }
}

for (const mode of args.mode.split(",")) {
  for (const size of args.batch.split(",").map(Number)) await measure(mode, size);
}
