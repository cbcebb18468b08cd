/** A poll that a worker sent before its shutdown comes in within this. */
const REMEMBERED_MS = 60_000;

/** Beyond it the one that was retired first is forgotten: then a late poll of it waits until its client gives up. */
const WORKERS_MAX = 10_000;

/** Workers that have said goodbye, by instance key. */
export class RetiredWorkers {
  /** In order of their times. */
  readonly #retiredAt = new Map<string, number>();

  add(workerKey: string, now: number): void {
    this.#retiredAt.delete(workerKey);
    for (const [known, at] of this.#retiredAt) {
      if (now - at <= REMEMBERED_MS && this.#retiredAt.size < WORKERS_MAX) break;
      this.#retiredAt.delete(known);
    }
    this.#retiredAt.set(workerKey, now);
  }

  has(workerKey: string, now: number): boolean {
    if (this.#retiredAt.size === 0) return false;
    const at = this.#retiredAt.get(workerKey);
    return at !== undefined && now - at <= REMEMBERED_MS;
  }
}
