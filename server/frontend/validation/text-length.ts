import type { Frontend } from "../frontend.ts";

/** Ids and names are limited in bytes of UTF-8. */
export function isTooLong(frontend: Frontend, text: string): boolean {
  const { idBytesMax } = frontend.history.limits;
  // A character is three bytes of UTF-8 at most, so short texts need no counting.
  return text.length * 3 > idBytesMax && Buffer.byteLength(text) > idBytesMax;
}
