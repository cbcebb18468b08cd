import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";

test(
  "every order finishes exactly as it should although the server is killed on the way",
  { timeout: 150_000 },
  async () => {
    const main = join(import.meta.dirname, "main.ts");
    const { stdout } = await promisify(execFile)(process.execPath, [main], { encoding: "utf8" });
    expect(stdout).toContain("SIGKILL: the server is gone");
    expect(stdout.trimEnd().split("\n").at(-1)).toBe("Every order finished exactly as it should.");
  },
);
