import type { WorkflowServiceHandlers } from "../../../api/gen/services.js";
import { getHistory } from "../../history/index.ts";
import type { Frontend } from "../frontend.ts";
import { checkExecution } from "../validation/execution.ts";
import { requireNamespace } from "../validation/namespace.ts";

/** Clients that show histories to people; they never see events that are not written yet. */
const VIEWERS: ReadonlySet<string> = new Set(["temporal-cli", "temporal-ui"]);

export function getWorkflowExecutionHistory(
  frontend: Frontend,
): WorkflowServiceHandlers["getWorkflowExecutionHistory"] {
  return async (request, call) => {
    const namespace = requireNamespace(frontend, request.namespace);
    checkExecution(request.execution);
    const showUnwritten = !VIEWERS.has(call.metadata("client-name") ?? "");
    const features = (call.metadata("supported-features") ?? "").split(",");
    return getHistory(frontend.history, namespace, {
      request,
      showUnwritten,
      followsNextRun: features.includes("follows-next-run-id"),
      call,
    });
  };
}
