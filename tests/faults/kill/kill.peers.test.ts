import { expect, test } from "vitest";
import { runKills } from "./kill-run.ts";

test("a server that is killed ten times at random moments loses nothing that it acknowledged", async () => {
  const account = await runKills({ seed: 7, kills: 10, port: 17_901 });
  expect(account.violations).toEqual([]);
  expect(account.complaints).toEqual([]);
  expect(account.acknowledged.workflowCompletions).toBeGreaterThan(10);
});
