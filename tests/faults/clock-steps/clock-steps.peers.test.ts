import { expect, test } from "vitest";
import { runClockSteps } from "./clock-steps-run.ts";

const HOUR_MS = 3_600_000;

test("a server whose clock is stepped by an hour, forwards and backwards, fires no timer early and ends every workflow", async () => {
  const shiftsMs = [0, HOUR_MS, 0, -HOUR_MS, 0, HOUR_MS];
  const account = await runClockSteps({ seed: 1, port: 17_951, shiftsMs, stepMs: 2_000 });
  expect(account.violations).toEqual([]);
  expect(account.stderr).toBe("");
  expect(account.idleCpu).toBeLessThan(0.5);
  expect(account.acknowledged.workflowCompletions).toBeGreaterThan(10);
});
