import type { SpilledTask } from "../store.ts";
import { OrderedSet } from "./ordered-set.ts";

/** Spilled tasks of a memory store: volatile there as everywhere, so they are not part of the disk. */
export class MemorySpill {
  readonly #queues = new Map<string, OrderedSet<SpilledTask>>();

  add(tasks: readonly SpilledTask[]): void {
    for (const task of tasks) {
      let queue = this.#queues.get(task.queue);
      if (queue === undefined) this.#queues.set(task.queue, (queue = new OrderedSet(compareTasks)));
      queue.add({ ...task, blob: task.blob.slice() });
    }
  }

  take(name: string, limit: number): SpilledTask[] {
    const queue = this.#queues.get(name);
    if (queue === undefined) return [];
    const taken: SpilledTask[] = [];
    for (const task of queue.from(undefined)) {
      if (taken.length >= limit) break;
      taken.push(task);
    }
    for (const task of taken) queue.delete(task);
    if (queue.size === 0) this.#queues.delete(name);
    return taken;
  }

  count(name: string): number {
    return this.#queues.get(name)?.size ?? 0;
  }
}

function compareTasks(a: SpilledTask, b: SpilledTask): number {
  return a.priority - b.priority || a.order - b.order;
}
