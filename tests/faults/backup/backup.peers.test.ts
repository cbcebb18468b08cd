import { expect, test } from "vitest";
import { runBackups } from "./backup-run.ts";

test("a backup that is made under load and restored has everything that was acknowledged before it began", async () => {
  const account = await runBackups({ seed: 3, backups: 3, pauseMs: 1_500, port: 17_981 });
  expect(account.violations).toEqual([]);
  expect(account.before[0]?.workflowCompletions).toBeGreaterThan(0);
  expect(Math.max(...account.meanwhile)).toBeGreaterThan(0);
});
