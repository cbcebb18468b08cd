/** The stores that a seed's log is put to, each empty at first and opened again whenever the seed's was. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { BulkReader, Store } from "../../server/store/index.ts";
import {
  MemoryDisk,
  openMemoryStore,
  openPostgresStore,
  openSqliteStore,
  readIdleFolderInBulk,
  readPostgresInBulk,
} from "../../server/store/index.ts";
import { readMemoryInBulk } from "../../server/store/memory/memory-bulk.ts";
import type { StoreName } from "./store-names.ts";
import { dropSchema, querySchema, TEST_URL } from "../../server/store/postgres/database.fixture.ts";

/** A place for one seed's data after the other. */
export interface OtherStore {
  readonly name: StoreName;
  /** Forgets what the seed before has left. */
  empty(): Promise<void>;
  open(): Promise<Store>;
  /** Of what is stored, when no store is open. */
  readInBulk(): Promise<BulkReader>;
  remove(): Promise<void>;
}

export function otherStore(name: StoreName): OtherStore {
  switch (name) {
    case "memory":
      return memory();
    case "sqlite":
      return sqlite();
    case "postgres":
      return postgres();
  }
}

/** The log's own store once more: what it answers otherwise is a mistake of the log. */
function memory(): OtherStore {
  let disk = new MemoryDisk();
  return {
    name: "memory",
    empty: async () => void (disk = new MemoryDisk()),
    open: async () => openMemoryStore({ disk }),
    readInBulk: async () => readMemoryInBulk(disk),
    remove: async () => {},
  };
}

function sqlite(): OtherStore {
  const home = mkdtempSync(join(tmpdir(), "perdure-simulation-"));
  let seeds = 0;
  const folder = (): string => join(home, String(seeds));
  return {
    name: "sqlite",
    async empty() {
      rmSync(folder(), { recursive: true, force: true });
      seeds += 1;
    },
    open: () => openSqliteStore({ folder: folder(), mode: "inline" }),
    readInBulk: async () => readIdleFolderInBulk(folder()),
    remove: async () => rmSync(home, { recursive: true, force: true }),
  };
}

/** One schema for all seeds of this process: to make one takes longer than a seed. */
function postgres(): OtherStore {
  const schema = `simulation_${process.pid}`;
  const place = { url: TEST_URL, schema };
  let isMade = false;
  return {
    name: "postgres",
    async empty() {
      if (isMade) await querySchema(schema, EMPTY_TABLES);
      isMade = true;
    },
    open: () => openPostgresStore(place),
    readInBulk: () => readPostgresInBulk(place),
    remove: () => dropSchema(schema),
  };
}

const EMPTY_TABLES = `TRUNCATE lease, lane, lane_epoch, entity, part, history, visibility, visibility_attribute, meta, metering`;
