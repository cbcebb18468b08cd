import { DatabaseSync } from "node:sqlite";

/** 'PERD' as a big-endian number: `file perdure.db` and other tools recognise whose file this is. */
export const APPLICATION_ID = 0x5045_5244;

/** How long a connection waits for another of the same process (checkpoint against recovery). */
const BUSY_MS = 5_000;

/** Opens a connection with the settings that every one of ours has. */
export function openConnection(file: string, cacheKiB: number): DatabaseSync {
  const database = new DatabaseSync(file, { enableForeignKeyConstraints: false, timeout: BUSY_MS });
  database.exec(`
    PRAGMA synchronous = FULL;
    PRAGMA wal_autocheckpoint = 0;
    PRAGMA temp_store = MEMORY;
    PRAGMA cache_size = -${cacheKiB};
  `);
  return database;
}
