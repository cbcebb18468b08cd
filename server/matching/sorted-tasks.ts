/**
 * Tasks in order, packed: the waiting tasks of one key without an object per task.
 *
 * A task is a row of seven doubles (56 bytes). Rows live in blocks of at most ROWS_PER_BLOCK, and blocks in a list, so
 * that the usual insert (at the end) and the usual take (at the front) touch one row, an insert anywhere else moves at
 * most one block's rows, the tail can be cut off for the store, and drained blocks are freed at once.
 *
 * 1. Rows are sorted by (scheduledAt, arrival) through all blocks; no two rows are equal in both.
 * 2. No block is empty.
 */
import { assert } from "../../base/index.ts";
import type { QueuedTask } from "./matching.ts";

/** Doubles per row: the two that sort, then slot, id, taskId, stamp, and the task's own weight (0 = none). */
export const ROW_WIDTH = 7;
const WEIGHT_AT = 6;

const ROWS_PER_BLOCK = 256;
/** One row: an array of 56 bytes lives in the heap itself; larger ones cost some 1.5 KB beside their contents. */
const ROWS_FIRST = 1;
/** Room for 1, 4, 16, 64, 256 rows. */
const GROWTH = 4;

interface Block {
  rows: Float64Array;
  /** Rows [from, to) are in use. */
  from: number;
  to: number;
}

export function writeRow(rows: Float64Array, task: QueuedTask, arrival: number): void {
  rows[0] = task.scheduledAt;
  rows[1] = arrival;
  rows[2] = task.slot;
  rows[3] = task.id;
  rows[4] = task.taskId;
  rows[5] = task.stamp;
  rows[WEIGHT_AT] = task.fairnessWeight ?? 0;
}

/** Priority and key are those of the place where the row lay. */
export function readRow(rows: Float64Array, priority: number, fairnessKey: string): QueuedTask {
  const task = {
    slot: rows[2] as number,
    id: rows[3] as number,
    taskId: rows[4] as number,
    stamp: rows[5] as number,
    priority,
    scheduledAt: rows[0] as number,
  };
  const fairnessWeight = weightOf(rows);
  if (fairnessKey === "" && fairnessWeight === undefined) return task;
  return { ...task, fairnessKey: fairnessKey === "" ? undefined : fairnessKey, fairnessWeight };
}

export function weightOf(rows: Float64Array): number | undefined {
  const weight = rows[WEIGHT_AT] as number;
  return weight === 0 ? undefined : weight;
}

export interface RowAt {
  readonly rows: Float64Array;
  readonly row: number;
}

/** Negative when row number `at` of `rows` goes before the row `other`. */
export function compareRows(rows: Float64Array, at: number, other: Float64Array): number {
  const x = at * ROW_WIDTH;
  return (rows[x] as number) - (other[0] as number) || (rows[x + 1] as number) - (other[1] as number);
}

export class SortedTasks {
  #blocks: Block[] = [];
  #count = 0;

  get count(): number {
    return this.#count;
  }

  insert(row: Float64Array): void {
    this.#count++;
    const last = this.#blocks.at(-1);
    if (last === undefined) {
      this.#blocks.push(blockOf(ROWS_FIRST));
      this.#append(0, row);
    } else if (compareRows(last.rows, last.to - 1, row) < 0) {
      this.#append(this.#blocks.length - 1, row);
    } else {
      this.#insertInside(this.#findBlock(row), row);
    }
  }

  /** The first row, or undefined. The view is valid until the next change. */
  first(): RowAt | undefined {
    const block = this.#blocks[0];
    if (this.#count === 0 || block === undefined) return undefined;
    return { rows: block.rows, row: block.from };
  }

  /** Removes the first row and copies it into `target`. */
  takeFirst(target: Float64Array): void {
    const block = this.#blocks[0];
    assert(block !== undefined && block.from < block.to, "no task to take");
    const at = block.from * ROW_WIDTH;
    for (let i = 0; i < ROW_WIDTH; i++) target[i] = block.rows[at + i] as number;
    block.from++;
    this.#count--;
    if (block.from === block.to) this.#blocks.shift();
  }

  /** Removes the last `count` rows and returns them in order. */
  takeLast(count: number): Float64Array {
    assert(count <= this.#count, "not as many tasks");
    const page = new Float64Array(count * ROW_WIDTH);
    let missing = count;
    while (missing > 0) {
      const block = this.#blocks.at(-1) as Block;
      const rows = Math.min(missing, block.to - block.from);
      block.to -= rows;
      missing -= rows;
      page.set(block.rows.subarray(block.to * ROW_WIDTH, (block.to + rows) * ROW_WIDTH), missing * ROW_WIDTH);
      if (block.from === block.to) this.#blocks.pop();
    }
    this.#count -= count;
    return page;
  }

  /** The earliest `scheduledAt`, Infinity when empty. */
  oldestAt(): number {
    const first = this.first();
    return first === undefined ? Infinity : (first.rows[first.row * ROW_WIDTH] as number);
  }

  /** Index of the first block that ends after the row; the number of blocks when there is none. */
  #findBlock(row: Float64Array): number {
    let low = 0;
    let high = this.#blocks.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const block = this.#blocks[middle] as Block;
      if (compareRows(block.rows, block.to - 1, row) > 0) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  #append(at: number, row: Float64Array): void {
    let block = this.#blocks[at] as Block;
    if (block.to === capacityOf(block) && !grow(block)) {
      block = blockOf(ROWS_PER_BLOCK);
      this.#blocks.splice(at + 1, 0, block);
    }
    copyRow(block, block.to, row);
    block.to++;
  }

  #insertInside(at: number, row: Float64Array): void {
    const block = this.#blocks[at] as Block;
    const position = findRow(block, row);
    const before = this.#blocks[at - 1];
    if (block.from > 0) {
      block.rows.copyWithin((block.from - 1) * ROW_WIDTH, block.from * ROW_WIDTH, position * ROW_WIDTH);
      block.from--;
      copyRow(block, position - 1, row);
    } else if (position === 0 && before !== undefined && before.to < capacityOf(before)) {
      copyRow(before, before.to, row);
      before.to++;
    } else if (block.to < capacityOf(block) || grow(block)) {
      block.rows.copyWithin((position + 1) * ROW_WIDTH, position * ROW_WIDTH, block.to * ROW_WIDTH);
      block.to++;
      copyRow(block, position, row);
    } else {
      this.#split(at, position, row);
    }
  }

  /** Makes room in a full block where the row goes, so that rows that follow it in order find the room too. */
  #split(at: number, position: number, row: Float64Array): void {
    const block = this.#blocks[at] as Block;
    const added = blockOf(ROWS_PER_BLOCK);
    added.rows.set(block.rows.subarray(position * ROW_WIDTH, block.to * ROW_WIDTH));
    added.to = block.to - position;
    block.to = position;
    copyRow(block, block.to, row);
    block.to++;
    this.#blocks.splice(at + 1, 0, added);
  }
}

function blockOf(rows: number): Block {
  return { rows: new Float64Array(rows * ROW_WIDTH), from: 0, to: 0 };
}

function capacityOf(block: Block): number {
  return block.rows.length / ROW_WIDTH;
}

/** Gives a block below full size more room; false when it has it. */
function grow(block: Block): boolean {
  const capacity = capacityOf(block);
  if (capacity >= ROWS_PER_BLOCK) return false;
  const rows = new Float64Array(capacity * GROWTH * ROW_WIDTH);
  rows.set(block.rows);
  block.rows = rows;
  return true;
}

/** Position of the first row of the block after the given row. */
function findRow(block: Block, row: Float64Array): number {
  let low = block.from;
  let high = block.to;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (compareRows(block.rows, middle, row) > 0) high = middle;
    else low = middle + 1;
  }
  return low;
}

function copyRow(block: Block, position: number, row: Float64Array): void {
  const to = position * ROW_WIDTH;
  for (let i = 0; i < ROW_WIDTH; i++) block.rows[to + i] = row[i] as number;
}
