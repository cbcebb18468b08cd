/** The seed of a named stream: a label, then the run's seed and the name, each after its length in four bytes. */

const LABEL = "temporal-workflow-random-stream-v1";

export function deriveSeed(seed: readonly number[], name: string): number[] {
  const encoder = new TextEncoder();
  return [...encoder.encode(LABEL), ...withLength(seed), ...withLength(encoder.encode(name))];
}

function withLength(bytes: Iterable<number>): number[] {
  const list = [...bytes];
  const { length } = list;
  return [length >>> 24, (length >>> 16) & 0xff, (length >>> 8) & 0xff, length & 0xff, ...list];
}
