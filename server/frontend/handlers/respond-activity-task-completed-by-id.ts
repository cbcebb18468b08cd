import type { WorkflowServiceHandlers } from "../../../api/gen/services.js";
import { completeActivityTask } from "../../history/index.ts";
import type { Frontend } from "../frontend.ts";
import { activityById } from "./activity-answer.ts";

export function respondActivityTaskCompletedById(
  frontend: Frontend,
): WorkflowServiceHandlers["respondActivityTaskCompletedById"] {
  return async (request) => {
    const { result, identity } = request;
    await completeActivityTask(frontend.history, { activity: activityById(frontend, request), result, identity });
    return {};
  };
}
