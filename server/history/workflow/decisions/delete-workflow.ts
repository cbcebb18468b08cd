import type { HistoryEnv, Namespace } from "../../env.ts";
import { OUTBOX_PREFIX } from "../../kernel/index.ts";
import { decideRun } from "../decide-run.ts";
import type { RunName } from "../decide-run.ts";
import { SERVER_IDENTITY } from "../machines/server-identity.ts";
import { terminateRun } from "../machines/terminate.ts";
import type { Run } from "../run.ts";

const REASON = "Delete workflow execution";

/**
 * A run that is open ends first, so that its parent and children hear of it. What it has to tell them lies in its own
 * state: while any of that is not acknowledged, the run stays and is deleted with the last acknowledgement.
 */
export function deleteWorkflow(env: HistoryEnv, namespace: Namespace, name: RunName): Promise<object> {
  return decideRun(env, namespace, name, (run) => {
    if (run.isRunning) terminateRun(run, { reason: REASON, identity: SERVER_IDENTITY });
    run.action("delete_workflow");
    run.state.deleteAfterClose = true;
    run.view.touch();
    deleteIfTold(run);
    return {};
  });
}

/** Called when a message of the run has been acknowledged, too. */
export function deleteIfTold(run: Run): void {
  if (!run.state.deleteAfterClose || run.isRunning) return;
  for (const _ of run.view.partsOf(OUTBOX_PREFIX)) return;
  run.view.delete();
}
