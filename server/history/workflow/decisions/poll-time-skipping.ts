/** PollWorkflowExecutionTimeSkipping: waits for the end of a fast-forward, however it ends. */
import type { Input } from "../../../../api/codec.ts";
import { FastForwardPollingResult } from "../../../../api/gen/enums.js";
import type { PollWorkflowExecutionTimeSkippingResponse } from "../../../../api/gen/messages.js";
import type { HistoryEnv, Namespace } from "../../env.ts";
import type { RunName } from "../decide-run.ts";
import { fastForwardInfo } from "../machines/time-skipping.ts";
import type { Run } from "../run.ts";
import { waitForRun } from "../wait-for-run.ts";
import type { WaitCall } from "../wait-for-run.ts";

const {
  FAST_FORWARD_POLLING_RESULT_FAST_FORWARD_COMPLETED: COMPLETED,
  FAST_FORWARD_POLLING_RESULT_FAST_FORWARD_FAILED: FAILED,
  FAST_FORWARD_POLLING_RESULT_POLL_TIMEOUT: POLL_TIMEOUT,
} = FastForwardPollingResult;

export function pollTimeSkipping(
  env: HistoryEnv,
  namespace: Namespace,
  { name, fastForwardId }: { name: RunName; fastForwardId: string },
  call: WaitCall,
): Promise<Input<PollWorkflowExecutionTimeSkippingResponse>> {
  return waitForRun(env, namespace, {
    name,
    call,
    look: (run) => look(run, fastForwardId),
    isNews: ({ fastForwardPollingResult }) => fastForwardPollingResult !== POLL_TIMEOUT,
  });
}

function look(run: Run, fastForwardId: string): Input<PollWorkflowExecutionTimeSkippingResponse> {
  const { timeSkipping } = run.state;
  const info = { fastForwardInfo: fastForwardInfo(timeSkipping) };
  const failed = (failedReason: string) => ({ ...info, fastForwardPollingResult: FAILED, failedReason });
  if (timeSkipping === undefined || timeSkipping.fastForwardId !== fastForwardId)
    return failed("the requested fast_forward_id does not match the execution's current fast-forward");
  if (timeSkipping.fastForwardCompleted) return { ...info, fastForwardPollingResult: COMPLETED };
  if (!run.isRunning) return failed("the execution ended before the fast-forward completed");
  if (!timeSkipping.enabled) return failed("time skipping was disabled before the fast-forward completed");
  return { ...info, fastForwardPollingResult: POLL_TIMEOUT };
}
