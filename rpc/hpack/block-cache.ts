import type { HeaderBlock } from "./header-block.ts";

const blocksMax = 64;
const blockBytesMax = 512;
/** How many blocks go by uncached after a cache that brought less than it cost. */
const pauseBlocks = 1_024;

/**
 * Decoded blocks by their bytes, valid until the table changes.
 *
 * A client whose every call carries another deadline never repeats a block; keeping its blocks costs more than decoding
 * them. So a cache that has filled up without as many hits as entries pauses for a while.
 */
export class BlockCache {
  readonly #blocks = new Map<string, HeaderBlock>();
  #hits = 0;
  #pauseLeft = 0;

  find(source: Buffer, start: number, end: number): HeaderBlock | undefined {
    if (this.#blocks.size === 0 || end - start > blockBytesMax) return undefined;
    const known = this.#blocks.get(source.toString("latin1", start, end));
    if (known !== undefined) this.#hits++;
    return known;
  }

  keep(block: HeaderBlock, source: Buffer, start: number, end: number): void {
    if (end - start > blockBytesMax || this.#pauseLeft-- > 0) return;
    if (this.#blocks.size >= blocksMax) {
      this.#pauseLeft = this.#hits < blocksMax ? pauseBlocks : 0;
      this.clear();
    }
    this.#blocks.set(source.toString("latin1", start, end), block);
  }

  clear(): void {
    if (this.#blocks.size === 0) return;
    this.#blocks.clear();
    this.#hits = 0;
  }
}
