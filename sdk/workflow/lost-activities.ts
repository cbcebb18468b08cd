/** Activities that will never run, because the workflow has ended in the task in which it asked for them. */
import { writeLog } from "./log.ts";
import type { RunState } from "./state.ts";

/** Most often an `await` is missing: the run ends well, and what it should have done has not been done. */
export function warnOfLostActivities(run: RunState): void {
  const lost = run.commands.flatMap((command) => {
    if (command.kind !== "scheduleActivity" && command.kind !== "scheduleLocalActivity") return [];
    return run.isPending("activity", command.seq) ? [command.activityType] : [];
  });
  if (lost.length === 0) return;
  const names = [...new Set(lost)].join(", ");
  const message = `Workflow completed before activities that it had just called could begin (${names}): is an await missing?`;
  writeLog(run, "warn", message, { activityTypes: lost });
}
