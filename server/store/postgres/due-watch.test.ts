import { expect, test } from "vitest";
import { batchOf, bytes } from "../conformance/store-under-test.fixture.ts";
import type { ReadDue } from "../store.ts";
import { DueWatch } from "./due-watch.ts";

const SLOTS = { slotFrom: 0, slotTo: 4096, limit: 10 };
const first: ReadDue = { ...SLOTS, upTo: 100, after: undefined };
/** As the engine looks further: from where it has been. */
const further = (upTo: number): ReadDue => ({ ...SLOTS, upTo, after: { dueAt: 100, slot: 4095, id: 2 ** 40 - 1 } });
const update = (dueAt: number | undefined) => batchOf({ updates: [{ slot: 1, id: 1, state: bytes(""), dueAt }] });

async function after(next: number | undefined, found = 0): Promise<DueWatch> {
  const watch = new DueWatch();
  const due = Array.from({ length: found }, (_, id) => ({ slot: 1, id, dueAt: 1 }));
  await watch.read(first, async () => ({ found: due, next }));
  return watch;
}

test("nothing is asked again before the next due time", async () => {
  const watch = await after(250);
  expect([200, 249, 250, 300].map((upTo) => watch.isEmpty(further(upTo)))).toEqual([true, true, false, false]);
  expect((await after(undefined)).isEmpty(further(1e15))).toBe(true);
});

test("what was never read is asked", async () => {
  const watch = await after(undefined);
  expect(watch.isEmpty(first)).toBe(false);
  expect(watch.isEmpty({ ...further(200), slotFrom: 1 })).toBe(false);
  expect((await after(undefined, SLOTS.limit)).isEmpty(further(200))).toBe(false);
});

test("what is written counts, from the moment it is sent", async () => {
  const watch = await after(250);
  watch.sending(update(undefined));
  watch.sending(update(220));
  expect([219, 220].map((upTo) => watch.isEmpty(further(upTo)))).toEqual([true, false]);
  const reading = new DueWatch();
  await reading.read(first, async () => {
    reading.sending(update(150));
    return { found: [], next: undefined };
  });
  expect([149, 150].map((upTo) => reading.isEmpty(further(upTo)))).toEqual([true, false]);
});

test("a read that fails tells nothing", async () => {
  const watch = await after(250);
  await expect(watch.read(first, () => Promise.reject(new Error("away")))).rejects.toThrow("away");
  expect(watch.isEmpty(further(200))).toBe(false);
});

test("what is on its way while it is read counts until its outcome is known", async () => {
  const watch = new DueWatch();
  const sent = watch.sending(update(180));
  await watch.read(first, async () => ({ found: [], next: undefined }));
  expect([179, 180].map((upTo) => watch.isEmpty(further(upTo)))).toEqual([true, false]);
  watch.sent.answered(sent, false);
  await watch.read(first, async () => ({ found: [], next: undefined }));
  expect(watch.isEmpty(further(180))).toBe(false);
  watch.sent.settled();
  await watch.read(first, async () => ({ found: [], next: undefined }));
  expect(watch.isEmpty(further(180))).toBe(true);
});
