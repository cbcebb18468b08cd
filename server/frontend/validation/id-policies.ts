import { invalidArgument } from "../../../api/errors.ts";
import { enumName } from "../../../api/enum-name.ts";
import { WorkflowIdConflictPolicy as Conflict, WorkflowIdReusePolicy as Reuse } from "../../../api/gen/enums.js";
import type { StartWorkflowExecutionRequest } from "../../../api/gen/messages.js";

type Policies = Pick<StartWorkflowExecutionRequest, "workflowIdReusePolicy" | "workflowIdConflictPolicy">;

const { WORKFLOW_ID_CONFLICT_POLICY_UNSPECIFIED, WORKFLOW_ID_CONFLICT_POLICY_TERMINATE_EXISTING } = Conflict;
const { WORKFLOW_ID_REUSE_POLICY_UNSPECIFIED, WORKFLOW_ID_REUSE_POLICY_ALLOW_DUPLICATE } = Reuse;
const { WORKFLOW_ID_REUSE_POLICY_REJECT_DUPLICATE, WORKFLOW_ID_REUSE_POLICY_TERMINATE_IF_RUNNING } = Reuse;

/**
 * What a start does about a run that has its id: defaults filled in, and the deprecated reuse policy that is really a
 * conflict policy made one. `defaultConflict` differs between the methods.
 */
export function checkIdPolicies(request: Policies, defaultConflict: Conflict): Policies {
  const reuse = request.workflowIdReusePolicy;
  const conflict = request.workflowIdConflictPolicy;
  const isExplicit = conflict !== WORKFLOW_ID_CONFLICT_POLICY_UNSPECIFIED;
  if (isExplicit && reuse === WORKFLOW_ID_REUSE_POLICY_TERMINATE_IF_RUNNING) {
    throw invalidArgument(
      `Invalid WorkflowIDReusePolicy: ${enumName(Reuse, reuse)} cannot be used together with a WorkflowIDConflictPolicy`,
    );
  }
  if (
    conflict === WORKFLOW_ID_CONFLICT_POLICY_TERMINATE_EXISTING &&
    reuse === WORKFLOW_ID_REUSE_POLICY_REJECT_DUPLICATE
  ) {
    throw invalidArgument(
      `Invalid WorkflowIDReusePolicy: ${enumName(Reuse, reuse)} cannot be used together with WorkflowIdConflictPolicy ${enumName(Conflict, conflict)}`,
    );
  }
  if (reuse === WORKFLOW_ID_REUSE_POLICY_TERMINATE_IF_RUNNING) {
    return {
      workflowIdReusePolicy: WORKFLOW_ID_REUSE_POLICY_ALLOW_DUPLICATE,
      workflowIdConflictPolicy: WORKFLOW_ID_CONFLICT_POLICY_TERMINATE_EXISTING,
    };
  }
  return {
    workflowIdReusePolicy:
      reuse === WORKFLOW_ID_REUSE_POLICY_UNSPECIFIED ? WORKFLOW_ID_REUSE_POLICY_ALLOW_DUPLICATE : reuse,
    workflowIdConflictPolicy: isExplicit ? conflict : defaultConflict,
  };
}
