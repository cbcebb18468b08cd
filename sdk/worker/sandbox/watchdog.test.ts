import { execFileSync } from "node:child_process";
import { expect, test } from "vitest";

const watchdog = JSON.stringify(new URL("watchdog.ts", import.meta.url).href);

function printed(program: string): string {
  const args = ["--input-type=module", "--eval", program];
  return execFileSync(process.execPath, args, { encoding: "utf8", timeout: 20_000 });
}

test("a program that has started it ends by itself", () => {
  const program = `import { isolated, startWatchdog } from ${watchdog}; startWatchdog(); isolated(() => console.log("done"));`;
  expect(printed(program)).toBe("done\n");
});

test("it sleeps while there is no work, before the first and after", () => {
  const program = `
    import { setTimeout } from "node:timers/promises";
    import { guard, isolated, isWatchdogReady, startWatchdog } from ${watchdog};
    startWatchdog();
    while (!isWatchdogReady()) await setTimeout(10);
    for (let i = 0; i < 2; i++) {
      const before = process.cpuUsage();
      await setTimeout(1000);
      const { user, system } = process.cpuUsage(before);
      console.log(user + system < 500_000);
      await new Promise((done) => isolated(() => done(guard(5000, () => {}, () => {}))));
    }`;
  expect(printed(program)).toBe("true\ntrue\n");
});
