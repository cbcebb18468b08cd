/** `node tests/faults/backup/main.ts [--seed 1] [--backups 5] [--ends 100] [--port 17980]` */
import { parseArgs } from "node:util";
import { runBackups } from "./backup-run.ts";

const { values } = parseArgs({
  options: {
    seed: { type: "string", default: "1" },
    backups: { type: "string", default: "5" },
    ends: { type: "string", default: "100" },
    port: { type: "string", default: "17980" },
  },
});
const account = await runBackups({
  seed: Number(values.seed),
  backups: Number(values.backups),
  ends: Number(values.ends),
  port: Number(values.port),
});
account.before.forEach((before, index) => {
  const { starts, signals, updates, activityCompletions, workflowTasks, workflowCompletions } = before;
  console.log(
    `backup ${index + 1}: ${account.bytes[index]} bytes in ${account.tookMs[index]?.toFixed(0)} ms; before it ${starts} starts, ` +
      `${signals} signals, ${updates} updates, ${activityCompletions} activities, ${workflowTasks} workflow tasks, ` +
      `${workflowCompletions} ends acknowledged; meanwhile ${account.meanwhile[index]} workflow tasks`,
  );
});
for (const violation of account.violations.slice(0, 50)) console.log(`VIOLATION: ${violation}`);
console.log(
  account.violations.length === 0 ? "nothing acknowledged is missing" : `${account.violations.length} violations`,
);
process.exit(account.violations.length === 0 ? 0 : 1);
