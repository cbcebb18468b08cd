import type { WorkflowServiceHandlers } from "../../../api/gen/services.js";
import { queryWorkflow as query } from "../../history/index.ts";
import type { Frontend } from "../frontend.ts";

export function queryWorkflow(frontend: Frontend): WorkflowServiceHandlers["queryWorkflow"] {
  return async (request, call) => query(frontend.history, frontend.namespaces.require(request.namespace), { request, call });
}
