/** Times in batches that are on their way: a read that runs beside them may or may not see their rows. */

export interface Sent {
  readonly first: number;
  isUnsettled: boolean;
}

export class SentTimes {
  readonly #sent = new Set<Sent>();

  /** The earliest of them. */
  get first(): number {
    let first = Number.POSITIVE_INFINITY;
    for (const sent of this.#sent) if (sent.first < first) first = sent.first;
    return first;
  }

  add(first: number): Sent {
    const sent = { first, isUnsettled: false };
    if (first < Number.POSITIVE_INFINITY) this.#sent.add(sent);
    return sent;
  }

  /** Reads that begin now see the rows, if they are there at all. With an unknown outcome they may still come. */
  answered(sent: Sent, isKnown: boolean): void {
    if (isKnown) this.#sent.delete(sent);
    else sent.isUnsettled = true;
  }

  /** What was unknown has happened or never will. */
  settled(): void {
    for (const sent of this.#sent) if (sent.isUnsettled) this.#sent.delete(sent);
  }
}
