import type { Input } from "../../../../api/codec.ts";
import { notFound } from "../../../../api/errors.ts";
import type {
  PollWorkflowExecutionUpdateRequest,
  PollWorkflowExecutionUpdateResponse,
} from "../../../../api/gen/messages.js";
import type { HistoryEnv, Namespace } from "../../env.ts";
import { decideRun } from "../decide-run.ts";
import type { WaitCall } from "../wait-for-run.ts";
import { answerUpdate, findUpdate, wantedStage } from "./update-wait.ts";

/** Waits for news of an update that was asked for before. */
export async function pollUpdate(
  env: HistoryEnv,
  namespace: Namespace,
  { updateRef, waitPolicy }: PollWorkflowExecutionUpdateRequest,
  call: WaitCall,
): Promise<Input<PollWorkflowExecutionUpdateResponse>> {
  const { workflowId = "", runId } = updateRef?.workflowExecution ?? {};
  const updateId = updateRef?.updateId ?? "";
  const found = await decideRun(env, namespace, { workflowId, runId }, (run) => {
    const known = findUpdate(run, {
      updateId,
      requestId: "",
      wanted: wantedStage(waitPolicy?.lifecycleStage, "now"),
      call,
    });
    if (known === undefined) throw notFound(`update ${JSON.stringify(updateId)} not found`);
    return known;
  });
  const { outcome, stage, updateRef: reference } = await answerUpdate(env, found);
  return { outcome, stage, updateRef: reference };
}
