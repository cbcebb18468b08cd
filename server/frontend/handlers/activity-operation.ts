import { durationFaultText } from "../../../api/duration.ts";
import { invalidArgument } from "../../../api/errors.ts";
import type { Duration, WorkflowExecution } from "../../../api/gen/messages.js";
import { isUuid } from "../../../base/index.ts";
import type { ActivityTarget } from "../../history/index.ts";

interface OperationRequest {
  readonly execution: WorkflowExecution | undefined;
  readonly id: string | undefined;
  readonly type: string | undefined;
  readonly matchAll?: boolean | undefined;
  readonly unpauseAll?: boolean | undefined;
  readonly jitter?: Duration | undefined;
}

/** The run and the activities that a request to pause, unpause, reset or change them is about. */
export function checkActivityOperation(request: OperationRequest): {
  readonly name: { readonly workflowId: string; readonly runId: string };
  readonly target: ActivityTarget;
} {
  const { workflowId = "", runId = "" } = request.execution ?? {};
  if (workflowId === "") throw invalidArgument("WorkflowId is not set on request.");
  if (runId !== "" && !isUuid(runId)) throw invalidArgument("RunId is not valid UUID.");
  const fault = durationFaultText(request.jitter);
  if (fault !== undefined) throw invalidArgument(`invalid Jitter: ${fault}`);
  return { name: { workflowId, runId }, target: targetOf(request) };
}

function targetOf({ id, type, matchAll, unpauseAll }: OperationRequest): ActivityTarget {
  if (id !== undefined) return { kind: "id", id };
  if (type !== undefined) return { kind: "type", type };
  if (matchAll !== undefined || unpauseAll !== undefined) return { kind: "all" };
  throw invalidArgument("Either Activity.Id or Activity.Type should be set on request.");
}
