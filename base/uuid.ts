const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** Whether a text is written as a UUID, of whatever version. */
export function isUuid(text: string): boolean {
  return UUID.test(text);
}

/**
 * A UUID of version 7: the time in front, in milliseconds, so that ids are made in about the order in which they sort and
 * an index of them grows at its end; the rest from a random UUID.
 */
export function timeOrderedUuid(nowMs: number, random: string): string {
  const time = Math.max(0, Math.floor(nowMs)).toString(16).padStart(12, "0").slice(-12);
  return `${time.slice(0, 8)}-${time.slice(8)}-7${random.slice(15)}`;
}
