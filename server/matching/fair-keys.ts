/**
 * The waiting tasks of one priority: fairness keys take turns by weight, the tasks of a key go as they came.
 *
 * Each key has a pass, what it has had so far: a task counts one over its weight. The key with the smallest pass goes next,
 * so among keys that wait all the time the shares are as their weights, to within one task of each. A key that comes (or
 * comes back) begins at the pass that was served last, so it gets nothing for the time it was away. Its first task goes
 * in turn with the round that is under way, not after it: with a thousand keys it is the next but one, not the thousandth.
 *
 * 1. `#served` never falls, and no key that waits lies below it.
 * 2. A key that has run out keeps its pass until all others have caught up, also those that have had nothing yet: to leave
 *    and to return gains nothing, and takes nothing from those that wait.
 * 3. While there is one key there is nothing to share, and nothing is kept but its tasks.
 * 4. Newcomers go as they came; after NEWCOMERS_IN_A_ROW a key goes that waits longer, so that ever new keys starve none.
 * 5. Beyond KEYS_MAX keys those that come share SHARED_KEYS places by their hash: fair to the others, not among each other.
 */
import { fnv1a } from "../../base/index.ts";
import { KeyTasks } from "./key-tasks.ts";
import { effectiveWeight } from "./queue-settings.ts";
import { weightOf } from "./sorted-tasks.ts";
import type { TaskQueue } from "./task-queue.ts";
import { OUTSIDE, TurnHeap } from "./turn-heap.ts";

export const KEYS_MAX = 10_000;
const SHARED_KEYS = 256;
const NEWCOMERS_IN_A_ROW = 64;

interface Sharing {
  readonly byKey: Map<string, KeyTasks>;
  readonly turns: TurnHeap<KeyTasks>;
  /** Keys that have had nothing yet. */
  readonly newcomers: TurnHeap<KeyTasks>;
  /** Keys that wait for their rate. */
  readonly held: TurnHeap<KeyTasks>;
  /** Keys that ran out ahead of newcomers; some may have come back. */
  resting: KeyTasks[];
  /** The smallest pass among them, or less. */
  restingFrom: number;
}

export class FairKeys {
  readonly #queue: TaskQueue;
  readonly priority: number;
  #count = 0;
  /** The pass of the task that went last. */
  #served = 0;
  #nextTurn = 1;
  #newcomersInARow = 0;
  #only: KeyTasks | undefined;
  /** Made with the second key. */
  #sharing: Sharing | undefined;

  constructor(queue: TaskQueue, priority: number) {
    this.#queue = queue;
    this.priority = priority;
  }

  get count(): number {
    return this.#count;
  }

  /** When the first of the keys that are held back may go on; Infinity when none is. */
  get heldUntil(): number {
    return this.#sharing?.held.first?.heldUntil ?? Infinity;
  }

  /** The row of a task waits under its key. */
  add(name: string, row: Float64Array): KeyTasks {
    const key = this.#keyOf(name);
    if (this.#sharing !== undefined && key.heapIndex === OUTSIDE) this.#sharing.turns.add(key);
    key.backlog.add(row);
    key.ownWeight = weightOf(row);
    this.#count++;
    return key;
  }

  /** As `add`, for a task that was handed out: its key gets back what the task had cost. */
  putBack(name: string, row: Float64Array): KeyTasks {
    const key = this.add(name, row);
    if (this.#sharing === undefined) return key;
    const cost = 1 / effectiveWeight(this.#queue.limits?.settings, key.key, weightOf(row));
    // Not below what was served: the task may have gone while there was nothing to share, and have cost nothing.
    key.pass = Math.max(this.#served, key.pass - cost);
    if (key.heldUntil === 0 && !key.isNewcomer) this.#sharing.turns.moved(key);
    return key;
  }

  /** The key whose turn it is; undefined when none has tasks, or all that have are held back until `heldUntil`. */
  next(now: number): KeyTasks | undefined {
    const { limits } = this.#queue;
    const limitsKeys = limits?.limitsKeys === true;
    if (this.#only !== undefined && !limitsKeys) return this.#only;
    const sharing = this.#share();
    release(sharing, this.#served, now);
    for (let key = this.#first(sharing); key !== undefined; key = this.#first(sharing)) {
      const readyAt = limitsKeys ? limits.keyReadyAt(key.key, key.ownWeight, now) : now;
      if (readyAt <= now) return key;
      heapOf(sharing, key).removeFirst();
      key.isNewcomer = false;
      key.heldUntil = readyAt;
      sharing.held.add(key);
    }
    return undefined;
  }

  /** A task of the key whose turn it was has gone. */
  took(key: KeyTasks, ownWeight: number | undefined): void {
    this.#count--;
    if (this.#sharing === undefined) {
      key.isNewcomer = false;
      return;
    }
    this.#serve(key.pass);
    key.pass += 1 / effectiveWeight(this.#queue.limits?.settings, key.key, ownWeight);
    key.turn = this.#nextTurn++;
    this.#newcomersInARow = key.isNewcomer ? this.#newcomersInARow + 1 : 0;
    if (!key.isNewcomer) return this.#sharing.turns.moved(key);
    this.#sharing.newcomers.removeFirst();
    key.isNewcomer = false;
    this.#sharing.turns.add(key);
  }

  /** A page of tasks is gone without having been handed out. */
  lost(count: number): void {
    this.#count -= count;
  }

  /** The limits have changed: all keys are looked at anew. */
  releaseAll(): void {
    if (this.#sharing !== undefined) release(this.#sharing, this.#served, Infinity);
  }

  oldestAt(): number {
    if (this.#only !== undefined) return this.#only.backlog.oldestAt();
    let oldest = Infinity;
    for (const key of this.#sharing?.byKey.values() ?? []) oldest = Math.min(oldest, key.backlog.oldestAt());
    return oldest;
  }

  #keyOf(name: string): KeyTasks {
    if (this.#only?.key === name) return this.#only;
    if (this.#only === undefined && this.#sharing === undefined) return (this.#only = this.#newKey(name));
    const sharing = this.#share();
    const known = sharing.byKey.get(name);
    if (known !== undefined) return known;
    if (sharing.byKey.size < KEYS_MAX) return this.#addKey(sharing, name);
    const shared = `shared by many: ${fnv1a(name) % SHARED_KEYS}`;
    return sharing.byKey.get(shared) ?? this.#addKey(sharing, shared);
  }

  #addKey({ byKey, newcomers }: Sharing, name: string): KeyTasks {
    const key = this.#newKey(name);
    byKey.set(name, key);
    newcomers.add(key);
    return key;
  }

  /** The key that goes next, whatever holds it back. */
  #first(sharing: Sharing): KeyTasks | undefined {
    const settled = this.#firstOf(sharing, sharing.turns);
    const newcomer = this.#firstOf(sharing, sharing.newcomers);
    if (settled === undefined || newcomer === undefined) return settled ?? newcomer;
    const count = this.#newcomersInARow;
    const isSettledsTurn = count >= NEWCOMERS_IN_A_ROW || (count > 0 && settled.pass <= newcomer.pass);
    return isSettledsTurn ? settled : newcomer;
  }

  /** Keys that have run out, and whose pass all others have reached, are forgotten on the way. */
  #firstOf(sharing: Sharing, heap: TurnHeap<KeyTasks>): KeyTasks | undefined {
    for (let key = heap.first; key !== undefined; key = heap.first) {
      if (key.backlog.count > 0) return key;
      heap.removeFirst();
      const newcomer = sharing.newcomers.first;
      if (newcomer !== undefined && newcomer.pass < key.pass) {
        sharing.resting.push(key);
        sharing.restingFrom = Math.min(sharing.restingFrom, key.pass);
        continue;
      }
      sharing.byKey.delete(key.key);
      this.#serve(key.pass);
    }
    return undefined;
  }

  #serve(pass: number): void {
    this.#served = Math.max(this.#served, pass);
    const sharing = this.#sharing;
    if (sharing === undefined || sharing.restingFrom > this.#served) return;
    const resting: KeyTasks[] = [];
    sharing.restingFrom = Infinity;
    for (const key of sharing.resting) {
      if (key.heapIndex !== OUTSIDE || sharing.byKey.get(key.key) !== key) continue;
      if (key.pass <= this.#served) sharing.byKey.delete(key.key);
      else {
        resting.push(key);
        sharing.restingFrom = Math.min(sharing.restingFrom, key.pass);
      }
    }
    sharing.resting = resting;
  }

  #newKey(key: string): KeyTasks {
    return new KeyTasks({ queue: this.#queue, level: this, key, pass: this.#served, turn: this.#nextTurn++ });
  }

  /** From one key to several. */
  #share(): Sharing {
    if (this.#sharing !== undefined) return this.#sharing;
    const sharing: Sharing = {
      byKey: new Map(),
      turns: new TurnHeap((a, b) => a.pass < b.pass || (a.pass === b.pass && a.turn < b.turn)),
      newcomers: new TurnHeap((a, b) => a.turn < b.turn),
      held: new TurnHeap((a, b) => a.heldUntil < b.heldUntil),
      resting: [],
      restingFrom: Infinity,
    };
    const only = this.#only;
    if (only !== undefined) {
      sharing.byKey.set(only.key, only);
      heapOf(sharing, only).add(only);
    }
    this.#only = undefined;
    return (this.#sharing = sharing);
  }
}

function heapOf({ turns, newcomers }: Sharing, key: KeyTasks): TurnHeap<KeyTasks> {
  return key.isNewcomer ? newcomers : turns;
}

/** Keys whose time has come take their turns again. */
function release({ held, turns }: Sharing, served: number, now: number): void {
  for (let key = held.first; key !== undefined && key.heldUntil <= now; key = held.first) {
    held.removeFirst();
    key.heldUntil = 0;
    // Nothing is made up for: others went on meanwhile.
    key.pass = Math.max(key.pass, served);
    turns.add(key);
  }
}
