/**
 * The waiting tasks of one priority: fairness keys take turns by weight, the tasks of a key go as they came.
 *
 * Each key has a pass, what it has had so far: a task counts one over its weight. The key with the smallest pass goes next,
 * so among keys that wait all the time the shares are as their weights, to within one task of each. A key that comes (or
 * comes back) begins at the pass that was served last: it goes next, and gets nothing for the time it was away.
 *
 * 1. `#served` never falls, and no key that waits lies below it, but by what was given back to it.
 * 2. A key that has run out keeps its pass until the others have caught up: to leave and to return gains nothing.
 * 3. While there is one key there is nothing to share, and nothing is kept but its tasks.
 * 4. Beyond KEYS_MAX keys those that come share SHARED_KEYS places by their hash: fair to the others, not among each other.
 */
import { fnv1a } from "../../base/index.ts";
import { KeyTasks } from "./key-tasks.ts";
import { effectiveWeight } from "./queue-settings.ts";
import { weightOf } from "./sorted-tasks.ts";
import type { TaskQueue } from "./task-queue.ts";
import { TurnHeap } from "./turn-heap.ts";

export const KEYS_MAX = 10_000;
const SHARED_KEYS = 256;

interface Sharing {
  readonly byKey: Map<string, KeyTasks>;
  readonly turns: TurnHeap<KeyTasks>;
  /** Keys that wait for their rate. */
  readonly held: TurnHeap<KeyTasks>;
}

export class FairKeys {
  readonly #queue: TaskQueue;
  readonly priority: number;
  #count = 0;
  /** The pass of the task that went last. */
  #served = 0;
  #nextTurn = 1;
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
    key.backlog.add(row);
    key.ownWeight = weightOf(row);
    this.#count++;
    return key;
  }

  /** As `add`, for a task that was handed out: its key gets back what the task had cost. */
  putBack(name: string, row: Float64Array): KeyTasks {
    const key = this.add(name, row);
    if (this.#sharing === undefined) return key;
    key.pass -= 1 / effectiveWeight(this.#queue.limits?.settings, key.key, weightOf(row));
    if (key.heldUntil === 0) this.#sharing.turns.moved(key);
    return key;
  }

  /** The key whose turn it is; undefined when none has tasks, or all that have are held back until `heldUntil`. */
  next(now: number): KeyTasks | undefined {
    const { limits } = this.#queue;
    const limitsKeys = limits?.limitsKeys === true;
    if (this.#only !== undefined && !limitsKeys) return this.#only;
    const sharing = this.#share();
    release(sharing, this.#served, now);
    const { turns, held } = sharing;
    for (let key = turns.first; key !== undefined; key = turns.first) {
      if (key.backlog.count === 0) {
        this.#forget(sharing, key);
        continue;
      }
      const readyAt = limitsKeys ? limits.keyReadyAt(key.key, key.ownWeight, now) : now;
      if (readyAt <= now) return key;
      turns.removeFirst();
      key.heldUntil = readyAt;
      held.add(key);
    }
    return undefined;
  }

  /** A task of the key whose turn it was has gone. */
  took(key: KeyTasks, ownWeight: number | undefined): void {
    this.#count--;
    if (this.#sharing === undefined) return;
    this.#served = Math.max(this.#served, key.pass);
    key.pass += 1 / effectiveWeight(this.#queue.limits?.settings, key.key, ownWeight);
    key.turn = this.#nextTurn++;
    this.#sharing.turns.moved(key);
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

  #addKey({ byKey, turns }: Sharing, name: string): KeyTasks {
    const key = this.#newKey(name);
    byKey.set(name, key);
    turns.add(key);
    return key;
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
      held: new TurnHeap((a, b) => a.heldUntil < b.heldUntil),
    };
    const only = this.#only;
    if (only !== undefined) {
      sharing.byKey.set(only.key, only);
      sharing.turns.add(only);
    }
    this.#only = undefined;
    return (this.#sharing = sharing);
  }

  /** A key without tasks whose pass all others have reached. */
  #forget({ byKey, turns }: Sharing, key: KeyTasks): void {
    turns.removeFirst();
    this.#served = Math.max(this.#served, key.pass);
    byKey.delete(key.key);
  }
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
