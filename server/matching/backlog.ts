/**
 * The waiting tasks of one queue, of which a part may lie in the store.
 *
 *     head (in memory)  <  boundary  <=  pages (in the store), tail (in memory)
 *
 * The boundary is the first row of the first page. Only the head is handed out, so the order holds although pages come
 * back late: a new task that sorts before the boundary joins the head, any other waits in the tail.
 *
 * 1. Every row of the head sorts before the first row of every page and before every row of the tail.
 * 2. Without pages the tail is empty.
 * 3. `count` includes pages, also those on their way to or from the store.
 */
import { ROW_WIDTH, SortedTasks, compareRows, joinBacklogs } from "./sorted-tasks.ts";
import type { PriorityBacklog } from "./sorted-tasks.ts";

/** A sorted run of rows that was cut off for the store. Pages of one queue may overlap; the boundary copes. */
export interface Page {
  readonly id: number;
  readonly count: number;
  /** Copy of the first row. */
  readonly first: Float64Array;
  readonly byPriority: readonly PriorityBacklog[];
  /** The rows until the store has them. */
  rows: Float64Array | undefined;
}

export class Backlog {
  #head = new SortedTasks();
  #tail = new SortedTasks();
  /** Sorted by their first rows. */
  readonly #pages: Page[] = [];
  #paged = 0;

  get count(): number {
    return this.inMemory + this.#paged;
  }

  get inMemory(): number {
    return this.#head.count + this.#tail.count;
  }

  /** How many tasks can be handed out before a page is needed. */
  get ready(): number {
    return this.#head.count;
  }

  get firstPage(): Page | undefined {
    return this.#pages[0];
  }

  add(row: Float64Array): void {
    const boundary = this.#pages[0]?.first;
    const isReady = boundary === undefined || compareRows(row, 0, boundary) < 0;
    (isReady ? this.#head : this.#tail).insert(row);
  }

  /** Copies the first task's row into `target` and removes it; false when none is ready. */
  takeFirst(target: Float64Array): boolean {
    if (this.#head.count === 0) return false;
    this.#head.takeFirst(target);
    return true;
  }

  /** Cuts off the rows in memory that sort last, at most `countMax`. */
  cutPage(id: number, countMax: number): Page {
    const fromTail = Math.min(countMax, this.#tail.count);
    const fromHead = Math.min(countMax - fromTail, this.#head.count);
    const count = fromHead + fromTail;
    const rows = new Float64Array(count * ROW_WIDTH);
    rows.set(this.#head.takeLast(fromHead));
    rows.set(this.#tail.takeLast(fromTail), fromHead * ROW_WIDTH);
    const page = { id, count, first: rows.slice(0, ROW_WIDTH), byPriority: joinBacklogs(backlogsOf(rows)), rows };
    this.#pages.splice(this.#pagePosition(page), 0, page);
    this.#paged += count;
    return page;
  }

  /** The page's rows are back: they and what they held up become ready. */
  merge(page: Page, rows: Float64Array): void {
    this.#remove(page);
    for (let at = 0; at < rows.length; at += ROW_WIDTH) this.add(rows.subarray(at, at + ROW_WIDTH));
    this.#advanceTail(this.#pages[0]?.first);
  }

  /** The page's rows are lost; what they held up becomes ready. */
  drop(page: Page): void {
    this.#remove(page);
    this.#advanceTail(this.#pages[0]?.first);
  }

  /** The earliest `scheduledAt` of all tasks, Infinity without any. */
  oldestAt(): number {
    let oldest = Math.min(this.#head.oldestAt(), this.#tail.oldestAt());
    for (const page of this.#pages) for (const { oldestAt } of page.byPriority) oldest = Math.min(oldest, oldestAt);
    return oldest;
  }

  /** All waiting tasks by priority, first priority first. */
  byPriority(): PriorityBacklog[] {
    const pages = this.#pages.flatMap((page) => page.byPriority);
    return joinBacklogs([...this.#head.byPriority(), ...this.#tail.byPriority(), ...pages]);
  }

  #remove(page: Page): void {
    this.#pages.splice(this.#pages.indexOf(page), 1);
    this.#paged -= page.count;
  }

  #advanceTail(boundary: Float64Array | undefined): void {
    if (boundary === undefined && this.#head.count === 0) {
      const empty = this.#head;
      this.#head = this.#tail;
      this.#tail = empty;
      return;
    }
    const moved = new Float64Array(ROW_WIDTH);
    for (let first = this.#tail.first(); first !== undefined; first = this.#tail.first()) {
      if (boundary !== undefined && compareRows(first.rows, first.row, boundary) >= 0) return;
      this.#tail.takeFirst(moved);
      this.#head.insert(moved);
    }
  }

  /** Pages are mostly cut in order, so the position is looked for from the end. */
  #pagePosition(page: Page): number {
    let position = this.#pages.length;
    while (position > 0 && compareRows((this.#pages[position - 1] as Page).first, 0, page.first) > 0) position--;
    return position;
  }
}

function* backlogsOf(rows: Float64Array): Generator<PriorityBacklog> {
  for (let at = 0; at < rows.length; at += ROW_WIDTH)
    yield { priority: rows[at] as number, count: 1, oldestAt: rows[at + 1] as number };
}
