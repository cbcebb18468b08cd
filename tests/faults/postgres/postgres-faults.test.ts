import { expect, test } from "vitest";
import { FAULTS, runPostgresFaults } from "./postgres-faults.ts";

test(
  "whatever happens to PostgreSQL, the server or the way between, nothing acknowledged is lost or doubled",
  {
    timeout: 240_000,
  },
  async () => {
    const plan = { seed: 11, count: 12, port: 18_330, postgresPort: 54_312 };
    // A full tablespace takes the right to mount (full-tablespace.peers.test.ts).
    const account = await runPostgresFaults({ ...plan, faults: FAULTS.filter((fault) => fault !== "full-tablespace") });
    expect(account.violations).toEqual([]);
    const unexpected = /corrupt|damaged|assert|contradicts|lost acknowledged/;
    expect(account.complaints.filter((line) => unexpected.test(line))).toEqual([]);
    expect(account.acknowledged.workflowCompletions).toBeGreaterThan(5);
  },
);
