/** CRC-32 of stored blobs: four bytes behind each, seeded with where the blob belongs so that a misplaced one fails too. */
import { crc32 } from "node:zlib";
import { CorruptionError } from "../errors.ts";
import { SLOTS } from "../store.ts";
import { CHECKSUM_BYTES } from "./byte-writer.ts";

/** Checks columns that are no blobs: `stored` is the checksum that was written with them, `actual` that of what is there. */
export function verifyCheck(stored: number, actual: number, name: () => string): void {
  if (stored === actual) return;
  throw new CorruptionError(name(), `its checksum is ${hex(stored)}, its columns give ${hex(actual)}`);
}

/** Seed of an entity's blobs; `node` is 0 but for history. */
export function keySeed(packedKey: number, node: number): number {
  return ((packedKey % 2 ** 32) ^ Math.floor(packedKey / (SLOTS * 2 ** 20)) ^ Math.imul(node, 0x9e3779b1)) >>> 0;
}

export function textSeed(text: string): number {
  return crc32(text);
}

export function meteringSeed(lane: number, epoch: number, batchNo: number): number {
  return (Math.imul(lane + 1, 0x9e3779b1) ^ Math.imul(epoch, 0x85ebca6b) ^ batchNo) >>> 0;
}

/** Fills the last four bytes of `sealed` with the checksum of the bytes before them. */
export function seal(sealed: Buffer, seed: number): Buffer {
  const length = sealed.length - CHECKSUM_BYTES;
  sealed.writeUInt32LE(crc32(sealed.subarray(0, length), seed), length);
  return sealed;
}

/** The blob without its checksum; throws when they do not match. `name` is called only then. */
export function unseal(stored: Uint8Array, seed: number, name: () => string): Uint8Array {
  const length = stored.length - CHECKSUM_BYTES;
  if (length < 0) throw new CorruptionError(name(), `it has only ${stored.length} bytes`);
  const blob = stored.subarray(0, length);
  const expected =
    ((stored[length] as number) |
      ((stored[length + 1] as number) << 8) |
      ((stored[length + 2] as number) << 16) |
      ((stored[length + 3] as number) << 24)) >>>
    0;
  const actual = crc32(blob, seed);
  if (actual !== expected) {
    throw new CorruptionError(name(), `its checksum is ${hex(expected)}, its bytes give ${hex(actual)}`);
  }
  return blob;
}

function hex(value: number): string {
  return value.toString(16).padStart(8, "0");
}
