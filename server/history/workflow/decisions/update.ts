import type { Input } from "../../../../api/codec.ts";
import { notFound } from "../../../../api/errors.ts";
import type {
  UpdateRequest,
  UpdateWorkflowExecutionRequest,
  UpdateWorkflowExecutionResponse,
} from "../../../../api/gen/messages.js";
import { assert } from "../../../../base/index.ts";
import type { HistoryEnv, Namespace } from "../../env.ts";
import { assertRunning, decideRun } from "../decide-run.ts";
import { admitUpdate } from "../machines/update.ts";
import type { Run } from "../run.ts";
import type { WaitCall } from "../wait-for-run.ts";
import { answerUpdate, findUpdate, wantedStage } from "./update-wait.ts";
import type { FoundUpdate, LookForUpdate } from "./update-wait.ts";

/** The request is validated: it has an update id and waits for acceptance or completion. */
export async function updateWorkflow(
  env: HistoryEnv,
  namespace: Namespace,
  request: UpdateWorkflowExecutionRequest,
  call: WaitCall,
): Promise<Input<UpdateWorkflowExecutionResponse>> {
  const { workflowId = "", runId } = request.workflowExecution ?? {};
  const look = lookForUpdate(request, call);
  const found = await decideRun(env, namespace, { workflowId, runId }, (run) => {
    if (request.firstExecutionRunId !== "" && request.firstExecutionRunId !== run.state.firstRunId)
      throw notFound("workflow execution not found");
    return findOrAdmit(run, look, request.request as UpdateRequest);
  });
  return answerUpdate(env, found);
}

export function lookForUpdate({ request, waitPolicy }: UpdateWorkflowExecutionRequest, call: WaitCall): LookForUpdate {
  return {
    updateId: request?.meta?.updateId ?? "",
    requestId: request?.requestId ?? "",
    wanted: wantedStage(waitPolicy?.lifecycleStage, "completed"),
    call,
  };
}

/** The update of this id, new or old. The last thing of a decision: an admitted update cannot be taken back. */
export function findOrAdmit(run: Run, look: LookForUpdate, request: UpdateRequest): FoundUpdate {
  const known = findUpdate(run, look);
  if (known !== undefined) return known;
  assertRunning(run);
  admitUpdate(run, look.updateId, request);
  const admitted = findUpdate(run, look);
  assert(admitted !== undefined, "an update that was just admitted is found");
  return admitted;
}
