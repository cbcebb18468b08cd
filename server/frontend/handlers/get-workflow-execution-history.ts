import type { WorkflowServiceHandlers } from "../../../api/gen/services.js";
import { getHistory } from "../../history/index.ts";
import type { Frontend } from "../frontend.ts";

/** Clients that show histories to people; they never see events that are not written yet. */
const VIEWERS: ReadonlySet<string> = new Set(["temporal-cli", "temporal-ui"]);

export function getWorkflowExecutionHistory(frontend: Frontend): WorkflowServiceHandlers["getWorkflowExecutionHistory"] {
  return async (request, call) => {
    const showUnwritten = !VIEWERS.has(call.metadata("client-name") ?? "");
    return getHistory(frontend.history, frontend.namespaces.require(request.namespace), { request, showUnwritten, call });
  };
}
