/** `node tests/faults/kill/main.ts [--seed 1] [--kills 200] [--port 17900]` */
import { parseArgs } from "node:util";
import { runKills } from "./kill-run.ts";

const { values } = parseArgs({
  options: {
    seed: { type: "string", default: "1" },
    kills: { type: "string", default: "200" },
    port: { type: "string", default: "17900" },
  },
});

const begun = performance.now();
const account = await runKills({
  seed: Number(values.seed),
  kills: Number(values.kills),
  port: Number(values.port),
  report({ kills, acknowledged: { starts, signals, updates, workflowCompletions } }) {
    if (kills % 10 !== 0) return;
    const seconds = Math.round((performance.now() - begun) / 1000);
    console.log(
      `${kills} kills in ${seconds} s: ${starts} starts, ${signals} signals, ${updates} updates, ${workflowCompletions} ends acknowledged`,
    );
  },
});
const { awayMs, acknowledged, complaints, violations } = account;
const at = (quantile: number): string =>
  (awayMs[Math.min(awayMs.length - 1, Math.floor(quantile * awayMs.length))] ?? 0).toFixed(0);
const counts = Object.entries(acknowledged).map(([name, count]) => `${name} ${count}`);
console.log(`seed ${values.seed}: ${account.kills} kills, ${account.runs} runs with ${account.events} events`);
console.log(`acknowledged: ${counts.join(", ")}`);
console.log(
  `from SIGKILL to the first answered call: median ${at(0.5)} ms, p99 ${at(0.99)} ms, longest ${at(1)} ms (${awayMs.length} times)`,
);
for (const complaint of complaints.slice(0, 20)) console.log(`the server said: ${complaint}`);
for (const violation of violations.slice(0, 50)) console.log(`VIOLATION: ${violation}`);
console.log(
  violations.length === 0
    ? "nothing acknowledged is missing, nothing is doubled, every workflow has ended"
    : `${violations.length} violations`,
);
process.exit(violations.length === 0 ? 0 : 1);
