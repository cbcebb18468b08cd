import { afterEach, beforeEach, describe } from "vitest";
import { systemTimers } from "../../../base/index.ts";
import { scriptedFaults } from "../faulty/fault-plan.ts";
import { faultyStore } from "../faulty/faulty-store.ts";
import { MemoryDisk } from "../memory/memory-disk.ts";
import { openMemoryStore } from "../memory/memory-store.ts";
import { postgresUnderTest } from "../postgres/database.fixture.ts";
import { sqliteUnderTest } from "../sqlite/sqlite-folder.fixture.ts";
import type { Store } from "../store.ts";
import type { StoreUnderTest } from "./store-under-test.fixture.ts";

export interface StoreCase {
  readonly name: string;
  make(): StoreUnderTest;
}

/** Every store there is: a new one is added here and has to pass everything. */
export const STORES: readonly StoreCase[] = [
  { name: "memory", make: () => memoryUnderTest((disk) => openMemoryStore({ disk })) },
  { name: "sqlite inline", make: () => sqliteUnderTest("inline") },
  { name: "sqlite thread", make: () => sqliteUnderTest("thread") },
  { name: "postgres", make: () => postgresUnderTest() },
  {
    name: "faulty (without faults)",
    make: () =>
      memoryUnderTest((disk) => faultyStore(openMemoryStore({ disk }), scriptedFaults({ timers: systemTimers }))),
  },
];

function memoryUnderTest(open: (disk: MemoryDisk) => Store): StoreUnderTest {
  const disk = new MemoryDisk();
  return { open: async () => open(disk), dispose: async () => {} };
}

/** Declares the tests of `body` for each store; `open` opens the data of the running test, again and again. */
export function describeStores(title: string, body: (open: () => Promise<Store>) => void): void {
  describe.each(STORES)(`${title} ($name)`, (store) => describeStore(store, body));
}

export function describeStore(store: StoreCase, body: (open: () => Promise<Store>) => void): void {
  let data: StoreUnderTest | undefined;
  beforeEach(() => {
    data = store.make();
  });
  afterEach(async () => {
    await data?.dispose();
    data = undefined;
  });
  body(() => (data as StoreUnderTest).open());
}
