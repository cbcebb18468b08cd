import { execFileSync } from "node:child_process";
import { expect, test } from "vitest";

test("a program that has started it ends by itself", () => {
  const watchdog = JSON.stringify(new URL("watchdog.ts", import.meta.url).href);
  const program = `import { isolated, startWatchdog } from ${watchdog}; startWatchdog(); isolated(() => console.log("done"));`;
  const args = ["--input-type=module", "--eval", program];
  expect(execFileSync(process.execPath, args, { encoding: "utf8", timeout: 20_000 })).toBe("done\n");
});
