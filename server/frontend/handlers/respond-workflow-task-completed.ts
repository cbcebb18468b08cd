import type { WorkflowServiceHandlers } from "../../../api/gen/services.js";
import { completeWorkflowTask, takeBackTask } from "../../history/index.ts";
import type { Frontend } from "../frontend.ts";
import { checkIdentity } from "../validation/identity.ts";
import { requireTokenNamespace } from "../validation/namespace.ts";

export function respondWorkflowTaskCompleted(
  frontend: Frontend,
): WorkflowServiceHandlers["respondWorkflowTaskCompleted"] {
  return async (request, call) => {
    const { namespace } = requireTokenNamespace(frontend, request);
    checkIdentity(frontend, request.identity);
    const completed = await completeWorkflowTask(frontend.history, namespace, request);
    if (!call.cancelled) return completed;
    // Nobody reads the answer: the tasks that it carries go to whoever polls.
    const { workflowTask, activityTasks = [] } = completed;
    for (const { taskToken } of activityTasks) await takeBackTask(frontend.history, taskToken);
    await takeBackTask(frontend.history, workflowTask?.taskToken);
    return {};
  };
}
