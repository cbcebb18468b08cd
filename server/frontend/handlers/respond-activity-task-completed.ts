import type { WorkflowServiceHandlers } from "../../../api/gen/services.js";
import { completeActivityTask } from "../../history/index.ts";
import type { Frontend } from "../frontend.ts";
import { activityByToken } from "./activity-answer.ts";

export function respondActivityTaskCompleted(
  frontend: Frontend,
): WorkflowServiceHandlers["respondActivityTaskCompleted"] {
  return async (request) => {
    const { result, identity, workerVersion } = request;
    const activity = activityByToken(frontend, request);
    await completeActivityTask(frontend.history, { activity, result, identity, workerVersion });
    return {};
  };
}
