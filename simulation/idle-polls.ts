/** When polls of a queue stood idle in a server that serves: a task that waits beside one waits without a reason. */
export class IdlePolls {
  readonly #spans: { readonly from: number; to: number }[] = [];
  #waiting = 0;

  /** A poll begins to wait; answers what is to be called when it no longer does. */
  enter(now: () => number): () => void {
    if (this.#waiting++ === 0) this.#spans.push({ from: now(), to: Number.POSITIVE_INFINITY });
    let isOver = false;
    return () => {
      if (isOver) return;
      isOver = true;
      const last = this.#spans.at(-1);
      if (--this.#waiting === 0 && last !== undefined) last.to = now();
    };
  }

  /** For how long at least one poll stood idle between two times. */
  msBetween(from: number, to: number): number {
    let sum = 0;
    for (const span of this.#spans) sum += Math.max(0, Math.min(to, span.to) - Math.max(from, span.from));
    return sum;
  }
}
