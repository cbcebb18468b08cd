import { expect, test } from "vitest";
import { SmallDisk } from "../harness/small-disk.ts";
import { runPostgresFaults } from "./postgres-faults.ts";

test(
  "what was acknowledged is there after the tablespace was full, and the log says that it was",
  { timeout: 300_000 },
  async () => {
    using disk = SmallDisk.mount(1);
    if (disk === undefined) {
      process.stderr.write("no right to mount a tmpfs: a full tablespace was not tested\n");
      return;
    }
    const plan = { seed: 5, count: 4, port: 18_334, postgresPort: 54_316 };
    const account = await runPostgresFaults({ ...plan, faults: ["full-tablespace"] });
    expect(account.violations).toEqual([]);
    expect(account.complaints.join("\n")).toContain("No space left on device");
    expect(account.acknowledged.workflowCompletions).toBeGreaterThan(5);
  },
);
