/** What does not fit gets memory of its own. */
const BYTES_MAX = 4 * 1024 * 1024;

/** Memory that is used again: V8 counts what is newly allocated outside its heap as a reason to collect garbage. */
export class Arena {
  #buffer = Buffer.alloc(0);
  #used = 0;
  #wanted = 0;

  /** Nobody reads any more what was taken. */
  empty(): void {
    if (this.#wanted > this.#buffer.length && this.#buffer.length < BYTES_MAX)
      this.#buffer = Buffer.allocUnsafeSlow(Math.min(BYTES_MAX, this.#wanted * 2));
    this.#used = 0;
    this.#wanted = 0;
  }

  /** undefined when there is not so much left. */
  take(bytes: number): Buffer | undefined {
    this.#wanted += bytes;
    const from = this.#used;
    if (from + bytes > this.#buffer.length) return undefined;
    this.#used = from + bytes;
    return this.#buffer.subarray(from, this.#used);
  }
}
