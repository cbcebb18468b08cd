import type { WorkflowServiceHandlers } from "../../../api/gen/services.js";
import { failActivityTask } from "../../history/index.ts";
import type { Frontend } from "../frontend.ts";
import { activityByToken } from "./activity-answer.ts";

export function respondActivityTaskFailed(frontend: Frontend): WorkflowServiceHandlers["respondActivityTaskFailed"] {
  return async (request) => {
    const { failure, lastHeartbeatDetails, identity, workerVersion } = request;
    const failures = await failActivityTask(frontend.history, {
      activity: activityByToken(frontend, request),
      failure,
      lastHeartbeatDetails,
      identity,
      workerVersion,
    });
    return { failures };
  };
}
