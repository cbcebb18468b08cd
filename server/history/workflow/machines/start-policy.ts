/** What the id policies of a start say about the run that is there. */
import { alreadyStarted } from "../../../../api/errors.ts";
import { WorkflowExecutionStatus, WorkflowIdConflictPolicy, WorkflowIdReusePolicy } from "../../../../api/gen/enums.js";
import type { Run } from "../run.ts";

export interface StartPolicies {
  readonly workflowId: string;
  readonly reuse: number;
  readonly conflict: number;
}

export type PolicyVerdict = "use-existing" | "terminate-existing" | "start-new";

/** Statuses after which ALLOW_DUPLICATE_FAILED_ONLY lets a new run begin. */
const UNSUCCESSFUL: ReadonlySet<number> = new Set([
  WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_FAILED,
  WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_CANCELED,
  WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_TERMINATED,
  WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_TIMED_OUT,
]);

/** The conflict policy decides on a running run, the reuse policy on a closed one. Throws ALREADY_EXISTS. */
export function applyStartPolicies(current: Run, policies: StartPolicies): PolicyVerdict {
  if (current.isRunning) {
    if (policies.conflict === WorkflowIdConflictPolicy.WORKFLOW_ID_CONFLICT_POLICY_USE_EXISTING) return "use-existing";
    if (policies.conflict === WorkflowIdConflictPolicy.WORKFLOW_ID_CONFLICT_POLICY_TERMINATE_EXISTING)
      return "terminate-existing";
    throw startConflict(current, policies, "Workflow execution is already running.", "");
  }
  if (policies.reuse === WorkflowIdReusePolicy.WORKFLOW_ID_REUSE_POLICY_REJECT_DUPLICATE) {
    throw startConflict(
      current,
      policies,
      "Workflow execution already finished.",
      " Workflow Id reuse policy: reject duplicate workflow Id.",
    );
  }
  if (
    policies.reuse === WorkflowIdReusePolicy.WORKFLOW_ID_REUSE_POLICY_ALLOW_DUPLICATE_FAILED_ONLY &&
    !UNSUCCESSFUL.has(current.state.status)
  ) {
    throw startConflict(
      current,
      policies,
      "Workflow execution already finished successfully.",
      " Workflow Id reuse policy: allow duplicate workflow Id if last run failed.",
    );
  }
  return "start-new";
}

function startConflict(current: Run, policies: StartPolicies, text: string, suffix: string): Error {
  const { startRequestId, firstRunId } = current.state;
  return alreadyStarted(`${text} WorkflowId: ${policies.workflowId}, RunId: ${current.runId}.${suffix}`, {
    startRequestId,
    runId: current.runId,
    firstExecutionRunId: firstRunId,
  });
}
