import type { WorkflowServiceHandlers } from "../../../api/gen/services.js";
import { cancelActivityTask } from "../../history/index.ts";
import type { Frontend } from "../frontend.ts";
import { activityByToken } from "./activity-answer.ts";

export function respondActivityTaskCanceled(
  frontend: Frontend,
): WorkflowServiceHandlers["respondActivityTaskCanceled"] {
  return async (request) => {
    const { details, identity } = request;
    await cancelActivityTask(frontend.history, { activity: activityByToken(frontend, request), details, identity });
    return {};
  };
}
