import type { ResetStickyTaskQueueResponse } from "../../../../api/gen/messages.js";
import type { HistoryEnv, Namespace } from "../../env.ts";
import { assertRunning, decideRun } from "../decide-run.ts";
import type { RunName } from "../decide-run.ts";

/** The worker that has the run in its cache is forgotten; the next task goes to the normal queue. */
export function resetSticky(
  env: HistoryEnv,
  namespace: Namespace,
  name: RunName,
): Promise<Partial<ResetStickyTaskQueueResponse>> {
  return decideRun(env, namespace, name, (run) => {
    assertRunning(run);
    if (run.state.sticky === undefined) return {};
    run.state.sticky = undefined;
    run.view.touch();
    return {};
  });
}
