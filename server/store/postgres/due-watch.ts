/**
 * What is known of due times without asking: the engine looks again and again for what falls due next, and an idle server
 * shall ask its database nothing. Only this process writes, so what it has read and written since is all there is.
 */
import type { Batch, DueEntity, ReadDue } from "../store.ts";
import { SentTimes } from "./sent-times.ts";
import type { Sent } from "./sent-times.ts";

interface Known {
  /** Nothing is due after `from` and before `next`. */
  readonly from: number;
  next: number;
  /** The answer is on its way, and nothing is known yet. */
  isAsked: boolean;
}

export class DueWatch {
  readonly sent = new SentTimes();
  readonly #known = new Map<string, Known>();

  /** Before a batch goes out, whatever becomes of it. */
  sending(batch: Batch): Sent {
    let first = Number.POSITIVE_INFINITY;
    for (const { dueAt } of batch.creates) if (dueAt !== undefined && dueAt < first) first = dueAt;
    for (const { dueAt } of batch.updates) if (dueAt !== undefined && dueAt < first) first = dueAt;
    for (const known of this.#known.values()) if (first < known.next) known.next = first;
    return this.sent.add(first);
  }

  /** Whether the answer is known to be empty. */
  isEmpty(read: ReadDue): boolean {
    const known = this.#known.get(nameOf(read));
    return (
      known?.isAsked === false &&
      (read.after?.dueAt ?? Number.NEGATIVE_INFINITY) >= known.from &&
      read.upTo < known.next
    );
  }

  /** Asks, with a first look at what comes after; what is written meanwhile counts as coming after too. */
  async read(
    read: ReadDue,
    ask: () => Promise<{ found: DueEntity[]; next: number | undefined }>,
  ): Promise<DueEntity[]> {
    const name = nameOf(read);
    const pending: Known = { from: read.upTo, next: this.sent.first, isAsked: true };
    this.#known.set(name, pending);
    try {
      const { found, next } = await ask();
      if (next !== undefined && next < pending.next) pending.next = next;
      pending.isAsked = false;
      if (found.length >= read.limit) this.#forget(name, pending);
      return found;
    } catch (error) {
      this.#forget(name, pending);
      throw error;
    }
  }

  #forget(name: string, known: Known): void {
    if (this.#known.get(name) === known) this.#known.delete(name);
  }
}

function nameOf({ slotFrom, slotTo }: ReadDue): string {
  return `${slotFrom}-${slotTo}`;
}
