import type { OperatorServiceHandlers } from "../../../api/gen/services.js";
import { removeCustomAttributes } from "../../visibility/index.ts";
import type { Frontend } from "../frontend.ts";
import { requireNamespace } from "../validation/namespace.ts";

export function removeSearchAttributes(frontend: Frontend): OperatorServiceHandlers["removeSearchAttributes"] {
  return async (request) => {
    const { name } = requireNamespace(frontend, request.namespace);
    await frontend.namespaces.setAttributes(name, (custom) => removeCustomAttributes(custom, request.searchAttributes));
    return {};
  };
}
