import { invalidArgument } from "../../../api/errors.ts";
import type { WorkflowServiceHandlers } from "../../../api/gen/services.js";
import { queryWorkflow as query } from "../../history/index.ts";
import type { Frontend } from "../frontend.ts";
import { checkExecution } from "../validation/execution.ts";
import { requireNamespace } from "../validation/namespace.ts";
import { checkBlob } from "../validation/payload-size.ts";

export function queryWorkflow(frontend: Frontend): WorkflowServiceHandlers["queryWorkflow"] {
  return async (request, call) => {
    const namespace = requireNamespace(frontend, request.namespace);
    checkExecution(request.execution);
    if (request.query === undefined) throw invalidArgument("WorkflowQuery is not set on request.");
    if (request.query.queryType === "") throw invalidArgument("QueryType is not set on request.");
    checkBlob(frontend, namespace, request.query.queryArgs);
    return query(frontend.history, namespace, { request, call });
  };
}
