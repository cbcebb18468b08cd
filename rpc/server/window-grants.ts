import type { Http2Stream } from "../http2/stream.ts";

/**
 * Bounds what one connection may have in unfinished requests. Every stream has its first 64 KiB; what a larger message
 * needs beyond that is granted out of a common budget, and waits for it in order of arrival when the budget is spent.
 * A granted message can always finish, so waiting ends.
 */
export class WindowGrants {
  readonly #bytesMax: number;
  readonly #granted = new Map<Http2Stream, number>();
  #waiting: Array<{ stream: Http2Stream; bytes: number }> = [];
  #bytes = 0;

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  /** `bytes` are still to come on the stream. */
  extend(stream: Http2Stream, bytes: number): void {
    const missing = stream.missingWindow(bytes);
    if (missing === 0) return;
    // A budget smaller than one message must not block that message for ever.
    if (this.#bytes > 0 && this.#bytes + missing > this.#bytesMax) this.#waiting.push({ stream, bytes: missing });
    else this.#grant(stream, missing);
  }

  /** The stream's request is complete or over. */
  release(stream: Http2Stream): void {
    if (this.#waiting.length > 0) this.#waiting = this.#waiting.filter((one) => one.stream !== stream);
    const granted = this.#granted.get(stream);
    if (granted === undefined) return;
    this.#granted.delete(stream);
    this.#bytes -= granted;
    while (this.#waiting.length > 0) {
      const next = this.#waiting[0]!;
      if (this.#bytes > 0 && this.#bytes + next.bytes > this.#bytesMax) return;
      this.#waiting.shift();
      this.#grant(next.stream, next.bytes);
    }
  }

  #grant(stream: Http2Stream, bytes: number): void {
    this.#bytes += bytes;
    this.#granted.set(stream, (this.#granted.get(stream) ?? 0) + bytes);
    stream.extendReceiveWindow(bytes);
  }
}
