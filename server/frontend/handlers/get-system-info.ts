import type { WorkflowServiceHandlers } from "../../../api/gen/services.js";
import type { Frontend } from "../frontend.ts";

/** The Temporal release whose behaviour this server follows; clients gate features by it. */
export const SERVER_VERSION = "1.32.0";

export function getSystemInfo(_frontend: Frontend): WorkflowServiceHandlers["getSystemInfo"] {
  return async () => ({
    serverVersion: SERVER_VERSION,
    capabilities: {
      signalAndQueryHeader: true,
      internalErrorDifferentiation: true,
      activityFailureIncludeHeartbeat: true,
      encodedFailureAttributes: true,
      upsertMemo: true,
      eagerWorkflowStart: true,
      sdkMetadata: true,
      countGroupByExecutionStatus: true,
    },
  });
}
