import type { SpilledTask } from "../store/store.ts";
import type { SpillStore } from "./spiller.ts";

/** How the next call of the shelf ends; `unsure` does the work and fails all the same. */
export type ShelfMood = "works" | "fails" | "unsure";

/** The store's part that matching uses, in memory, with calls that can be held and made to fail. */
export class SpillShelf implements SpillStore {
  readonly #tasks = new Map<string, SpilledTask[]>();
  #held: (() => void)[] = [];
  isHolding = false;
  writeMood: ShelfMood = "works";
  /** There is no `unsure` read: a read that fails has removed nothing. */
  readMood: "works" | "fails" = "works";
  writes = 0;

  get count(): number {
    return this.#tasks.size;
  }

  async spillTasks(tasks: readonly SpilledTask[]): Promise<void> {
    await this.#turn();
    this.writes++;
    if (this.writeMood !== "fails") {
      for (const task of tasks) {
        // The bytes are copied, as a store on disk does.
        const stored = { ...task, blob: Uint8Array.from(task.blob) };
        this.#tasks.set(task.queue, [...(this.#tasks.get(task.queue) ?? []), stored]);
      }
    }
    if (this.writeMood !== "works") throw new Error("the shelf refuses pages");
  }

  async takeSpilledTasks(queue: string, limit: number): Promise<readonly SpilledTask[]> {
    await this.#turn();
    if (this.readMood !== "works") throw new Error("the shelf keeps its pages");
    const tasks = this.#tasks.get(queue) ?? [];
    const taken = tasks.slice(0, limit);
    if (tasks.length > limit) this.#tasks.set(queue, tasks.slice(limit));
    else this.#tasks.delete(queue);
    return taken;
  }

  /** Lets the calls that wait go on. */
  release(): void {
    const held = this.#held;
    this.#held = [];
    for (const go of held) go();
  }

  /** Loses everything, as no store should. */
  clear(): void {
    this.#tasks.clear();
  }

  async #turn(): Promise<void> {
    if (this.isHolding) await new Promise<void>((resolve) => this.#held.push(resolve));
  }
}
