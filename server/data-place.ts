import type { DataOption } from "./server.ts";

export const DATABASE_EXAMPLE = "postgres://user@host/database";

/** Data as users name it: a folder, or the address of a PostgreSQL database. Undefined for an address of anything else. */
export function dataAt(place: string): DataOption | undefined {
  if (/^postgres(?:ql)?:\/\/[^/]*\/[^/?]+/.test(place)) return { kind: "postgres", url: place };
  return /^\w+:\/\//.test(place) ? undefined : { kind: "sqlite", folder: place };
}
