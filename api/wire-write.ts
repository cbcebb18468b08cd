/**
 * Writing the protobuf wire format: what the generated encoders are made of.
 *
 * A message is written backwards, last field first, so that the length of a nested message is known when its head is
 * written: one pass, nothing measured beforehand. A generated encoder takes the position that was written last and
 * returns the new one.
 *
 * An array buffer of its own costs a result 300 ns, more than most messages take to write. So results between 65 bytes
 * and `SHARED_MAX` are written where they stay: side by side in a slab. Smaller ones are copied (V8 keeps up to 64
 * bytes beside the object, for 30 ns), larger ones too. When the slab is too small the encoding starts again in a
 * scratch buffer that grows until it holds the message.
 *
 * 1. A function checks that there is room for all it writes before it writes.
 * 2. A byte of a slab belongs to one result; nothing is ever written over it.
 * 3. No function here calls back into code that might encode.
 */

type Write<M> = (message: M, b: Uint8Array, p: number) => number;

/** What one result kept for long can keep from being freed. */
const SLAB_SIZE = 16 * 1024;
/** An eighth of the slab, so that little of it is left over. */
const SHARED_MAX = 2 * 1024;
const ON_HEAP_MAX = 64;
const SCRATCH_SIZE = 64 * 1024;
/** A larger scratch buffer is given up after use. */
const SCRATCH_KEPT_MAX = 8 * 1024 * 1024;
/** Far beyond every limit on messages; a cyclic object is caught by the stack before. */
const SIZE_MAX = 1024 * 1024 * 1024;

const overflowed = new Error("encoding buffer is full");
let slab: Uint8Array = unset(0);
/** Where the free part of the slab ends. */
let top = 0;
let scratch: Uint8Array = unset(0);

function unset(size: number): Uint8Array {
  return new Uint8Array(Buffer.allocUnsafeSlow(size).buffer);
}

/** Encodes `message` with the generated function `write`. */
export function encodeWith<M>(write: Write<M>, message: M): Uint8Array {
  if (top < SHARED_MAX) {
    slab = unset(SLAB_SIZE);
    top = SLAB_SIZE;
  }
  let from = 0;
  try {
    from = write(message, slab, top);
  } catch (error) {
    if (error === overflowed) return encodeLarge(write, message);
    throw error;
  }
  const size = top - from;
  if (size <= ON_HEAP_MAX || size > SHARED_MAX) return slab.slice(from, top);
  top = from;
  return new Uint8Array(slab.buffer, from, size);
}

function encodeLarge<M>(write: Write<M>, message: M): Uint8Array {
  if (scratch.length === 0 || scratch.length > SCRATCH_KEPT_MAX) scratch = unset(SCRATCH_SIZE);
  for (;;) {
    const b = scratch;
    try {
      return b.slice(write(message, b, b.length));
    } catch (error) {
      if (error !== overflowed) throw error;
      if (b.length >= SIZE_MAX) throw new RangeError(`message is larger than ${SIZE_MAX} bytes`, { cause: error });
      scratch = unset(b.length * 4);
    }
  }
}

function overflow(): never {
  throw overflowed;
}

/** Writes a tag. */
function tag(b: Uint8Array, p: number, t: number): number {
  if (t < 128) {
    b[--p] = t;
    return p;
  }
  return varint(b, p, t);
}

/** Writes a varint, room for which the caller has checked. */
function varint(b: Uint8Array, p: number, v: number): number {
  const bits = v >>> 0;
  if (bits !== v) return hugeVarint(b, p, v);
  if (bits < 0x80) {
    b[--p] = bits;
    return p;
  }
  if (bits < 0x4000) {
    b[p - 1] = bits >>> 7;
    b[p - 2] = (bits & 127) | 128;
    return p - 2;
  }
  return longVarint(b, p, bits);
}

function longVarint(b: Uint8Array, p: number, bits: number): number {
  const size = bits < 0x200000 ? 3 : bits < 0x10000000 ? 4 : 5;
  const from = p - size;
  b[from] = (bits & 127) | 128;
  b[from + 1] = ((bits >>> 7) & 127) | 128;
  if (size === 3) {
    b[from + 2] = bits >>> 14;
    return from;
  }
  b[from + 2] = ((bits >>> 14) & 127) | 128;
  if (size === 4) {
    b[from + 3] = bits >>> 21;
    return from;
  }
  b[from + 3] = ((bits >>> 21) & 127) | 128;
  b[from + 4] = bits >>> 28;
  return from;
}

/** A varint beyond 32 bits, or a negative one: two's complement of 64 bits, seven at a time. */
function hugeVarint(b: Uint8Array, p: number, v: number): number {
  if (!Number.isSafeInteger(v)) throw new TypeError(`${v} is no integer that a message can hold`);
  let low = v | 0;
  let high = Math.floor(v / 4294967296) | 0;
  const size = groupsOf(low, high);
  const from = p - size;
  for (let i = from; i < p - 1; i++) {
    b[i] = (low & 127) | 128;
    low = (low >>> 7) | (high << 25);
    high >>>= 7;
  }
  b[p - 1] = low & 127;
  return from;
}

/** How many groups of seven bits hold 64 bits without their leading zeros. */
function groupsOf(low: number, high: number): number {
  if (high === 0) return Math.max(1, Math.ceil((32 - Math.clz32(low)) / 7));
  return Math.ceil((64 - Math.clz32(high)) / 7);
}

/** A varint field: integers, enums. */
export function int(b: Uint8Array, p: number, v: number, t: number): number {
  if (p < 16) overflow();
  return tag(b, varint(b, p, v), t);
}

/** A varint without a tag, inside a packed field. */
export function packed(b: Uint8Array, p: number, v: number): number {
  if (p < 16) overflow();
  return varint(b, p, v);
}

/** The zigzag form of a signed number. */
export function zigzag(v: number): number {
  const doubled = v < 0 ? -2 * v - 1 : 2 * v;
  if (!Number.isSafeInteger(doubled)) throw new TypeError(`${v} is no integer that a message can hold`);
  return doubled;
}

export function bool(b: Uint8Array, p: number, v: boolean, t: number): number {
  if (p < 16) overflow();
  b[--p] = v ? 1 : 0;
  return tag(b, p, t);
}

const eight = new Uint8Array(8);
const eightView = new DataView(eight.buffer);

function fixed(b: Uint8Array, p: number, size: number, t: number): number {
  if (p < 16) overflow();
  for (let i = size; i > 0;) b[--p] = eight[--i]!;
  return t === 0 ? p : tag(b, p, t);
}

export function float(b: Uint8Array, p: number, v: number, t: number): number {
  eightView.setFloat32(0, v, true);
  return fixed(b, p, 4, t);
}

export function double(b: Uint8Array, p: number, v: number, t: number): number {
  eightView.setFloat64(0, v, true);
  return fixed(b, p, 8, t);
}

export function fixed32(b: Uint8Array, p: number, v: number, t: number): number {
  eightView.setInt32(0, v | 0, true);
  return fixed(b, p, 4, t);
}

export function fixed64(b: Uint8Array, p: number, v: number, t: number): number {
  if (!Number.isSafeInteger(v)) throw new TypeError(`${v} is no integer that a message can hold`);
  eightView.setInt32(0, v | 0, true);
  eightView.setInt32(4, Math.floor(v / 4294967296) | 0, true);
  return fixed(b, p, 8, t);
}

/** The head of something of known length that was just written: its length and its tag. */
export function head(b: Uint8Array, p: number, size: number, t: number): number {
  if (p < 16) overflow();
  if (size < 128 && t < 128) {
    b[p - 1] = size;
    b[p - 2] = t;
    return p - 2;
  }
  return tag(b, varint(b, p, size), t);
}

const { utf8Write } = Buffer.prototype as unknown as {
  utf8Write(this: Uint8Array, value: string, at: number, size: number): number;
};

/** Strings up to this length are copied by hand while they are ASCII; beyond, the call into the runtime is cheaper. */
const SHORT_TEXT_MAX = 40;

export function str(b: Uint8Array, p: number, v: string, t: number): number {
  const size = v.length;
  if (size > SHORT_TEXT_MAX) return longText(b, p, v, t);
  if (p < size + 16) overflow();
  let to = p;
  for (let i = size - 1; i >= 0; i--) {
    const c = v.charCodeAt(i);
    if (c > 127) return longText(b, p, v, t);
    b[--to] = c;
  }
  return head(b, to, size, t);
}

function longText(b: Uint8Array, p: number, v: string, t: number): number {
  const size = Buffer.byteLength(v);
  if (p < size + 16) overflow();
  utf8Write.call(b, v, p - size, size);
  return head(b, p - size, size, t);
}

export function bytes(b: Uint8Array, p: number, v: Uint8Array, t: number): number {
  const from = raw(b, p, v);
  return head(b, from, v.length, t);
}

/** Bytes without a head: fields that were kept unread, encoded messages. */
export function raw(b: Uint8Array, p: number, v: Uint8Array): number {
  const size = v.length;
  if (p < size + 16) overflow();
  const from = p - size;
  if (size > 32) b.set(v, from);
  else for (let i = 0; i < size; i++) b[from + i] = v[i]!;
  return from;
}
