const CODE_POINT_MAX = 0x10ffff;
const SURROGATES_FROM = 0xd800;
const SURROGATES_TO = 0xdfff;

/**
 * The least text above every text with the prefix, in the order of code points (which is that of SQLite's BINARY
 * collation, since UTF-8 keeps it); undefined when there is no such text.
 */
export function textSuccessor(prefix: string): string | undefined {
  const points = Array.from(prefix, (char) => char.codePointAt(0) as number);
  while (points.at(-1) === CODE_POINT_MAX) points.pop();
  const last = points.pop();
  if (last === undefined) return undefined;
  // Surrogates are no characters.
  const next = last + 1 >= SURROGATES_FROM && last + 1 <= SURROGATES_TO ? SURROGATES_TO + 1 : last + 1;
  return String.fromCodePoint(...points, next);
}
