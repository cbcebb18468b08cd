import type { BatchMemory, BatchMemoryPool, EncodedBatch } from "./batch-memory.ts";

/** Room for a CRC-32 behind every blob: the reading side fills it in place, so that no blob is copied twice. */
export const CHECKSUM_BYTES = 4;

/** Length of a blob that is absent. */
export const ABSENT = 0xffff_ffff;

/** Appends fields to memory of the pool, which is handed over whole. Numbers are little endian. */
export class ByteWriter {
  readonly #pool: BatchMemoryPool;
  #memory: BatchMemory;
  #at = 0;

  constructor(pool: BatchMemoryPool, capacity: number) {
    this.#pool = pool;
    this.#memory = pool.take(capacity);
  }

  finish(): EncodedBatch {
    return { memory: this.#memory, length: this.#at };
  }

  u32(value: number): void {
    this.#reserve(4);
    this.#memory.view.setUint32(this.#at, value, true);
    this.#at += 4;
  }

  f64(value: number): void {
    this.#reserve(8);
    this.#memory.view.setFloat64(this.#at, value + 0, true); // Zero has one form, as in SQLite.
    this.#at += 8;
  }

  /** NaN stands for undefined: no field of a batch is NaN. Checksums cover these bytes, so it is always the same NaN. */
  optionalF64(value: number | undefined): void {
    if (value !== undefined) {
      this.f64(value);
      return;
    }
    this.#reserve(8);
    this.#memory.view.setUint32(this.#at, 0, true);
    this.#memory.view.setUint32(this.#at + 4, 0x7ff80000, true);
    this.#at += 8;
  }

  string(value: string): void {
    this.#reserve(4 + value.length * 3);
    const written = this.#memory.bytes.write(value, this.#at + 4, "utf8");
    this.#memory.view.setUint32(this.#at, written, true);
    this.#at += 4 + written;
  }

  optionalString(value: string | undefined): void {
    if (value === undefined) this.u32(ABSENT);
    else this.string(value);
  }

  blob(value: Uint8Array): void {
    const length = value.length;
    this.#reserve(4 + length + CHECKSUM_BYTES);
    this.#memory.view.setUint32(this.#at, length, true);
    this.#memory.bytes.set(value, this.#at + 4);
    this.#at += 4 + length + CHECKSUM_BYTES;
  }

  optionalBlob(value: Uint8Array | undefined): void {
    if (value === undefined) this.u32(ABSENT);
    else this.blob(value);
  }

  /** What is written meanwhile, behind its length: the reading side may pass over it. */
  lengthFirst(write: () => void): void {
    const from = this.#at;
    this.u32(0);
    write();
    this.#memory.view.setUint32(from, this.#at - from - 4, true);
  }

  /** A UUID in text as its 16 bytes. */
  uuid(text: string): void {
    this.#reserve(16);
    writeUuid(text, this.#memory.bytes, this.#at);
    this.#at += 16;
  }

  optionalUuid(text: string | undefined): void {
    this.u32(text === undefined ? 0 : 1);
    if (text !== undefined) this.uuid(text);
  }

  #reserve(bytes: number): void {
    const { bytes: full } = this.#memory;
    if (this.#at + bytes <= full.length) return;
    const larger = this.#pool.take(Math.max(full.length * 2, this.#at + bytes));
    full.copy(larger.bytes, 0, 0, this.#at);
    this.#pool.give(this.#memory);
    this.#memory = larger;
  }
}

function nibble(code: number): number {
  // '0' is 48, 'a' is 97: digits have bit 6 clear.
  return code & 64 ? (code & 15) + 9 : code & 15;
}

export function writeUuid(text: string, into: Uint8Array, at: number): void {
  let from = 0;
  for (let i = 0; i < 16; i++) {
    if (i === 4 || i === 6 || i === 8 || i === 10) from += 1;
    into[at + i] = (nibble(text.charCodeAt(from)) << 4) | nibble(text.charCodeAt(from + 1));
    from += 2;
  }
}

const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));

export function readUuid(bytes: Uint8Array): string {
  let text = "";
  for (let i = 0; i < 16; i++) {
    if (i === 4 || i === 6 || i === 8 || i === 10) text += "-";
    text += HEX[bytes[i] as number] as string;
  }
  return text;
}
