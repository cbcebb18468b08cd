/**
 * Johannes Baagøe's generator Alea, with seeds of bytes. Its numbers are part of history's meaning: a run that moves to
 * another worker must draw the same ones.
 */

export type RandomSource = () => number;

const TWO_TO_MINUS_32 = 2 ** -32;

export function createAlea(seed: readonly number[]): RandomSource {
  const mash = createMash();
  let s0 = mash(BLANK);
  let s1 = mash(BLANK);
  let s2 = mash(BLANK);
  let carry = 1;
  s0 = wrapped(s0 - mash(seed));
  s1 = wrapped(s1 - mash(seed));
  s2 = wrapped(s2 - mash(seed));
  return () => {
    const t = 2091639 * s0 + carry * TWO_TO_MINUS_32;
    s0 = s1;
    s1 = s2;
    carry = t | 0;
    s2 = t - carry;
    return s2;
  };
}

const BLANK = [32];

function wrapped(value: number): number {
  return value < 0 ? value + 1 : value;
}

/** The hash that spreads a seed; it remembers what it was fed. */
function createMash(): (data: readonly number[]) => number {
  let n = 0xefc8249d;
  return (data) => {
    for (const byte of data) {
      n += byte;
      let h = 0.02519603282416938 * n;
      n = h >>> 0;
      h -= n;
      h *= n;
      n = h >>> 0;
      h -= n;
      n += h * 2 ** 32;
    }
    return (n >>> 0) * TWO_TO_MINUS_32;
  };
}
