import type { WorkflowServiceHandlers } from "../../../api/gen/services.js";
import { completeActivityTask } from "../../history/index.ts";
import type { Frontend } from "../frontend.ts";
import { activityByToken } from "./activity-answer.ts";

export function respondActivityTaskCompleted(
  frontend: Frontend,
): WorkflowServiceHandlers["respondActivityTaskCompleted"] {
  return async (request) => {
    const { result, identity } = request;
    await completeActivityTask(frontend.history, { activity: activityByToken(frontend, request), result, identity });
    return {};
  };
}
