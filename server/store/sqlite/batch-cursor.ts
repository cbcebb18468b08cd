import { crc32 } from "node:zlib";
import type { EncodedBatch } from "./batch-memory.ts";
import { ABSENT, CHECKSUM_BYTES } from "./byte-writer.ts";
import { seal } from "./checksum.ts";

/** Bytes of a batch. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** Reads the fields of an encoded batch in order; the counterpart of ByteWriter. Blobs are views, sealed in place. */
export class BatchCursor {
  readonly #buffer: Buffer;
  readonly #view: DataView;
  #at = 0;

  constructor(batch: EncodedBatch) {
    this.#buffer = batch.memory.bytes;
    this.#view = batch.memory.view;
  }

  /** Where it stands: what `checkFrom` begins at. */
  get at(): number {
    return this.#at;
  }

  /** Passes over what was written with its length first. */
  span(): Span {
    const length = this.u32();
    const from = this.#at;
    this.#at += length;
    return { from, to: this.#at };
  }

  /** Goes back to what was passed over. */
  goTo({ from }: Span): void {
    this.#at = from;
  }

  /** The checksum of the fields since `from`. */
  checkFrom(from: number): number {
    return crc32(this.#buffer.subarray(from, this.#at));
  }

  u32(): number {
    const value = this.#view.getUint32(this.#at, true);
    this.#at += 4;
    return value;
  }

  f64(): number {
    const value = this.#view.getFloat64(this.#at, true);
    this.#at += 8;
    return value;
  }

  /** null, which is what SQLite binds, for undefined. */
  optionalF64(): number | null {
    const value = this.f64();
    return Number.isNaN(value) ? null : value;
  }

  string(): string {
    return this.#string(this.u32());
  }

  optionalString(): string | null {
    const length = this.u32();
    return length === ABSENT ? null : this.#string(length);
  }

  blob(seed: number): Buffer {
    return this.#blob(this.u32(), seed);
  }

  optionalBlob(seed: number): Buffer | null {
    const length = this.u32();
    return length === ABSENT ? null : this.#blob(length, seed);
  }

  uuid(): Buffer {
    const bytes = this.#buffer.subarray(this.#at, this.#at + 16);
    this.#at += 16;
    return bytes;
  }

  optionalUuid(): Buffer | null {
    return this.u32() === 0 ? null : this.uuid();
  }

  #string(length: number): string {
    const text = this.#buffer.toString("utf8", this.#at, this.#at + length);
    this.#at += length;
    return text;
  }

  #blob(length: number, seed: number): Buffer {
    const sealed = this.#buffer.subarray(this.#at, this.#at + length + CHECKSUM_BYTES);
    this.#at += sealed.length;
    return seal(sealed, seed);
  }
}
