/**
 * Reading the protobuf wire format: what the generated decoders are made of.
 *
 * A generated decoder keeps its position in a local variable. A function here that reads something of unknown length
 * returns the value and leaves the position after it in `at`; that costs a store instead of an object per value.
 *
 * 1. No function reads outside `[p, end)`; the caller's `end` is never past the end of `b`.
 * 2. Every function either moves forward or throws `DecodeError`.
 * 3. Bytes that are handed out are views of the input, never copies.
 */
import { isUtf8 } from "node:buffer";
import { DecodeError } from "./decode-error.ts";
import { SHORT_TEXT_MAX, shortText } from "./short-text.ts";

/** Where the last reading function stopped; for `span`, where the content begins. */
export let at = 0;

export const NO_BYTES: Uint8Array = new Uint8Array(0);
export const NO_ITEMS: readonly never[] = Object.freeze([]);
// oxlint-disable-next-line no-proto -- A literal with a null prototype: keys come from clients, "__proto__" among them.
export const NO_ENTRIES: Readonly<Record<string, never>> = Object.freeze({ __proto__: null } as never);

/** Messages of recursive type, and groups, may be nested this deep; protobuf's own libraries stop at the same depth. */
export const NESTING_MAX = 100;
/** How often one decoding may meet a singular message field a second time: merging is quadratic. */
export const MERGE_MAX = 64;

/**
 * How many repeated messages and map entries one decoding may meet, all together. An empty one takes two bytes of input
 * and a hundred times that in memory; with this limit 4 MiB of them become 20 MB instead of 400. Real requests are far
 * below: 4 MiB of the shortest commands that mean anything are 100,000.
 */
export const ITEM_MAX = 200_000;

let merges = 0;
let items = 0;

/** Called at the start of each decoding. */
export function beginRead(): void {
  merges = 0;
  items = 0;
}

/** Called for each repeated message and map entry. */
export function count(p: number): void {
  if (++items > ITEM_MAX) refuse("message has too many parts", p);
}

export function refuse(what: string, offset: number): never {
  throw new DecodeError(what, offset);
}

/** A tag of more than one byte. */
export function tag(b: Uint8Array, p: number, end: number): number {
  const value = uint32(b, p, end);
  if (at - p > 5) refuse("tag is too long", p);
  return value;
}

/** Reads a length: `at` is where the content begins, the result where it ends. */
export function span(b: Uint8Array, p: number, end: number): number {
  if (p < end) {
    const n = b[p]!;
    if (n < 128) {
      const to = p + 1 + n;
      if (to > end) refuse("length runs past the end", p);
      at = p + 1;
      return to;
    }
  }
  return longSpan(b, p, end);
}

function longSpan(b: Uint8Array, p: number, end: number): number {
  const n = uint32(b, p, end);
  const to = at + n;
  if (to > end) refuse("length runs past the end", p);
  return to;
}

export function int32(b: Uint8Array, p: number, end: number): number {
  if (p < end) {
    const c = b[p]!;
    if (c < 128) {
      at = p + 1;
      return c;
    }
  }
  longVarint(b, p, end);
  return low | 0;
}

export function uint32(b: Uint8Array, p: number, end: number): number {
  if (p < end) {
    const c = b[p]!;
    if (c < 128) {
      at = p + 1;
      return c;
    }
  }
  longVarint(b, p, end);
  return low >>> 0;
}

export function sint32(b: Uint8Array, p: number, end: number): number {
  const value = uint32(b, p, end);
  return (value >>> 1) ^ -(value & 1);
}

export function bool(b: Uint8Array, p: number, end: number): boolean {
  if (p < end) {
    const c = b[p]!;
    if (c < 128) {
      at = p + 1;
      return c !== 0;
    }
  }
  longVarint(b, p, end);
  return (low | high) !== 0;
}

export function int64(b: Uint8Array, p: number, end: number): number {
  if (p < end) {
    const c = b[p]!;
    if (c < 128) {
      at = p + 1;
      return c;
    }
  }
  longVarint(b, p, end);
  return high === 0 ? low >>> 0 : safe(high * 4294967296 + (low >>> 0), p);
}

export function uint64(b: Uint8Array, p: number, end: number): number {
  longVarint(b, p, end);
  return safe((high >>> 0) * 4294967296 + (low >>> 0), p);
}

export function sint64(b: Uint8Array, p: number, end: number): number {
  longVarint(b, p, end);
  const sign = -(low & 1);
  const lowHalf = ((low >>> 1) | (high << 31)) ^ sign;
  const highHalf = (high >>> 1) ^ sign;
  return safe(highHalf * 4294967296 + (lowHalf >>> 0), p);
}

function safe(value: number, p: number): number {
  if (!Number.isSafeInteger(value)) refuse("64-bit integer is beyond 2^53", p);
  return value;
}

let low = 0;
let high = 0;

/** Reads a varint of up to ten bytes into `low` and `high`, both as signed 32-bit halves. */
function longVarint(b: Uint8Array, p: number, end: number): void {
  let bits = 0;
  let shift = 0;
  high = 0;
  for (; shift < 28; shift += 7) {
    if (p >= end) refuse("varint is cut off", p);
    const c = b[p++]!;
    bits |= (c & 127) << shift;
    if (c < 128) {
      low = bits;
      at = p;
      return;
    }
  }
  if (p >= end) refuse("varint is cut off", p);
  let c = b[p++]!;
  low = bits | ((c & 127) << 28);
  bits = (c & 127) >> 4;
  for (shift = 3; c >= 128; shift += 7) {
    if (shift > 31) refuse("varint is too long", p);
    if (p >= end) refuse("varint is cut off", p);
    c = b[p++]!;
    bits |= (c & 127) << shift;
  }
  high = bits | 0;
  at = p;
}

const eight = new Uint8Array(8);
const eightView = new DataView(eight.buffer);

function fixed(b: Uint8Array, p: number, end: number, size: number): void {
  if (end - p < size) refuse("fixed-size number is cut off", p);
  for (let i = 0; i < size; i++) eight[i] = b[p + i]!;
  at = p + size;
}

export function float(b: Uint8Array, p: number, end: number): number {
  fixed(b, p, end, 4);
  return eightView.getFloat32(0, true);
}

export function double(b: Uint8Array, p: number, end: number): number {
  fixed(b, p, end, 8);
  return eightView.getFloat64(0, true);
}

export function fixed32(b: Uint8Array, p: number, end: number): number {
  fixed(b, p, end, 4);
  return eightView.getUint32(0, true);
}

export function sfixed32(b: Uint8Array, p: number, end: number): number {
  fixed(b, p, end, 4);
  return eightView.getInt32(0, true);
}

export function fixed64(b: Uint8Array, p: number, end: number): number {
  fixed(b, p, end, 8);
  return safe(eightView.getUint32(4, true) * 4294967296 + eightView.getUint32(0, true), p);
}

export function sfixed64(b: Uint8Array, p: number, end: number): number {
  fixed(b, p, end, 8);
  return safe(eightView.getInt32(4, true) * 4294967296 + eightView.getUint32(0, true), p);
}

const { latin1Slice, utf8Slice } = Buffer.prototype as unknown as {
  latin1Slice(this: Uint8Array, from: number, to: number): string;
  utf8Slice(this: Uint8Array, from: number, to: number): string;
};

/** A string. Bytes that are no UTF-8 are refused, as protobuf's own libraries refuse them. */
export function text(b: Uint8Array, p: number, end: number): string {
  const to = span(b, p, end);
  const from = at;
  at = to;
  if (from === to) return "";
  if (isAscii(b, from, to)) {
    return to - from > SHORT_TEXT_MAX ? latin1Slice.call(b, from, to) : shortText(b, from, to - from);
  }
  checkText(b, from, to);
  return utf8Slice.call(b, from, to);
}

/** Refuses bytes that are no string. */
export function checkText(b: Uint8Array, from: number, to: number): void {
  if (!isAscii(b, from, to) && !isUtf8(b.subarray(from, to))) refuse("string is not valid UTF-8", from);
}

function isAscii(b: Uint8Array, from: number, to: number): boolean {
  let all = 0;
  for (let i = from; i < to; i++) all |= b[i]!;
  return all < 128;
}

/** A byte string. */
export function bytes(b: Uint8Array, p: number, end: number): Uint8Array {
  const to = span(b, p, end);
  return view(b, at, to);
}

/** The bytes of `[from, to)`, without a copy; the position is then after them. */
export function view(b: Uint8Array, from: number, to: number): Uint8Array {
  at = to;
  return new Uint8Array(b.buffer, b.byteOffset + from, to - from);
}

/** Passes over a field whose tag `t` has been read and returns where the next one begins. */
export function skip(b: Uint8Array, t: number, p: number, end: number, depth = 0): number {
  if (t >>> 3 === 0) refuse("field number is 0", p);
  switch (t & 7) {
    case 0:
      longVarint(b, p, end);
      return at;
    case 1:
      if (end - p < 8) refuse("fixed-size number is cut off", p);
      return p + 8;
    case 2:
      return span(b, p, end);
    case 3:
      return skipGroup(b, t, p, end, depth + 1);
    case 5:
      if (end - p < 4) refuse("fixed-size number is cut off", p);
      return p + 4;
    default:
      return refuse(`wire type ${t & 7} has no place here`, p);
  }
}

function skipGroup(b: Uint8Array, start: number, from: number, end: number, depth: number): number {
  if (depth > NESTING_MAX) refuse("groups are nested too deep", from);
  let p = from;
  for (;;) {
    const t = tag(b, p, end);
    p = at;
    if ((t & 7) !== 4) p = skip(b, t, p, end, depth);
    else if (t === start + 1) return p;
    else refuse("group ends with another field's tag", p);
  }
}

/** Called on entering a message of recursive type. */
export function nest(depth: number, p: number): number {
  if (depth > NESTING_MAX) refuse("messages are nested too deep", p);
  return depth + 1;
}

/** Notes an unknown field's bytes; neighbours become one range. */
export function keep(ranges: number[] | undefined, from: number, to: number): number[] {
  if (ranges === undefined) return [from, to];
  if (ranges[ranges.length - 1] === from) ranges[ranges.length - 1] = to;
  else ranges.push(from, to);
  return ranges;
}

/** The bytes of all ranges that `keep` noted. */
export function kept(b: Uint8Array, ranges: number[]): Uint8Array {
  if (ranges.length === 2) return view(b, ranges[0]!, ranges[1]!);
  let size = 0;
  for (let i = 0; i < ranges.length; i += 2) size += ranges[i + 1]! - ranges[i]!;
  const all = new Uint8Array(size);
  let to = 0;
  for (let i = 0; i < ranges.length; i += 2) {
    all.set(view(b, ranges[i]!, ranges[i + 1]!), to);
    to += ranges[i + 1]! - ranges[i]!;
  }
  return all;
}

/** A singular message field that occurs again is merged with what was read before; of encoded bytes that is joining. */
export function joined(before: Uint8Array, more: Uint8Array): Uint8Array {
  if (++merges > MERGE_MAX) refuse("message field is repeated too often", at);
  const all = new Uint8Array(before.length + more.length);
  all.set(before);
  all.set(more, before.length);
  return all;
}
