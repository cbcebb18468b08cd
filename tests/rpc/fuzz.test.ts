import { expect, test } from "vitest";
import { fuzz } from "./fuzz.ts";

test.each([1, 2, 3])("abuse with seed %d leaves a server that works and holds nothing", async (seed) => {
  const report = await fuzz({ seed, rounds: 150 });
  expect(report).toMatchObject({ callsOpen: 0, connectionsOpen: 1 });
  // The abuse must go deep: most connections get as far as calls before they are thrown out.
  expect(report.callsTotal).toBeGreaterThan(400);
  expect(report.goaways).toBeGreaterThan(20);
});
