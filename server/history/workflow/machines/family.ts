/** What the end of a run means to its parent and to its children. */
import { HistoryEvent } from "../../../../api/gen/messages.js";
import { ParentClosePolicy } from "../../../../api/gen/enums.js";
import type { ChildPart } from "../../gen/messages.js";
import type { NewEvent } from "../event-log.ts";
import { sendMessage, senderOf } from "../outbox.ts";
import { partPrefix } from "../parts.ts";
import type { Run } from "../run.ts";

const { PARENT_CLOSE_POLICY_ABANDON: ABANDON } = ParentClosePolicy;

/** `history.parentClosePolicyThreshold`: from so many pending children on Temporal has a system workflow tell them. */
const SYSTEM_WORKFLOW_CHILDREN_MIN = 10;

/** Tells the children of a closed run what their parent close policies say. A child whose start has not left yet is not started. */
export function notifyChildren(run: Run): void {
  const children = [...run.view.partsOf<ChildPart>(partPrefix.child)];
  const bySystemWorkflow = children.length >= SYSTEM_WORKFLOW_CHILDREN_MIN;
  for (const [key, child] of children) {
    if (child.startedEventId === 0) {
      // What has left already is dealt with when its answer comes.
      if (run.view.unsend(child.outboxKey)) run.view.deletePart(key);
      continue;
    }
    applyParentClosePolicy(run, child, { bySystemWorkflow });
    run.view.deletePart(key);
  }
}

export function applyParentClosePolicy(
  run: Run,
  child: ChildPart,
  { bySystemWorkflow }: { bySystemWorkflow: boolean },
): void {
  if (child.parentClosePolicy === ABANDON) return;
  const { namespaceNumber, workflowId, runId: childFirstRunId, parentClosePolicy: policy } = child;
  sendMessage(
    run,
    { namespaceNumber, workflowId, runId: "" },
    { parentClosed: { sender: senderOf(run, child.initiatedEventId), policy, childFirstRunId, bySystemWorkflow } },
  );
}

/** Tells the parent of a closed run how it ended. */
export function notifyParent(run: Run, closeEvent: NewEvent): void {
  const { parent, workflowType, namespaceName } = run.state;
  if (parent === undefined) return;
  const { namespaceNumber, workflowId, runId, initiatedEventId } = parent;
  sendMessage(
    run,
    { namespaceNumber, workflowId, runId },
    {
      childClosed: {
        sender: senderOf(run, 0),
        initiatedEventId,
        rawCloseEvent: HistoryEvent.encode(closeEvent),
        workflowType,
        childNamespace: namespaceName,
      },
    },
  );
}
