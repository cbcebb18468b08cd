import { expect, test } from "vitest";
import { batchOf, visibilityRow } from "../conformance/store-under-test.fixture.ts";
import type { ReadByCloseTime } from "../store.ts";
import { CloseWatch } from "./close-watch.ts";

const read: ReadByCloseTime = { namespace: 1, kind: 1, before: 100, limit: 10, skip: 0 };
const closed = (closeTime: number) => batchOf({ visibility: [visibilityRow({ slot: 1, id: 1 }, { closeTime })] });

/** How often the database was asked. */
async function asks(watch: CloseWatch, of: ReadByCloseTime, first?: number): Promise<number> {
  let count = 0;
  await watch.read(of, {
    found: async () => {
      count += 1;
      return [];
    },
    first: async () => first,
  });
  return count;
}

test("nothing is asked until the first run that closed is over for long enough", async () => {
  const watch = new CloseWatch();
  expect(await asks(watch, read, 250)).toBe(1);
  expect(await asks(watch, { ...read, before: 250 })).toBe(0);
  expect(await asks(watch, { ...read, before: 251 }, 300)).toBe(1);
  expect(await asks(watch, { ...read, before: 300 })).toBe(0);
  expect(await asks(watch, { ...read, namespace: 2 })).toBe(1);
  expect(await asks(watch, { ...read, before: undefined })).toBe(1);
});

test("runs that close since then count", async () => {
  const watch = new CloseWatch();
  await asks(watch, read, undefined);
  watch.sending(closed(170));
  expect(await asks(watch, { ...read, before: 170 })).toBe(0);
  expect(await asks(watch, { ...read, before: 171 })).toBe(1);
});

test("what could not be asked is asked again", async () => {
  const watch = new CloseWatch();
  const away = watch.read(read, { found: async () => [], first: () => Promise.reject(new Error("away")) });
  await expect(away).rejects.toThrow("away");
  expect(await asks(watch, { ...read, before: 50 })).toBe(1);
});

test("a run that is being closed while it is read counts", async () => {
  const watch = new CloseWatch();
  const sent = watch.sending(closed(170));
  await asks(watch, read);
  watch.sent.answered(sent, true);
  expect(await asks(watch, { ...read, before: 170 })).toBe(0);
  expect(await asks(watch, { ...read, before: 171 })).toBe(1);
  expect(await asks(watch, { ...read, before: 500 })).toBe(0);
});
