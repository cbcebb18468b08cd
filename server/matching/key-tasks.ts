import { Backlog } from "./backlog.ts";
import type { FairKeys } from "./fair-keys.ts";
import type { TaskQueue } from "./task-queue.ts";
import { OUTSIDE } from "./turn-heap.ts";
import type { Placed } from "./turn-heap.ts";

/** The waiting tasks of one fairness key in one priority, and when it is their turn. */
export class KeyTasks implements Placed {
  readonly queue: TaskQueue;
  readonly level: FairKeys;
  readonly key: string;
  readonly backlog = new Backlog();
  /** How much the key has had, each task counted by one over its weight. The key that had least goes next. */
  pass: number;
  /** Among keys that had the same the one that waits longest goes next. */
  turn: number;
  /** Own weight of the task that was added last. */
  ownWeight: number | undefined = undefined;
  /** It has had nothing yet. */
  isNewcomer = true;
  /** While the key is held back by its rate: until when. */
  heldUntil = 0;
  /** A page of the backlog is being read. */
  isLoading = false;
  heapIndex = OUTSIDE;

  constructor(place: { queue: TaskQueue; level: FairKeys; key: string; pass: number; turn: number }) {
    this.queue = place.queue;
    this.level = place.level;
    this.key = place.key;
    this.pass = place.pass;
    this.turn = place.turn;
  }
}
