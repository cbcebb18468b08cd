/** `node tests/faults/writer-death/main.ts [--seed 1] [--deaths 40] [--port 17930]` */
import { parseArgs } from "node:util";
import { runWriterDeaths } from "./writer-death-run.ts";

const { values } = parseArgs({
  options: {
    seed: { type: "string", default: "1" },
    deaths: { type: "string", default: "40" },
    port: { type: "string", default: "17930" },
  },
});

const { seed, deaths, port } = values;
const account = await runWriterDeaths({
  seed: Number(seed),
  deaths: Number(deaths),
  port: Number(port),
  report: ({ deaths: count, acknowledged: { starts } }) =>
    console.log(`${count} deaths: ${starts} starts acknowledged`),
});
const { awayMs, acknowledged, log, runs, violations } = account;
const counts = Object.entries(acknowledged).map(([name, count]) => `${name} ${count}`);
console.log(`seed ${seed}: ${deaths} deaths, ${runs} runs; acknowledged: ${counts.join(", ")}`);
const median = awayMs[awayMs.length >> 1] ?? 0;
console.log(
  `from a death to the first acknowledged start: median ${median.toFixed(0)} ms, longest ${awayMs.at(-1)?.toFixed(0)} ms`,
);
for (const line of log) console.log(`the server said: ${line}`);
for (const violation of violations.slice(0, 50)) console.log(`VIOLATION: ${violation}`);
console.log(
  violations.length === 0 ? "nothing acknowledged is missing, nothing is doubled" : `${violations.length} violations`,
);
process.exit(violations.length === 0 ? 0 : 1);
