/**
 * The seed of a run's random numbers: what official SDKs take for it, so that a run may move between workers of both
 * kinds. It is SipHash-1-3 with a key of zeros over the run id's bytes and one byte 0xff.
 *
 * 64-bit words are pairs of 32-bit halves in one array, low half first: v0 is 0 and 1, v1 is 2 and 3, and so on.
 */

const encoder = new TextEncoder();

/** Eight bytes, the lowest first. */
export function seedOfRunId(runId: string): readonly number[] {
  const bytes = encoder.encode(runId);
  const length = bytes.length + 1;
  const v = Int32Array.of(
    ...[0x70736575, 0x736f6d65, 0x6e646f6d, 0x646f7261],
    ...[0x6e657261, 0x6c796765, 0x79746573, 0x74656462],
  );
  const byte = (at: number): number => (at < bytes.length ? (bytes[at] as number) : at === bytes.length ? 0xff : 0);
  const word = (at: number): number => byte(at) | (byte(at + 1) << 8) | (byte(at + 2) << 16) | (byte(at + 3) << 24);
  const whole = length - (length % 8);
  for (let at = 0; at < whole; at += 8) compress(v, word(at), word(at + 4));
  compress(v, word(whole), word(whole + 4) | ((length & 0xff) << 24));
  v[4] = (v[4] as number) ^ 0xff;
  for (let i = 0; i < 3; i++) round(v);
  const low = (v[0] as number) ^ (v[2] as number) ^ (v[4] as number) ^ (v[6] as number);
  const high = (v[1] as number) ^ (v[3] as number) ^ (v[5] as number) ^ (v[7] as number);
  return [low, low >>> 8, low >>> 16, low >>> 24, high, high >>> 8, high >>> 16, high >>> 24].map(lowestByte);
}

function lowestByte(part: number): number {
  return part & 0xff;
}

function compress(v: Int32Array, low: number, high: number): void {
  v[6] = (v[6] as number) ^ low;
  v[7] = (v[7] as number) ^ high;
  round(v);
  v[0] = (v[0] as number) ^ low;
  v[1] = (v[1] as number) ^ high;
}

function round(v: Int32Array): void {
  mix(v, { to: 0, from: 2, turn: 13 });
  swapHalves(v, 0);
  mix(v, { to: 4, from: 6, turn: 16 });
  mix(v, { to: 0, from: 6, turn: 21 });
  mix(v, { to: 4, from: 2, turn: 17 });
  swapHalves(v, 4);
}

/** `to += from; from = rotate(from, turn) ^ to` */
function mix(v: Int32Array, { to, from, turn }: { to: number; from: number; turn: number }): void {
  const fromLow = v[from] as number;
  const fromHigh = v[from + 1] as number;
  const sum = ((v[to] as number) >>> 0) + (fromLow >>> 0);
  v[to] = sum | 0;
  v[to + 1] = (v[to + 1] as number) + fromHigh + (sum > 0xffffffff ? 1 : 0);
  v[from] = ((fromLow << turn) | (fromHigh >>> (32 - turn))) ^ (v[to] as number);
  v[from + 1] = ((fromHigh << turn) | (fromLow >>> (32 - turn))) ^ (v[to + 1] as number);
}

/** A rotation by 32. */
function swapHalves(v: Int32Array, at: number): void {
  const low = v[at] as number;
  v[at] = v[at + 1] as number;
  v[at + 1] = low;
}
