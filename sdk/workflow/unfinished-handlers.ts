/** Says so when a workflow ends while its handlers are still at work. */
import { HandlerUnfinishedPolicy } from "../common/index.ts";
import { writeLog } from "./log.ts";
import type { RunState } from "./state.ts";

const WHAT_TO_DO =
  "Wait for the handlers before the workflow ends: `await condition(allHandlersFinished)`. Where cutting a handler " +
  "off is meant, register it with unfinishedPolicy: HandlerUnfinishedPolicy.ABANDON.";

export function warnOfUnfinishedHandlers(run: RunState): void {
  if (run.handlers.areFinished) return;
  const { WARN_AND_ABANDON } = HandlerUnfinishedPolicy;
  const executions = run.handlers.unfinished().filter(({ unfinishedPolicy }) => unfinishedPolicy === WARN_AND_ABANDON);
  const updates = executions.filter(({ updateId }) => updateId !== undefined);
  if (updates.length > 0) {
    const list = JSON.stringify(updates.map(({ name, updateId }) => ({ name, id: updateId })));
    writeLog(
      run,
      "warn",
      "[TMPRL1102] The workflow ended while update handlers were at work. Whoever sent the updates gets the error " +
        `"workflow execution already completed" instead of a result. ${WHAT_TO_DO} Updates: ${list}`,
    );
  }
  const signals = executions.filter(({ updateId }) => updateId === undefined);
  if (signals.length > 0) {
    const counts = new Map<string, number>();
    for (const { name } of signals) counts.set(name, (counts.get(name) ?? 0) + 1);
    const list = JSON.stringify([...counts].map(([name, count]) => ({ name, count })));
    writeLog(
      run,
      "warn",
      `[TMPRL1102] The workflow ended while signal handlers were at work. ${WHAT_TO_DO} Signals: ${list}`,
    );
  }
}
