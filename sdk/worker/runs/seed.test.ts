import { expect, test } from "vitest";
import { createAlea } from "../../workflow/alea.ts";
import { seedOfRunId } from "./seed.ts";

// Recorded from the official SDK: run ids and what their first calls of Math.random() returned.
test("a run draws the numbers that the official SDK draws", () => {
  const seed = seedOfRunId("01a1fec5-9320-7436-b6cb-2e5a88b9eade");
  const random = createAlea([...seed].reverse());
  expect([random(), random()]).toEqual([0.022144663613289595, 0.4828273525927216]);
});
