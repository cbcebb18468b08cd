import type { WorkflowServiceHandlers } from "../../../api/gen/services.js";
import { cancelActivityTask } from "../../history/index.ts";
import type { Frontend } from "../frontend.ts";
import { activityById } from "./activity-answer.ts";

export function respondActivityTaskCanceledById(
  frontend: Frontend,
): WorkflowServiceHandlers["respondActivityTaskCanceledById"] {
  return async (request) => {
    const { details, identity } = request;
    await cancelActivityTask(frontend.history, { activity: activityById(frontend, request), details, identity });
    return {};
  };
}
