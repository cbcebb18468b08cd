import type { WorkflowServiceHandlers } from "../../../api/gen/services.js";
import { heartbeatActivityTask } from "../../history/index.ts";
import type { Frontend } from "../frontend.ts";
import { activityById } from "./activity-answer.ts";

export function recordActivityTaskHeartbeatById(
  frontend: Frontend,
): WorkflowServiceHandlers["recordActivityTaskHeartbeatById"] {
  return async (request) => {
    const { details, identity } = request;
    return heartbeatActivityTask(frontend.history, { activity: activityById(frontend, request), details, identity });
  };
}
