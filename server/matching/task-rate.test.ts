import { expect, test } from "vitest";
import { TaskRate } from "./task-rate.ts";

const NOW = Date.UTC(2030, 0, 1);

test.each([
  { name: "nothing", at: [], askedAt: 0, perSecond: 0 },
  { name: "thirty tasks just now", at: Array.from({ length: 30 }, () => 0), askedAt: 0, perSecond: 1 },
  { name: "thirty tasks, one a second", at: Array.from({ length: 30 }, (_, s) => s), askedAt: 29, perSecond: 1 },
  { name: "tasks half of which are young by now", at: [0, 1, 2, 3], askedAt: 45, perSecond: 2 / 30 },
  { name: "tasks that are no longer young", at: [0, 1, 2, 3], askedAt: 60, perSecond: 0 },
  { name: "tasks of two windows ago", at: [0, 1, 2, 3], askedAt: 1_000, perSecond: 0 },
  { name: "some old, some young", at: [0, 0, 40, 40], askedAt: 45, perSecond: 3 / 30 },
  { name: "a clock that is set back", at: [20, 10, 5], askedAt: 20, perSecond: 0.1 },
])("the rate of $name is $perSecond", ({ at, askedAt, perSecond }) => {
  const rate = new TaskRate();
  for (const second of at) rate.count(NOW + second * 1_000);
  expect(rate.perSecond(NOW + askedAt * 1_000)).toBe(perSecond);
});
