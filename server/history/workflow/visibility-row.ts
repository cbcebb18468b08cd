import type { EntityIdentity } from "../../store/store.ts";
import type { Attribute, VisibilityRow } from "../../store/visibility.ts";
import { decodeAttributes } from "../../visibility/index.ts";
import type { HistoryEnv } from "../env.ts";
import type { RunState } from "../gen/messages.js";
import { shownStatus } from "./shown-status.ts";

const NONE: readonly Attribute[] = [];

/** The row that List and Count see. Times are microseconds. */
export function visibilityRow(
  env: Pick<HistoryEnv, "namespaces">,
  identity: EntityIdentity,
  state: RunState,
): VisibilityRow {
  const isClosed = state.closeTime !== 0;
  const hasAttributes = state.rawSearchAttributes.length > 0;
  const namespace = env.namespaces.byNumber(identity.namespace);
  return {
    slot: identity.slot,
    id: identity.id,
    namespace: identity.namespace,
    kind: identity.kind,
    workflowId: identity.businessId,
    runId: identity.runId,
    workflowType: state.workflowType,
    taskQueue: state.taskQueue,
    status: shownStatus(state),
    startTime: state.startTime * 1000,
    executionTime: state.executionTime * 1000,
    closeTime: isClosed ? state.closeTime * 1000 : undefined,
    historyLength: isClosed ? state.nextEventId - 1 : undefined,
    historySizeBytes: isClosed ? state.historySize : undefined,
    stateTransitionCount: isClosed ? state.stateTransitionCount : undefined,
    executionDurationNs: isClosed ? (state.closeTime - state.executionTime) * 1e6 : undefined,
    parentWorkflowId: state.parent?.workflowId,
    parentRunId: state.parent?.runId,
    rootWorkflowId: state.rootWorkflowId,
    rootRunId: state.rootRunId,
    memo: state.rawMemo.length > 0 ? state.rawMemo : undefined,
    searchAttributes: hasAttributes ? state.rawSearchAttributes : undefined,
    attributes: hasAttributes
      ? decodeAttributes(state.rawSearchAttributes, (name) => namespace?.writtenAttribute(name))
      : NONE,
  };
}
