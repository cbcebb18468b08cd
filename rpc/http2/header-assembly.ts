import { ConnectionError, errorCodes, frameFlags } from "./frame.ts";
import type { Frame } from "./frame-reader.ts";

/**
 * A header block in the making: HEADERS without END_HEADERS, to be followed by CONTINUATION of the same stream and by
 * nothing else. Both its bytes and its frames are limited, since a peer could continue for ever.
 */
export class HeaderAssembly {
  readonly streamId: number;
  readonly endStream: boolean;
  readonly #parts: Buffer[] = [];
  readonly #bytesMax: number;
  #bytes = 0;

  constructor(input: { streamId: number; endStream: boolean; bytesMax: number }) {
    this.streamId = input.streamId;
    this.endStream = input.endStream;
    this.#bytesMax = input.bytesMax;
  }

  /** Adds the fragment `source[start, end)` of the frame. */
  add(frame: Frame, start: number, end: number): void {
    this.#bytes += end - start;
    if (this.#bytes > this.#bytesMax || this.#parts.length > continuationFramesMax) {
      throw new ConnectionError(errorCodes.enhanceYourCalm, "header block too large");
    }
    this.#parts.push(Buffer.from(frame.source.subarray(start, end)));
  }

  isCompletedBy(frame: Frame): boolean {
    return (frame.flags & frameFlags.endHeaders) !== 0;
  }

  whole(): Buffer {
    return Buffer.concat(this.#parts);
  }
}

const continuationFramesMax = 64;
