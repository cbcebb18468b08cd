import type { WorkflowServiceHandlers } from "../../../api/gen/services.js";
import { failActivityTask } from "../../history/index.ts";
import type { Frontend } from "../frontend.ts";
import { activityById } from "./activity-answer.ts";

export function respondActivityTaskFailedById(
  frontend: Frontend,
): WorkflowServiceHandlers["respondActivityTaskFailedById"] {
  return async (request) => {
    const { failure, lastHeartbeatDetails, identity } = request;
    const failures = await failActivityTask(frontend.history, {
      activity: activityById(frontend, request),
      failure,
      lastHeartbeatDetails,
      identity,
    });
    return { failures };
  };
}
