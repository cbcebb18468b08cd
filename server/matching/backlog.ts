/**
 * The waiting tasks of one fairness key, of which a part may lie in the store.
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
import { ROW_WIDTH, SortedTasks, compareRows } from "./sorted-tasks.ts";

/** A sorted run of rows that was cut off for the store. Pages of one key may overlap; the boundary copes. */
export interface Page {
  readonly id: number;
  readonly count: number;
  /** Copy of the first row; it is the oldest. */
  readonly first: Float64Array;
  /** The rows until the store has them. */
  rows: Float64Array | undefined;
}

/** What there is beside the head once a page was cut off. */
interface Rest {
  tail: SortedTasks;
  /** Sorted by their first rows. */
  readonly pages: Page[];
  paged: number;
}

export class Backlog {
  #head = new SortedTasks();
  #rest: Rest | undefined;

  get count(): number {
    return this.#rest === undefined ? this.#head.count : this.inMemory + this.#rest.paged;
  }

  get inMemory(): number {
    return this.#rest === undefined ? this.#head.count : this.#head.count + this.#rest.tail.count;
  }

  /** How many tasks can be handed out before a page is needed. */
  get ready(): number {
    return this.#head.count;
  }

  get firstPage(): Page | undefined {
    return this.#rest?.pages[0];
  }

  add(row: Float64Array): void {
    const boundary = this.#rest?.pages[0]?.first;
    if (this.#rest === undefined || boundary === undefined || compareRows(row, 0, boundary) < 0) this.#head.insert(row);
    else this.#rest.tail.insert(row);
  }

  /** Copies the first task's row into `target` and removes it; false when none is ready. */
  takeFirst(target: Float64Array): boolean {
    if (this.#head.count === 0) return false;
    this.#head.takeFirst(target);
    return true;
  }

  /** Cuts off the rows in memory that sort last, at most `countMax`. */
  cutPage(id: number, countMax: number): Page {
    const rest = (this.#rest ??= { tail: new SortedTasks(), pages: [], paged: 0 });
    const fromTail = Math.min(countMax, rest.tail.count);
    const fromHead = Math.min(countMax - fromTail, this.#head.count);
    const count = fromHead + fromTail;
    const rows = new Float64Array(count * ROW_WIDTH);
    rows.set(this.#head.takeLast(fromHead));
    rows.set(rest.tail.takeLast(fromTail), fromHead * ROW_WIDTH);
    const page = { id, count, first: rows.slice(0, ROW_WIDTH), rows };
    rest.pages.splice(positionOf(page, rest.pages), 0, page);
    rest.paged += count;
    return page;
  }

  /** The page's rows are back: they and what they held up become ready. */
  merge(page: Page, rows: Float64Array): void {
    this.#remove(page);
    for (let at = 0; at < rows.length; at += ROW_WIDTH) this.add(rows.subarray(at, at + ROW_WIDTH));
    this.#advanceTail();
  }

  /** The page's rows are lost; what they held up becomes ready. */
  drop(page: Page): void {
    this.#remove(page);
    this.#advanceTail();
  }

  /** The earliest `scheduledAt` of all tasks, Infinity without any. */
  oldestAt(): number {
    const oldest = this.#head.oldestAt();
    if (this.#rest === undefined) return oldest;
    return Math.min(oldest, this.#rest.tail.oldestAt(), this.#rest.pages[0]?.first[0] ?? Infinity);
  }

  #remove(page: Page): void {
    if (this.#rest === undefined) return;
    this.#rest.pages.splice(this.#rest.pages.indexOf(page), 1);
    this.#rest.paged -= page.count;
  }

  #advanceTail(): void {
    const rest = this.#rest;
    if (rest === undefined) return;
    const boundary = rest.pages[0]?.first;
    if (boundary === undefined && this.#head.count === 0) {
      const empty = this.#head;
      this.#head = rest.tail;
      rest.tail = empty;
      return;
    }
    const moved = new Float64Array(ROW_WIDTH);
    for (let first = rest.tail.first(); first !== undefined; first = rest.tail.first()) {
      if (boundary !== undefined && compareRows(first.rows, first.row, boundary) >= 0) return;
      rest.tail.takeFirst(moved);
      this.#head.insert(moved);
    }
  }
}

/** Pages are mostly cut in order, so the position is looked for from the end. */
function positionOf(page: Page, pages: readonly Page[]): number {
  let position = pages.length;
  while (position > 0 && compareRows((pages[position - 1] as Page).first, 0, page.first) > 0) position--;
  return position;
}
