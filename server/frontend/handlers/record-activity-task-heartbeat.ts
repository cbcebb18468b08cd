import type { WorkflowServiceHandlers } from "../../../api/gen/services.js";
import { heartbeatActivityTask } from "../../history/index.ts";
import type { Frontend } from "../frontend.ts";
import { activityByToken } from "./activity-answer.ts";

export function recordActivityTaskHeartbeat(
  frontend: Frontend,
): WorkflowServiceHandlers["recordActivityTaskHeartbeat"] {
  return async (request) => {
    const { details, identity } = request;
    return heartbeatActivityTask(frontend.history, { activity: activityByToken(frontend, request), details, identity });
  };
}
