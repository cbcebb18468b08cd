import { expect, test } from "vitest";
import { runBackups } from "./backup-run.ts";

test("a backup that is made under load and restored has everything that was acknowledged before it began", async () => {
  const account = await runBackups({ seed: 3, backups: 3, ends: 40, port: 17_981 });
  expect(account.violations).toEqual([]);
  expect(Math.max(...account.meanwhile)).toBeGreaterThan(0);
});
