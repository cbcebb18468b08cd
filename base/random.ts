import { randomFillSync } from "node:crypto";

/** Source of randomness. `uuid` gives version 4 UUIDs in lower case. */
export interface Random {
  /** A float in [0, 1). */
  next(): number;
  uuid(): string;
}

const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));

/** Formats 16 bytes as a version 4 UUID; the version and variant bits are forced. */
function formatUuid(bytes: Uint8Array, at: number): string {
  const h = (i: number): string => HEX[bytes[at + i] as number] as string;
  const version = HEX[((bytes[at + 6] as number) & 0x0f) | 0x40] as string;
  const variant = HEX[((bytes[at + 8] as number) & 0x3f) | 0x80] as string;
  return `${h(0)}${h(1)}${h(2)}${h(3)}-${h(4)}${h(5)}-${version}${h(7)}-${variant}${h(9)}-${h(10)}${h(11)}${h(12)}${h(13)}${h(14)}${h(15)}`;
}

const POOL_BYTES = 4096;
const pool = new Uint8Array(POOL_BYTES);
let poolAt = POOL_BYTES;

export const systemRandom: Random = {
  next: () => Math.random(),
  uuid() {
    if (poolAt === POOL_BYTES) {
      randomFillSync(pool);
      poolAt = 0;
    }
    const id = formatUuid(pool, poolAt);
    poolAt += 16;
    return id;
  },
};

/** A deterministic source for tests and simulation (mulberry32). */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
  const bytes = new Uint8Array(16);
  return {
    next,
    uuid() {
      for (let i = 0; i < 16; i++) bytes[i] = Math.floor(next() * 256);
      return formatUuid(bytes, 0);
    },
  };
}
