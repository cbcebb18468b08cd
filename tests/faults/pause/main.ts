/** `node tests/faults/pause/main.ts [--seed 1] [--seconds 30] [--pauses 1] [--port 17940]` */
import { parseArgs } from "node:util";
import { runPauses } from "./pause-run.ts";

const { values } = parseArgs({
  options: {
    seed: { type: "string", default: "1" },
    seconds: { type: "string", default: "30" },
    pauses: { type: "string", default: "1" },
    port: { type: "string", default: "17940" },
  },
});
const pausesMs = Array.from({ length: Number(values.pauses) }, () => Number(values.seconds) * 1000);
const account = await runPauses({ seed: Number(values.seed), port: Number(values.port), pausesMs });
const { acknowledged, violations } = account;
const counts = Object.entries(acknowledged).map(([name, count]) => `${name} ${count}`);
console.log(
  `seed ${values.seed}: ${pausesMs.length} pauses of ${values.seconds} s, ${account.runs} runs; acknowledged: ${counts.join(", ")}`,
);
console.log(
  `first answer ${account.answeredAfterMs.map((ms) => ms.toFixed(0)).join(", ")} ms after SIGCONT; timers at most ${account.latestTimerMs} ms late`,
);
if (account.stderr !== "") console.log(account.stderr);
for (const violation of violations.slice(0, 50)) console.log(`VIOLATION: ${violation}`);
console.log(
  violations.length === 0
    ? "nothing is lost, no timer fired early, every workflow has ended"
    : `${violations.length} violations`,
);
process.exit(violations.length === 0 ? 0 : 1);
