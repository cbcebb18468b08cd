/** The seed of a named stream. */

export function deriveSeed(seed: readonly number[], name: string): number[] {
  return [...seed, ...new TextEncoder().encode(name)];
}
