import { afterAll, describe, expect, test } from "vitest";
import {
  MemoryDisk,
  migrateSqlite,
  openMemoryStore,
  openPostgresStore,
  openSqliteStore,
  readIdleFolderInBulk,
  readPostgresInBulk,
  readSqliteInBulk,
  writePostgresInBulk,
  writeSqliteInBulk,
} from "../store/index.ts";
import type { BulkReader, BulkWriter, Store } from "../store/index.ts";
import { readMemoryInBulk, writeMemoryInBulk } from "../store/memory/memory-bulk.ts";
import { dropSchema, freshSchema, TEST_URL } from "../store/postgres/database.fixture.ts";
import { checkStore } from "./check-store.ts";
import { copyStore } from "./copy-store.ts";
import { databaseFileOf } from "./open-place.ts";
import { InterruptedError } from "./progress.ts";
import { refuseUnfinishedCopy } from "./refuse-unfinished-copy.ts";
import { dump, Folders, supervision } from "./stored-runs.fixture.ts";

const folders = new Folders();
const endings: (() => Promise<void>)[] = [];
afterAll(async () => {
  folders.remove();
  for (const end of endings) await end();
});

/** A store that begins empty. */
interface Place {
  write(): Promise<BulkWriter>;
  read(): Promise<BulkReader>;
  open(): Promise<Store>;
}

const PLACES: Readonly<Record<string, () => Place>> = {
  memory() {
    const disk = new MemoryDisk();
    const open = async (): Promise<Store> => openMemoryStore({ disk });
    return { open, write: async () => writeMemoryInBulk(disk, await open()), read: async () => readMemoryInBulk(disk) };
  },
  sqlite() {
    const folder = folders.fresh();
    return {
      open: () => openSqliteStore({ folder, mode: "inline" }),
      write: () => writeSqliteInBulk(folder),
      read: async () => readSqliteInBulk(databaseFileOf(folder)),
    };
  },
  postgres() {
    const place = { url: TEST_URL, schema: freshSchema() };
    endings.push(() => dropSchema(place.schema));
    return {
      open: () => openPostgresStore(place),
      write: () => writePostgresInBulk(place),
      read: () => readPostgresInBulk(place),
    };
  },
};

function source(): string {
  const folder = folders.stored();
  migrateSqlite(folder);
  return folder;
}

async function copy(from: BulkReader, to: BulkWriter, watched = supervision()) {
  try {
    return await copyStore({ from, to, runsPerBatch: 4 }, watched);
  } finally {
    await from.close();
    await to.close();
  }
}

async function dumped(reader: BulkReader): Promise<unknown> {
  const all = await dump(reader);
  await reader.close();
  return all;
}

describe.each(Object.keys(PLACES))("a copy to %s", (name) => {
  const place = (): Place => (PLACES[name] as () => Place)();

  test("holds everything, and so does the copy of it", async () => {
    const folder = source();
    const there = place();
    const account = await copy(readIdleFolderInBulk(folder), await there.write());
    expect(account).toEqual({ runs: 14, runsBefore: 0, registryEntries: 4, meteringRows: 21 });
    const original = await dumped(readSqliteInBulk(databaseFileOf(folder)));
    expect(await dumped(await there.read())).toEqual(original);
    const back = folders.fresh();
    await copy(await there.read(), await writeSqliteInBulk(back));
    const returned = readSqliteInBulk(databaseFileOf(back));
    const findings: unknown[] = [];
    await checkStore(returned, { ...supervision(), found: (finding) => findings.push(finding) });
    expect(findings).toEqual([]);
    expect(await dumped(returned)).toEqual(original);
  });

  test("goes on after an interruption at any step", async () => {
    const folder = source();
    const original = await dumped(readSqliteInBulk(databaseFileOf(folder)));
    let steps = 0;
    for (let step = 1; ; step++) {
      const there = place();
      let count = 0;
      const stopping = supervision((_, stop) => {
        if (++count === step) stop();
      });
      const first = await copy(readIdleFolderInBulk(folder), await there.write(), stopping).catch(
        (error: unknown) => error,
      );
      if (!(first instanceof InterruptedError)) break;
      const half = await there.open();
      await expect(refuseUnfinishedCopy(half, "it")).rejects.toThrow("it holds a copy that was not finished");
      await half.close();
      await copy(readIdleFolderInBulk(folder), await there.write());
      expect(await dumped(await there.read())).toEqual(original);
      expect(step).toBeLessThan(20);
      steps = step;
    }
    expect(steps).toBeGreaterThan(4);
  });

  test("is refused by a store that has data", async () => {
    const there = place();
    await copy(readIdleFolderInBulk(source()), await there.write());
    await expect(copy(readIdleFolderInBulk(source()), await there.write())).rejects.toThrow("has data of its own");
  });

  test("does not go on with a source that has changed", async () => {
    const folder = source();
    const there = place();
    const stopping = supervision((_, stop) => stop());
    await expect(copy(readIdleFolderInBulk(folder), await there.write(), stopping)).rejects.toThrow(InterruptedError);
    const used = await openSqliteStore({ folder, mode: "inline" });
    await used.openLane({ lane: 0, slotFrom: 0, slotTo: 4096 });
    await used.close();
    await expect(copy(readIdleFolderInBulk(folder), await there.write())).rejects.toThrow(
      "the beginning of a copy of another store, or of this one before it was used again",
    );
  });
});
