/** `npm run simulate -- [--seed N] [--count M] [--operations N] [--crashes N] [--twice]`: replays seeds and checks the invariants. */
import { parseArgs } from "node:util";
import { CRASH_POINTS } from "./crash-points.ts";
import { simulate } from "./simulate.ts";

const { values } = parseArgs({
  options: {
    seed: { type: "string", default: "1" },
    count: { type: "string", default: "1" },
    operations: { type: "string", default: "1000" },
    crashes: { type: "string", default: "5" },
    twice: { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  },
});
if (values.help) {
  console.log("simulate [--seed N] [--count M] [--operations N (1000)] [--crashes N (5)] [--twice: run each seed twice and compare]");
  process.exit(0);
}
const first = Number(values.seed);
const count = Number(values.count);
const size = { operations: Number(values.operations), crashes: Number(values.crashes) };
const totals: Record<string, number> = Object.fromEntries(CRASH_POINTS.map((point) => [point, 0]));
let failed = 0;
let workflows = 0;
for (let seed = first; seed < first + count; seed++) {
  const outcome = await simulate(seed, size);
  workflows += outcome.workflows;
  for (const [point, hits] of Object.entries(outcome.crashes)) totals[point] = (totals[point] ?? 0) + hits;
  const violations = [...outcome.violations];
  if (values.twice) {
    const again = await simulate(seed, size);
    if (again.digest !== outcome.digest || again.events !== outcome.events) violations.push(`a second run differs: ${outcome.digest} after ${outcome.events} events, ${again.digest} after ${again.events}`);
  }
  if (violations.length > 0) {
    failed++;
    console.log(`seed ${seed}: ${violations.length} violations`);
    for (const violation of violations.slice(0, 5)) console.log(`  ${violation}`);
  } else if (count <= 20 || (seed - first + 1) % 100 === 0) console.log(`seed ${seed}: clean (${outcome.workflows} workflows, ${outcome.events} events, ${outcome.digest})`);
}
console.log(`${count - failed} seeds clean, ${failed} with violations; ${workflows} workflows; crashes: ${Object.entries(totals).map(([point, hits]) => `${hits} ${point}`).join(", ")}`);
process.exit(failed === 0 ? 0 : 1);
