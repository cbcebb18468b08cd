import type { Input } from "../../../../api/codec.ts";
import { Code, multiOperation, ServiceError } from "../../../../api/errors.ts";
import type { OperationStatus } from "../../../../api/errors.ts";
import { WorkflowIdConflictPolicy } from "../../../../api/gen/enums.js";
import type {
  ExecuteMultiOperationResponse,
  StartWorkflowExecutionRequest,
  StartWorkflowExecutionResponse,
  UpdateRequest,
  UpdateWorkflowExecutionRequest,
  UpdateWorkflowExecutionResponse,
} from "../../../../api/gen/messages.js";
import type { HistoryEnv, Namespace } from "../../env.ts";
import { decideWorkflow } from "../decide-run.ts";
import { ABORTED_BY_CLOSING_TEXT, updatePart } from "../machines/update.ts";
import type { Run } from "../run.ts";
import type { WaitCall } from "../wait-for-run.ts";
import { decideStart } from "./start-workflow.ts";
import { answerUpdate, findUpdate } from "./update-wait.ts";
import type { FoundUpdate, LookForUpdate } from "./update-wait.ts";
import { findOrAdmit, lookForUpdate } from "./update.ts";

export interface UpdateWithStart {
  readonly start: StartWorkflowExecutionRequest;
  readonly update: UpdateWorkflowExecutionRequest;
}

interface Begun {
  readonly startWorkflow: Input<StartWorkflowExecutionResponse>;
  readonly found: FoundUpdate;
  /** How the run came to be: only a run that was there before may close under the update without its caller's doing. */
  readonly origin: "new" | "existing" | "known-update";
}

/** A workflow that closes just as an update reaches it costs one more attempt, which then starts a run of its own. */
const ATTEMPTS_MAX = 2;

/** One of the operations failed: the caller learns of each what became of it. `undefined` = never begun. */
export function operationFailure(statuses: readonly OperationStatus[]): ServiceError {
  return multiOperation("Update-with-Start could not be executed.", statuses);
}

/** Starts a workflow, or takes the one that runs, and updates it, in one decision. Both requests are validated. */
export async function executeUpdateWithStart(
  env: HistoryEnv,
  namespace: Namespace,
  request: UpdateWithStart,
  call: WaitCall,
): Promise<Input<ExecuteMultiOperationResponse>> {
  const look = lookForUpdate(request.update, call);
  for (let attempt = 1; ; attempt++) {
    const begun = await begin(env, namespace, request, look);
    try {
      const updateWorkflow = withoutLink(begun, await answerUpdate(env, begun.found));
      return { responses: [{ startWorkflow: begun.startWorkflow }, { updateWorkflow }] };
    } catch (error) {
      if (!(error instanceof ServiceError) || error.code === Code.DEADLINE_EXCEEDED) throw error;
      const isAborted = begun.origin === "existing" && error.message === ABORTED_BY_CLOSING_TEXT;
      if (isAborted && attempt < ATTEMPTS_MAX) continue;
      throw operationFailure(["ok", isAborted ? new ServiceError(Code.ABORTED, error.message) : error]);
    }
  }
}

/** The reply about an update that was there before has no link. */
function withoutLink(
  { origin }: Begun,
  reply: Input<UpdateWorkflowExecutionResponse>,
): Input<UpdateWorkflowExecutionResponse> {
  return origin === "known-update" ? { ...reply, link: undefined } : reply;
}

function begin(
  env: HistoryEnv,
  namespace: Namespace,
  { start, update }: UpdateWithStart,
  look: LookForUpdate,
): Promise<Begun> {
  return decideWorkflow(env, namespace, start.workflowId, (decision, current): Begun => {
    const known = current === undefined ? undefined : findKnown(current, start, look);
    if (current !== undefined && known !== undefined) {
      return {
        startWorkflow: { runId: current.runId, status: current.state.status as never },
        found: known,
        origin: "known-update",
      };
    }
    const { run, response } = attempted(
      () => decideStart(decision, namespace, start, current),
      (error) => [error, undefined],
    );
    const isNew = run !== current;
    const { runId, status, link } = response;
    const found = attempted(
      () => findOrAdmit(run, look, update.request as UpdateRequest),
      (error) => [isNew ? undefined : "ok", error],
    );
    return { startWorkflow: isNew ? response : { runId, status, link }, found, origin: isNew ? "new" : "existing" };
  });
}

/** An update that this workflow id's run has had already answers for both operations, even when the run is closed. */
function findKnown(current: Run, start: StartWorkflowExecutionRequest, look: LookForUpdate): FoundUpdate | undefined {
  if (!current.isRunning)
    return (updatePart(current, look.updateId)?.completedEventId ?? 0) === 0 ? undefined : findUpdate(current, look);
  const usesExisting =
    start.workflowIdConflictPolicy === WorkflowIdConflictPolicy.WORKFLOW_ID_CONFLICT_POLICY_USE_EXISTING;
  return usesExisting || start.requestId === current.state.startRequestId ? findUpdate(current, look) : undefined;
}

function attempted<T>(operate: () => T, statuses: (error: ServiceError) => OperationStatus[]): T {
  try {
    return operate();
  } catch (error) {
    throw error instanceof ServiceError ? operationFailure(statuses(error)) : error;
  }
}
