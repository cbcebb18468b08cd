import type { OperatorServiceHandlers } from "../../../api/gen/services.js";
import { addCustomAttributes } from "../../visibility/index.ts";
import type { Frontend } from "../frontend.ts";
import { requireNamespace } from "../validation/namespace.ts";

export function addSearchAttributes(frontend: Frontend): OperatorServiceHandlers["addSearchAttributes"] {
  return async (request) => {
    const { name } = requireNamespace(frontend, request.namespace);
    await frontend.namespaces.setAttributes(name, (custom) => addCustomAttributes(custom, request.searchAttributes));
    return {};
  };
}
