/**
 * What is known of close times without asking, for the duty of retention, which looks every minute in every namespace for runs
 * that are over for long enough. Beside due-watch.ts the other half of a server that asks nothing while it is idle.
 */
import type { Batch, EntityKey, ReadByCloseTime } from "../store.ts";
import { SentTimes } from "./sent-times.ts";
import type { Sent } from "./sent-times.ts";

/** A time before which no run of a namespace and kind has closed. */
interface Known {
  first: number;
  /** The answer is on its way, and nothing is known yet. */
  isAsked: boolean;
}

export class CloseWatch {
  readonly sent = new SentTimes();
  readonly #known = new Map<string, Known>();

  /** Before a batch goes out, whatever becomes of it. */
  sending({ visibility }: Batch): Sent {
    let first = Number.POSITIVE_INFINITY;
    for (const { closeTime } of visibility) if (closeTime !== undefined && closeTime < first) first = closeTime;
    for (const known of this.#known.values()) if (first < known.first) known.first = first;
    return this.sent.add(first);
  }

  /** `first` answers the first close time there is; both are asked only when the answer is not known to be empty. */
  async read(
    read: ReadByCloseTime,
    ask: { found: () => Promise<EntityKey[]>; first: () => Promise<number | undefined> },
  ): Promise<EntityKey[]> {
    const name = nameOf(read);
    const known = this.#known.get(name);
    if (known?.isAsked === false && read.before !== undefined && read.before <= known.first) return [];
    const pending: Known = { first: this.sent.first, isAsked: true };
    this.#known.set(name, pending);
    try {
      const found = await ask.found();
      const isAll = found.length === 0 && read.skip === 0 && read.before !== undefined;
      const first = isAll ? await ask.first() : Number.NEGATIVE_INFINITY;
      if (first !== undefined && first < pending.first) pending.first = first;
      pending.isAsked = false;
      return found;
    } catch (error) {
      if (this.#known.get(name) === pending) this.#known.delete(name);
      throw error;
    }
  }
}

function nameOf({ namespace, kind }: { namespace: number; kind: number }): string {
  return `${namespace}/${kind}`;
}
