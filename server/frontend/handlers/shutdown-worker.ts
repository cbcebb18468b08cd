import type { WorkflowServiceHandlers } from "../../../api/gen/services.js";
import type { Frontend } from "../frontend.ts";
import { requireNamespace } from "../validation/namespace.ts";

/** A worker that goes away leaves its sticky queue: polls that are parked there would swallow nothing but time. */
export function shutdownWorker(frontend: Frontend): WorkflowServiceHandlers["shutdownWorker"] {
  return async ({ namespace: name, stickyTaskQueue }) => {
    const namespace = requireNamespace(frontend, name);
    if (stickyTaskQueue !== "")
      frontend.matching.cancelPolls({ namespace: namespace.number, type: "workflow", name: stickyTaskQueue });
    return {};
  };
}
