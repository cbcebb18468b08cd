/**
 * Keeps the waiting tasks of the whole process within a limit: pages of the largest keys' tails go to the store and
 * come back as their keys drain. A key is a queue's fairness key in one priority; most queues have one.
 *
 * 1. A page's rows leave memory only after the store has confirmed them; when it fails they return to the backlog.
 * 2. One write is under way at a time, of pages of many keys; one read per key.
 * 3. A page has a store queue of its own, so reading it needs no agreement on order with the store, and a page whose
 *    failed write was stored after all is never met again.
 * 4. A key keeps its first `floor` tasks in memory, so that memory is bounded by the limit plus `2 * floor` tasks per
 *    key: below that, what is remembered of a page would cost as much as its tasks.
 *
 * Nothing here outlives the process: history queues the tasks of its executions anew after a restart.
 */
import type { Log, TimerHandle, Timers } from "../../base/index.ts";
import type { Store } from "../store/store.ts";
import type { Page } from "./backlog.ts";
import type { KeyTasks } from "./key-tasks.ts";
import type { TaskQueue } from "./task-queue.ts";

/** 250,000 tasks × 56 bytes ≈ 14 MB. */
const TASKS_IN_MEMORY_MAX = 250_000;

/** 256 tasks × 56 bytes = 14 KiB per row of the store. */
const TASKS_PER_PAGE = 256;

/** Pause after the store failed. */
const RETRY_MS = 1_000;

/** Each write frees at least this part of the limit, so that the queues are looked through rarely. */
const FREED_PART = 1 / 16;

export type SpillStore = Pick<Store, "spillTasks" | "takeSpilledTasks">;

export interface SpillOptions {
  readonly store: SpillStore;
  /** TASKS_IN_MEMORY_MAX when absent. */
  readonly tasksInMemoryMax?: number | undefined;
  /** TASKS_PER_PAGE when absent; the simulation makes it small. */
  readonly tasksPerPage?: number | undefined;
}

export interface SpillerOptions {
  readonly spill: SpillOptions;
  readonly timers: Timers;
  readonly log: Log;
  /** Tasks of the queue became ready. */
  onReady(queue: TaskQueue): void;
}

interface CutPage {
  readonly key: KeyTasks;
  readonly page: Page;
}

export class Spiller {
  readonly #options: SpillerOptions;
  readonly #store: SpillStore;
  readonly #inMemoryMax: number;
  readonly #pageSize: number;
  readonly #floor: number;
  #inMemory = 0;
  /** Keys that had `2 * floor` tasks or more in memory since the last write. */
  readonly #large = new Set<KeyTasks>();
  /** Above this many tasks the keys are looked through. */
  #writeAbove: number;
  #isWriting = false;
  #nextPageId = 1;
  readonly #underWay = new Set<Promise<void>>();
  readonly #retries = new Set<TimerHandle>();
  #isClosed = false;

  constructor(options: SpillerOptions) {
    this.#options = options;
    this.#store = options.spill.store;
    this.#inMemoryMax = options.spill.tasksInMemoryMax ?? TASKS_IN_MEMORY_MAX;
    this.#pageSize = options.spill.tasksPerPage ?? TASKS_PER_PAGE;
    this.#floor = Math.max(1, this.#pageSize >> 3);
    this.#writeAbove = this.#inMemoryMax;
  }

  /** The key's backlog has one task more. */
  added(key: KeyTasks): void {
    this.#inMemory++;
    if (key.backlog.inMemory >= 2 * this.#floor) this.#large.add(key);
    if (this.#inMemory > this.#writeAbove) this.#write();
  }

  /** The key's backlog has one task less. */
  taken(key: KeyTasks): void {
    this.#inMemory--;
    if (key.backlog.inMemory === 0) this.#large.delete(key);
    this.#prefetch(key);
  }

  /** Fetches the key's first page, if there is one that the store has. */
  load(key: KeyTasks): void {
    if (key.isLoading || this.#isClosed) return;
    const page = key.backlog.firstPage;
    // A page on its way to the store is fetched when it has arrived there.
    if (page === undefined || page.rows !== undefined) return;
    key.isLoading = true;
    this.#track(this.#read(key, page));
  }

  /** Waits for reads and writes under way; starts no more. */
  async close(): Promise<void> {
    this.#isClosed = true;
    for (const retry of this.#retries) this.#options.timers.clear(retry);
    this.#retries.clear();
    while (this.#underWay.size > 0) await Promise.all(this.#underWay);
  }

  /** Below a page's worth of ready tasks the next page is fetched, so that a busy key does not stop for it. */
  #prefetch(key: KeyTasks): void {
    if (key.backlog.ready < this.#pageSize) this.load(key);
  }

  #write(): void {
    if (this.#isWriting || this.#isClosed) return;
    const freed = Math.max(1, Math.floor(this.#inMemoryMax * FREED_PART));
    const cut = this.#cutPages(this.#inMemory - this.#inMemoryMax + freed);
    if (cut.length === 0) {
      // Many small keys: look again when there is more.
      this.#writeAbove = this.#inMemory + freed;
      return;
    }
    this.#writeAbove = this.#inMemoryMax;
    this.#isWriting = true;
    this.#track(this.#writePages(cut));
  }

  /** Halves the largest keys, from their tails, until `count` tasks are cut off or nothing is left to cut. */
  #cutPages(count: number): CutPage[] {
    const cut: CutPage[] = [];
    let missing = count;
    for (let before = missing + 1; missing > 0 && missing < before;) {
      before = missing;
      for (const key of this.#largestFirst()) {
        let budget = Math.min(Math.floor(key.backlog.inMemory / 2), missing);
        while (budget > 0) {
          // Whole pages, unless that would reach into the floor.
          const size = Math.min(this.#pageSize, key.backlog.inMemory - this.#floor);
          const page = key.backlog.cutPage(this.#nextPageId++, size);
          cut.push({ key, page });
          budget -= page.count;
          missing -= page.count;
          this.#inMemory -= page.count;
          if (key.backlog.inMemory < 2 * this.#floor) break;
        }
        if (missing <= 0) break;
      }
    }
    return cut;
  }

  #largestFirst(): KeyTasks[] {
    for (const key of this.#large) {
      if (key.backlog.inMemory < 2 * this.#floor) this.#large.delete(key);
    }
    return Array.from(this.#large).sort((a, b) => b.backlog.inMemory - a.backlog.inMemory);
  }

  async #writePages(cut: readonly CutPage[]): Promise<void> {
    try {
      await this.#store.spillTasks(
        cut.map(({ key, page }) => ({
          queue: storeQueue(key, page),
          priority: key.level.priority,
          order: page.id,
          blob: bytesOf(page.rows as Float64Array),
        })),
      );
    } catch (error) {
      this.#options.log.warn("waiting tasks stay in memory: the store took no page", { error });
      for (const { key, page } of cut) this.#restore(key, page, page.rows as Float64Array);
      this.#retryAfterPause(() => {
        this.#isWriting = false;
        if (this.#inMemory > this.#inMemoryMax) this.#write();
      });
      return;
    }
    this.#isWriting = false;
    for (const { key, page } of cut) {
      page.rows = undefined;
      // A poll may have come to need the page meanwhile.
      if (key.queue.polls.first !== undefined && key.backlog.ready === 0) this.load(key);
    }
    if (this.#inMemory > this.#writeAbove) this.#write();
  }

  async #read(key: KeyTasks, page: Page): Promise<void> {
    let blob: Uint8Array | undefined;
    try {
      blob = (await this.#store.takeSpilledTasks(storeQueue(key, page), 1))[0]?.blob;
    } catch (error) {
      this.#options.log.warn("waiting tasks are delayed: the store gave no page", { queue: key.queue.id.name, error });
      this.#retryAfterPause(() => {
        key.isLoading = false;
        this.load(key);
      });
      return;
    }
    key.isLoading = false;
    if (blob === undefined) {
      this.#options.log.error("waiting tasks are lost: the store has their page no more", {
        queue: key.queue.id.name,
        tasks: page.count,
      });
      key.backlog.drop(page);
      key.level.lost(page.count);
      key.queue.gone(page.count);
      this.#options.onReady(key.queue);
    } else {
      this.#restore(key, page, rowsOf(blob));
    }
    this.#prefetch(key);
    if (this.#inMemory > this.#writeAbove) this.#write();
  }

  #restore(key: KeyTasks, page: Page, rows: Float64Array): void {
    key.backlog.merge(page, rows);
    this.#inMemory += page.count;
    if (key.backlog.inMemory >= 2 * this.#floor) this.#large.add(key);
    this.#options.onReady(key.queue);
  }

  #retryAfterPause(retry: () => void): void {
    if (this.#isClosed) return;
    const timer = this.#options.timers.set(RETRY_MS, () => {
      this.#retries.delete(timer);
      retry();
    });
    this.#retries.add(timer);
  }

  #track(work: Promise<void>): void {
    this.#underWay.add(work);
    void work.finally(() => this.#underWay.delete(work));
  }
}

/** The page's number is its own; the rest tells people whose it is. The name comes last: it may contain anything. */
function storeQueue({ queue }: KeyTasks, page: Page): string {
  return `${page.id}/${queue.id.namespace}/${queue.id.type}/${queue.id.name}`;
}

function bytesOf(rows: Float64Array): Uint8Array {
  return new Uint8Array(rows.buffer, rows.byteOffset, rows.byteLength);
}

/** Copies: the blob's bytes need not be aligned. */
function rowsOf(blob: Uint8Array): Float64Array {
  const rows = new Float64Array(blob.byteLength / Float64Array.BYTES_PER_ELEMENT);
  bytesOf(rows).set(blob);
  return rows;
}
