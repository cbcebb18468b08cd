import { expect, test } from "vitest";
import { runPauses } from "./pause-run.ts";

test("a server that was stopped for three seconds goes on as if they had not been", async () => {
  const account = await runPauses({ seed: 1, port: 17_941, pausesMs: [3_000, 500] });
  expect(account.violations).toEqual([]);
  expect(account.stderr).toBe("");
  expect(account.acknowledged.workflowCompletions).toBeGreaterThan(10);
});
