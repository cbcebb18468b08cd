/** `npm run simulate -- [--seed N] [--count M] [--operations N] [--crashes N] [--jobs J] [--twice] [--stores LIST]`: replays seeds and checks the invariants. */
import { parseArgs } from "node:util";
import { CRASH_POINTS } from "./crash-points.ts";
import { runSeeds } from "./run-seeds.ts";
import { STORE_NAMES } from "./stores/store-names.ts";

const USAGE =
  "simulate [--seed N (1)] [--count M (1)] [--operations N (1000)] [--crashes N (5)] [--jobs J (1)] [--twice: run each seed twice and compare] [--until-failure: stop at the first seed with violations] [--stores memory,sqlite,postgres: all of them have to answer and hold the same]";

const { values } = parseArgs({
  options: {
    seed: { type: "string", default: "1" },
    count: { type: "string", default: "1" },
    operations: { type: "string", default: "1000" },
    crashes: { type: "string", default: "5" },
    jobs: { type: "string", default: "1" },
    twice: { type: "boolean", default: false },
    "until-failure": { type: "boolean", default: false },
    stores: { type: "string", default: "" },
    help: { type: "boolean", default: false },
  },
});
if (values.help) {
  console.log(USAGE);
  process.exit(0);
}
const first = Number(values.seed);
const count = Number(values.count);
const size = { operations: Number(values.operations), crashes: Number(values.crashes) };
let done = 0;
const summary = await runSeeds({
  first,
  count,
  size,
  jobs: Number(values.jobs),
  isTwice: values.twice,
  stores: STORE_NAMES.filter((name) => values.stores.split(",").includes(name)),
  onSeed({ seed, violations, workflows, events, digest }) {
    done++;
    if (violations.length > 0) {
      console.log(`seed ${seed}: ${violations.length} violations`);
      for (const violation of violations.slice(0, 5)) console.log(`  ${violation}`);
      if (values["until-failure"]) process.exit(1);
    } else if (count <= 20 || done % 100 === 0)
      console.log(`seed ${seed}: clean (${workflows} workflows, ${events} events, ${digest}); ${done} seeds done`);
  },
});
console.log(`${count - summary.failed} seeds clean, ${summary.failed} with violations; ${summary.workflows} workflows`);
console.log(`crashes: ${CRASH_POINTS.map((point) => `${summary.crashes[point] ?? 0} ${point}`).join("; ")}`);
const unhit = CRASH_POINTS.filter((point) => summary.crashes[point] === undefined);
if (unhit.length > 0 && count >= 20) console.log(`never hit: ${unhit.join("; ")}`);
process.exit(summary.failed === 0 && (unhit.length === 0 || count < 20) ? 0 : 1);
