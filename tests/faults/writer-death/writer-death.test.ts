import { expect, test } from "vitest";
import { runWriterDeaths } from "./writer-death-run.ts";

test("a server whose writer thread dies in every way, one after the other, goes on and loses nothing", async () => {
  const deaths = 4;
  const { violations, log, acknowledged } = await runWriterDeaths({ seed: 3, port: 17_930, deaths });
  expect(violations).toEqual([]);
  expect(log.filter((line) => line.includes("writer thread died"))).toHaveLength(deaths);
  expect(log.filter((line) => line.includes("lane cannot be opened"))).toEqual([]);
  expect(acknowledged.workflowCompletions).toBeGreaterThan(10);
});
