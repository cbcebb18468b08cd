import { expect, test } from "vitest";
import { fuzzClient } from "./fuzz-client.ts";
import { fuzz } from "./fuzz.ts";

test.each([1, 2, 3])("abuse with seed %d leaves a server that works and holds nothing", async (seed) => {
  const report = await fuzz({ seed, rounds: 150 });
  expect(report).toMatchObject({ callsOpen: 0, connectionsOpen: 1 });
  // The abuse must go deep: most connections get as far as calls before they are thrown out.
  expect(report.callsTotal).toBeGreaterThan(400);
  expect(report.goaways).toBeGreaterThan(20);
});

test("a server that says anything ends our client's calls, one way or the other", async () => {
  const outcomes = await fuzzClient({ seed: 5, rounds: 300 });
  expect([...outcomes.values()].reduce((sum, count) => sum + count, 0)).toBe(1_200);
  expect(outcomes.get("answered")).toBeGreaterThan(20);
});
