import type { HistoryEnv, Namespace } from "../../env.ts";
import { assertRunning, decideRun } from "../decide-run.ts";
import type { RunName } from "../decide-run.ts";
import { pauseRun, unpauseRun } from "../machines/pause.ts";
import type { PauseRun } from "../machines/pause.ts";

export function pauseWorkflow(env: HistoryEnv, namespace: Namespace, request: RunName & PauseRun): Promise<object> {
  return decideRun(env, namespace, request, (run) => {
    assertRunning(run);
    pauseRun(run, request);
    run.action("pause_workflow");
    return {};
  });
}

export function unpauseWorkflow(env: HistoryEnv, namespace: Namespace, request: RunName & PauseRun): Promise<object> {
  return decideRun(env, namespace, request, (run) => {
    assertRunning(run);
    unpauseRun(run, request);
    run.action("unpause_workflow");
    return {};
  });
}
