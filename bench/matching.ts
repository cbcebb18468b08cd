/**
 * Matching alone: `node --expose-gc bench/matching.ts`. Times are CPU of the process, best of several rounds, because
 * the machine's other work only makes a round slower; memory is what is left after a full collection.
 */
import { silentLog, systemClock, systemTimers } from "../base/index.ts";
import { createMatching } from "../server/matching/index.ts";
import type { Matching, PollCall, QueuedTask, SpillStore, TaskQueueId } from "../server/matching/index.ts";
import type { SpilledTask } from "../server/store/store.ts";

const ROUNDS = 5;
const collect = (globalThis as { gc?: () => void }).gc;
if (collect === undefined) throw new Error("run with node --expose-gc");

const QUEUE: TaskQueueId = { namespace: 1, type: "activity", name: "orders" };
const POLL_MS = 600_000;

/** Pages in the bench's own memory, outside the V8 heap. */
class Shelf implements SpillStore {
  readonly #pages = new Map<string, SpilledTask>();

  get bytes(): number {
    return Array.from(this.#pages.values()).reduce((sum, page) => sum + page.blob.length, 0);
  }

  spillTasks(tasks: readonly SpilledTask[]): Promise<void> {
    for (const task of tasks) this.#pages.set(task.queue, task);
    return Promise.resolve();
  }

  takeSpilledTasks(queue: string): Promise<readonly SpilledTask[]> {
    const page = this.#pages.get(queue);
    this.#pages.delete(queue);
    return Promise.resolve(page === undefined ? [] : [page]);
  }
}

function open(tasksInMemoryMax?: number): { matching: Matching; shelf: Shelf } {
  const shelf = new Shelf();
  const spill = { store: shelf, tasksInMemoryMax };
  return { matching: createMatching({ clock: systemClock, timers: systemTimers, log: silentLog, spill }), shelf };
}

function taskOf(id: number): QueuedTask {
  return { slot: id & 4095, id: 2 ** 33 + id, taskId: 5, stamp: 1, priority: 3, scheduledAt: 1_800_000_000_000 + id };
}

function newCall(): PollCall {
  return { cancelled: false, onCancel: () => {} };
}

function park(matching: Matching, queue: TaskQueueId): Promise<QueuedTask | undefined> {
  const since = systemClock.now();
  const expiresAt = since + POLL_MS;
  return matching.poll({ queue, identity: "12345@worker-7f9c6b5d4", workerKey: "", since, expiresAt, call: newCall() });
}

async function usedBytes(): Promise<number> {
  await new Promise((resolve) => systemTimers.immediate(() => resolve(undefined)));
  collect?.();
  collect?.();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

async function time(name: string, count: number, round: () => Promise<number | void>): Promise<void> {
  let best = Infinity;
  for (let i = 0; i < ROUNDS; i++) {
    collect?.();
    const before = process.cpuUsage();
    await round();
    const { user, system } = process.cpuUsage(before);
    best = Math.min(best, (user + system) / count);
  }
  console.log(`${name.padEnd(58)} ${best.toFixed(2)} µs  (${Math.round(1e6 / best).toLocaleString("en")}/s)`);
}

function report(name: string, bytes: number, count: number): void {
  const mb = (bytes / 2 ** 20).toFixed(1);
  console.log(`${name.padEnd(58)} ${Math.round(bytes / count)} bytes  (${mb} MB for ${count.toLocaleString("en")})`);
}

async function times(): Promise<void> {
  const count = 200_000;
  await time("poll parks, a task comes, the poll is answered", count, async () => {
    const { matching } = open();
    for (let i = 0; i < count; i++) {
      const answer = park(matching, QUEUE);
      matching.add(QUEUE, taskOf(i));
      await answer;
    }
    await matching.close();
  });
  await time("the same over 1,000 queues with 10,000 parked polls", count, async () => {
    const { matching } = open();
    const queues = Array.from({ length: 1_000 }, (_, i) => ({ ...QUEUE, name: `queue-${i}` }));
    for (let i = 0; i < 10_000; i++) void park(matching, queues[i % 1_000] as TaskQueueId);
    for (let i = 0; i < count; i++) {
      matching.add(queues[(i * 7) % 1_000] as TaskQueueId, taskOf(i));
      void park(matching, queues[(i * 7) % 1_000] as TaskQueueId);
    }
    await matching.close();
  });
  await time("a task waits, a poll takes it (no other waits)", count, async () => {
    const { matching } = open();
    for (let i = 0; i < count; i++) {
      matching.add(QUEUE, taskOf(i));
      await park(matching, QUEUE);
    }
    await matching.close();
  });
  await time("a task waits, a poll takes it (backlog of 100,000)", count, async () => {
    const { matching } = open();
    for (let i = 0; i < 100_000; i++) matching.add(QUEUE, taskOf(i));
    for (let i = 100_000; i < 100_000 + count; i++) {
      matching.add(QUEUE, taskOf(i));
      await park(matching, QUEUE);
    }
    await matching.close();
  });
  await time("1,000,000 tasks in, 1,000,000 out, 250,000 in memory", 1_000_000, async () => {
    const { matching } = open();
    for (let i = 0; i < 1_000_000; i++) {
      matching.add(QUEUE, taskOf(i));
      if (i % 100 === 0) await undefined;
    }
    for (let i = 0; i < 1_000_000; i++) {
      const task = await park(matching, QUEUE);
      if (task?.id !== 2 ** 33 + i) throw new Error(`task ${i} is out of order`);
    }
    await matching.close();
  });
}

async function bytesPerPoll(): Promise<void> {
  const { matching } = open();
  const before = await usedBytes();
  for (let i = 0; i < 50_000; i++) void park(matching, QUEUE);
  report("a parked poll, with its promise and the bench's call", (await usedBytes()) - before, 50_000);
  await matching.close();
}

async function bytesPerTask(name: string, tasksInMemoryMax: number | undefined): Promise<void> {
  const { matching, shelf } = open(tasksInMemoryMax);
  const before = await usedBytes();
  for (let i = 0; i < 1_000_000; i++) {
    matching.add(QUEUE, taskOf(i));
    if (i % 100 === 0) await undefined;
  }
  report(name, (await usedBytes()) - before - shelf.bytes, 1_000_000);
  await matching.close();
}

async function bytesPerQueue(): Promise<void> {
  const { matching } = open();
  const before = await usedBytes();
  for (let i = 0; i < 100_000; i++) {
    const queue = { ...QUEUE, name: `queue-${i}` };
    matching.add(queue, taskOf(i));
    await park(matching, queue);
  }
  report("an idle queue that has had a task and a poller", (await usedBytes()) - before, 100_000);
  await matching.close();
}

/** A key that comes last, by a worker that takes one task after the other: how many go before it, and how long that takes. */
async function newKey(): Promise<void> {
  const rounds = Array.from({ length: 101 }, (_, i) => i);
  for (const others of [1, 50]) {
    const { matching } = open();
    let id = 0;
    const add = (fairnessKey: string): void => matching.add(QUEUE, { ...taskOf(id++), fairnessKey });
    for (let i = 0; i < 100_000; i++) add("key 0");
    for (let key = 1; key < 1_000; key++) for (let i = 0; i < others; i++) add(`key ${key}`);
    for (let i = 0; i < 1_000; i++) await park(matching, QUEUE);
    const before: number[] = [];
    const micros: number[] = [];
    for (const round of rounds) {
      const startedAt = process.hrtime.bigint();
      add(`new ${round}`);
      let count = 0;
      while ((await park(matching, QUEUE))?.fairnessKey !== `new ${round}`) count++;
      micros.push(Number(process.hrtime.bigint() - startedAt) / 1_000);
      before.push(count);
    }
    const middle = (values: number[]): number => values.toSorted((a, b) => a - b)[rounds.length >> 1] as number;
    const name = `1,000 keys, one with 100,000 tasks, ${others} in each other: a new key`;
    console.log(
      `${name}: ${middle(before)} tasks before it (at most ${Math.max(...before)}), ${middle(micros).toFixed(0)} µs`,
    );
    await matching.close();
  }
}

async function fairTimes(): Promise<void> {
  const count = 200_000;
  await time("a task waits, a poll takes it (1,000 keys wait)", count, async () => {
    const { matching } = open();
    const add = (i: number): void => matching.add(QUEUE, { ...taskOf(i), fairnessKey: `key ${i % 1_000}` });
    for (let i = 0; i < 100_000; i++) add(i);
    for (let i = 100_000; i < 100_000 + count; i++) {
      add(i);
      await park(matching, QUEUE);
    }
    await matching.close();
  });
}

await times();
await fairTimes();
await newKey();
await bytesPerPoll();
await bytesPerTask("a waiting task, without spilling", Infinity);
await bytesPerTask("a waiting task, spilled beyond 250,000", undefined);
await bytesPerQueue();
