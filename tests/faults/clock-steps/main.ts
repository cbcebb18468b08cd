/** `node tests/faults/clock-steps/main.ts [--seed 1] [--hours 1] [--seconds 5] [--port 17950]` */
import { parseArgs } from "node:util";
import { runClockSteps } from "./clock-steps-run.ts";

const { values } = parseArgs({
  options: {
    seed: { type: "string", default: "1" },
    hours: { type: "string", default: "1" },
    seconds: { type: "string", default: "5" },
    port: { type: "string", default: "17950" },
  },
});
const shiftsMs = [0, 1, 0, -1, 0, 1].map((step) => step * Number(values.hours) * 3_600_000);
const account = await runClockSteps({
  seed: Number(values.seed),
  port: Number(values.port),
  shiftsMs,
  stepMs: Number(values.seconds) * 1000,
});
const { acknowledged, violations } = account;
const counts = Object.entries(acknowledged).map(([name, count]) => `${name} ${count}`);
console.log(
  `seed ${values.seed}: the clock stood at ${shiftsMs.map((ms) => `${ms / 60_000} min`).join(", ")}; ${account.runs} runs; acknowledged: ${counts.join(", ")}`,
);
console.log(
  `ended per step: ${account.endedPerStep.join(", ")}; idle afterwards at ${(100 * account.idleCpu).toFixed(1)} % of a processor`,
);
if (account.stderr !== "") console.log(account.stderr);
for (const violation of violations.slice(0, 50)) console.log(`VIOLATION: ${violation}`);
console.log(
  violations.length === 0 ? "no timer fired early, every workflow has ended" : `${violations.length} violations`,
);
process.exit(violations.length === 0 ? 0 : 1);
