// The official Python SDK's time-skipping environment, unmodified, against our test server as a program.

import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { testServerProgram } from "./test-server-program.ts";

/** Made by the preparation of the peer suites: see tests/compat/python/requirements.txt. */
const python = fileURLToPath(new URL("../../.cache/venv/bin/python", import.meta.url));
const script = fileURLToPath(new URL("skip.py", import.meta.url));

test("the Python SDK skips days of sleep, of retries and until a time-out", { timeout: 90_000 }, async () => {
  if (!existsSync(python)) throw new Error(`${python} is missing: prepare the peer suites first`);
  const program = await testServerProgram();
  try {
    const { stdout } = await promisify(execFile)(python, ["-B", script, program.path]);
    const seen = JSON.parse(stdout.trimEnd().split("\n").at(-1) ?? "") as Record<string, unknown>;
    expect(seen).toMatchObject({ supports: true, late: "TimeoutError", sleptQuickly: true });
    for (const [name, days] of Object.entries({ slept: 30, passed: 30, retried: 3 }))
      expect(seen[name]).toBeCloseTo(days, 2);
  } finally {
    await program.remove();
  }
});
