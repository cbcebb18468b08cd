import { afterAll, expect, test } from "vitest";
import { EMPTY_BATCH, openMemoryStore } from "../../server/store/index.ts";
import type { Store } from "../../server/store/index.ts";
import { runHere } from "../run-seeds.ts";
import type { Outcome } from "../simulate.ts";
import { STORE_NAMES } from "./store-names.ts";
import { StoreLog } from "./store-log.ts";
import { StoresInAgreement } from "./stores-in-agreement.ts";

const SIZE = { operations: 120, crashes: 5 };
const SECONDS_MAX = 120;

test(
  "memory, SQLite and PostgreSQL answer what seeds ask and hold the same at the end",
  async () => {
    const failures: string[] = [];
    const range = { first: 1, count: 10, size: SIZE, isTwice: false, stores: STORE_NAMES };
    await runHere(range, ({ seed, violations }) => {
      for (const violation of violations) failures.push(`seed ${seed}: ${violation}`);
    });
    expect(failures).toEqual([]);
  },
  SECONDS_MAX * 1_000,
);

test("a seed goes its way whether or not its store is listened to", async () => {
  const outcomes: Outcome[] = [];
  const range = { first: 11, count: 1, size: SIZE, isTwice: true, stores: ["memory"] as const };
  await runHere(range, (outcome) => outcomes.push(outcome));
  expect(outcomes[0]?.violations).toEqual([]);
});

/** A log of a small life: a registry entry is written and read. */
async function smallLog(): Promise<StoreLog> {
  const log = new StoreLog();
  const store = log.recording(openMemoryStore());
  const { epoch } = await openLane(store);
  const meta = [{ key: "a", blob: Uint8Array.of(1, 2) }];
  await store.commit({ lane: 0, epoch, batchNo: 1, batch: { ...EMPTY_BATCH, nextId: 5, meta } });
  await store.readMeta("");
  return log;
}

const openLane = (store: Store) => store.openLane({ lane: 0, slotFrom: 0, slotTo: 4096 });

const agreement = new StoresInAgreement(STORE_NAMES);
afterAll(() => agreement.remove());

test("an answer that is another one is named with its call and both answers", async () => {
  expect(await agreement.check(await smallLog())).toEqual([]);
  const log = await smallLog();
  const read = log.calls.find(({ verb }) => verb === "readMeta");
  if (read !== undefined) read.answer = { value: [{ key: "a", blob: Uint8Array.of(1, 3) }] };
  expect(await agreement.check(log)).toEqual(
    STORE_NAMES.map((name) =>
      expect.stringMatching(
        new RegExp(`^${name} answers readMeta\\[ '' \\] otherwise, at \\[0\\]\\.blob: .* 1, 2 .*instead of.* 1, 3 `),
      ),
    ),
  );
});
