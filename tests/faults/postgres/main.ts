/** `node tests/faults/postgres/main.ts [--faults kill-postgres,kill-server] [--seed 1] [--count 100] [--port 18310] [--postgres-port 54310]` */
import { parseArgs } from "node:util";
import { FAULTS, runPostgresFaults } from "./postgres-faults.ts";

const { values } = parseArgs({
  options: {
    faults: { type: "string", default: "kill-postgres" },
    seed: { type: "string", default: "1" },
    count: { type: "string", default: "100" },
    port: { type: "string", default: "18310" },
    "postgres-port": { type: "string", default: "54310" },
  },
});
const faults = FAULTS.filter((name) => values.faults.split(",").includes(name));
if (faults.length === 0) throw new Error(`--faults wants some of ${FAULTS.join(", ")}`);
const fault = faults.join(", ");

const begun = performance.now();
const account = await runPostgresFaults({
  faults,
  seed: Number(values.seed),
  count: Number(values.count),
  port: Number(values.port),
  postgresPort: Number(values["postgres-port"]),
  report({ done, acknowledged: { starts, signals, updates, workflowCompletions } }) {
    if (done % 10 !== 0) return;
    const seconds = Math.round((performance.now() - begun) / 1000);
    console.log(
      `${done} × ${fault} in ${seconds} s: ${starts} starts, ${signals} signals, ${updates} updates, ${workflowCompletions} ends acknowledged`,
    );
  },
});
const { awayMs, acknowledged, complaints, violations } = account;
const at = (quantile: number): string =>
  (awayMs[Math.min(awayMs.length - 1, Math.floor(quantile * awayMs.length))] ?? 0).toFixed(0);
console.log(`seed ${values.seed}: ${values.count} × ${fault}, ${account.runs} runs with ${account.events} events`);
console.log(
  `acknowledged: ${Object.entries(acknowledged)
    .map(([name, count]) => `${name} ${count}`)
    .join(", ")}`,
);
console.log(
  `from the end of the fault to the first acknowledged write: median ${at(0.5)} ms, p99 ${at(0.99)} ms, longest ${at(1)} ms`,
);
for (const complaint of complaints.slice(0, 20)) console.log(`the server said: ${complaint}`);
for (const violation of violations.slice(0, 50)) console.log(`VIOLATION: ${violation}`);
console.log(
  violations.length === 0
    ? "nothing acknowledged is missing, nothing is doubled, every workflow has ended"
    : `${violations.length} violations`,
);
process.exit(violations.length === 0 ? 0 : 1);
