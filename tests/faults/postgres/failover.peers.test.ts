import { expect, test } from "vitest";
import { runFailovers } from "./failover.ts";

test("what was acknowledged is there after the standby was promoted", { timeout: 300_000 }, async () => {
  const account = await runFailovers({ seed: 3, count: 3, port: 18_332, postgresPort: 54_314 });
  expect(account.violations).toEqual([]);
  expect(account.complaints).toEqual([]);
  expect(account.acknowledged.workflowCompletions).toBeGreaterThan(5);
});
