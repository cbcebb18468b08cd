/**
 * What happened in the world outside, one file per entry: the shop's warehouse, bank and carrier in miniature.
 *
 * 1. An entry's key is its idempotency key: writing it again changes nothing and answers what stands there.
 * 2. Entries are never changed or removed, so that they can be audited afterwards.
 */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

export interface Ledger<Entry> {
  /** The entry under this key: the given one, or the one that was there before. */
  record(key: string, entry: Entry): Entry;
  get(key: string): Entry | undefined;
  all(): Entry[];
}

export function openLedger<Entry>(folder: string): Ledger<Entry> {
  mkdirSync(folder, { recursive: true });
  const read = (file: string): Entry => JSON.parse(readFileSync(join(folder, file), "utf8")) as Entry;
  const get = (key: string): Entry | undefined => {
    try {
      return read(`${key}.json`);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
      throw error;
    }
  };
  return {
    get,
    record(key, entry) {
      const before = get(key);
      if (before !== undefined) return before;
      writeFileSync(join(folder, `${key}.json`), JSON.stringify(entry), { flag: "wx" });
      return entry;
    },
    all: () => readdirSync(folder).map(read),
  };
}
