/** Bytes and UUIDs drawn from a source of numbers. */
import type { RandomSource } from "./alea.ts";

export function fillWithRandom(random: RandomSource, bytes: Uint8Array): Uint8Array {
  for (let index = 0; index < bytes.length; index++) bytes[index] = (random() * 256) | 0;
  return bytes;
}

/** Four draws of 32 bits each, with the bits of version 4 set over them. */
export function uuid4FromRandom(random: RandomSource): string {
  const a = word(random);
  const b = word(random);
  const c = word(random);
  const d = word(random);
  const versioned = (b & 0xffff0fff) | 0x4000;
  const variant = (c & 0x3fffffff) | 0x80000000;
  return `${hex(a, 8)}-${hex(versioned >>> 16, 4)}-${hex(versioned & 0xffff, 4)}-${hex(variant >>> 16, 4)}-${hex(variant & 0xffff, 4)}${hex(d, 8)}`;
}

function word(random: RandomSource): number {
  return (random() * 2 ** 32) >>> 0;
}

function hex(value: number, width: number): string {
  return (value >>> 0).toString(16).padStart(width, "0");
}
