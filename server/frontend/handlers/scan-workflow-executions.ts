import type { WorkflowServiceHandlers } from "../../../api/gen/services.js";
import type { Frontend } from "../frontend.ts";
import { listWorkflowExecutions } from "./list-workflow-executions.ts";

/** What List answers: there is one order here, and it costs nothing. */
export function scanWorkflowExecutions(frontend: Frontend): WorkflowServiceHandlers["scanWorkflowExecutions"] {
  return listWorkflowExecutions(frontend);
}
