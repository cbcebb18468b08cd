/**
 * Arrays as PostgreSQL takes them in binary: half of the CPU of arrays in text, on both sides. `pg` sends a parameter that
 * is a Buffer in binary.
 */
import { crc32 } from "node:zlib";
import type { Arena } from "./arena.ts";
import { writeUuid } from "../sqlite/byte-writer.ts";

const HEADER_BYTES = 20;
const CHECKSUM_BYTES = 4;
const NULL_LENGTH = -1;

/** Types by the number that PostgreSQL gives them. */
const BYTEA = 17;
const INT8 = 20;
const INT4 = 23;
const UUID = 2950;

export function int4Array(values: readonly number[]): Buffer {
  const out = arrayOf(INT4, values.length, values.length * 8);
  let at = HEADER_BYTES;
  for (const value of values) {
    out.writeInt32BE(4, at);
    out.writeInt32BE(value, at + 4);
    at += 8;
  }
  return out;
}

/** Integers up to 2^53. */
export function int8Array(values: readonly (number | undefined)[]): Buffer {
  let bytes = 0;
  for (const value of values) bytes += value === undefined ? 4 : 12;
  const out = arrayOf(INT8, values.length, bytes);
  let at = HEADER_BYTES;
  for (const value of values) {
    if (value === undefined) {
      at = out.writeInt32BE(NULL_LENGTH, at);
      continue;
    }
    out.writeInt32BE(8, at);
    const high = Math.floor(value / 2 ** 32);
    out.writeInt32BE(high, at + 4);
    out.writeUInt32BE(value - high * 2 ** 32, at + 8);
    at += 12;
  }
  return out;
}

export function uuidArray(values: readonly (string | undefined)[]): Buffer {
  let bytes = 0;
  for (const value of values) bytes += value === undefined ? 4 : 20;
  const out = arrayOf(UUID, values.length, bytes);
  let at = HEADER_BYTES;
  for (const value of values) {
    if (value === undefined) {
      at = out.writeInt32BE(NULL_LENGTH, at);
      continue;
    }
    out.writeInt32BE(16, at);
    writeUuid(value, out, at + 4);
    at += 20;
  }
  return out;
}

/** Texts as bytea in UTF-8. */
export function textArray(values: readonly (string | undefined)[]): Buffer {
  let bytes = 0;
  for (const value of values) bytes += 4 + (value === undefined ? 0 : value.length * 3);
  const out = arrayOf(BYTEA, values.length, bytes);
  let at = HEADER_BYTES;
  for (const value of values) {
    if (value === undefined) {
      at = out.writeInt32BE(NULL_LENGTH, at);
      continue;
    }
    const written = out.write(value, at + 4, "utf8");
    out.writeInt32BE(written, at);
    at += 4 + written;
  }
  return out.subarray(0, at);
}

export function byteaArray(values: readonly Uint8Array[]): Buffer {
  let bytes = 0;
  for (const value of values) bytes += 4 + value.length;
  const out = arrayOf(BYTEA, values.length, bytes);
  let at = HEADER_BYTES;
  for (const value of values) {
    out.writeInt32BE(value.length, at);
    out.set(value, at + 4);
    at += 4 + value.length;
  }
  return out;
}

export interface Sealable {
  readonly blob: Uint8Array | undefined;
  /** Of the checksum (checksum.ts). */
  readonly seed: number;
}

/** Blobs with their checksums behind them. */
export function sealedArray(values: readonly Sealable[]): Buffer {
  let bytes = 0;
  for (const { blob } of values) bytes += 4 + (blob === undefined ? 0 : blob.length + CHECKSUM_BYTES);
  const out = arrayOf(BYTEA, values.length, bytes);
  let at = HEADER_BYTES;
  for (const { blob, seed } of values) {
    if (blob === undefined) {
      at = out.writeInt32BE(NULL_LENGTH, at);
      continue;
    }
    out.writeInt32BE(blob.length + CHECKSUM_BYTES, at);
    out.set(blob, at + 4);
    at += 4 + blob.length;
    at = out.writeUInt32LE(crc32(blob, seed), at);
  }
  return out;
}

let arena: Arena | undefined;

/** Arrays that `build` makes lie in this arena. */
export function inArena<T>(into: Arena, build: () => T): T {
  into.empty();
  arena = into;
  try {
    return build();
  } finally {
    arena = undefined;
  }
}

/** One dimension, numbered from 1. */
function arrayOf(type: number, count: number, bytes: number): Buffer {
  const out = arena?.take(HEADER_BYTES + bytes) ?? Buffer.allocUnsafe(HEADER_BYTES + bytes);
  out.writeInt32BE(count === 0 ? 0 : 1, 0);
  out.writeInt32BE(1, 4); // May hold NULL.
  out.writeInt32BE(type, 8);
  out.writeInt32BE(count, 12);
  out.writeInt32BE(1, 16);
  return count === 0 ? out.subarray(0, 12) : out;
}
