import type { OperatorServiceHandlers } from "../../../api/gen/services.js";
import { ATTRIBUTE_TYPE_NUMBER } from "../../store/visibility.ts";
import { systemAttributeTypes } from "../../visibility/index.ts";
import type { AttributeType } from "../../store/visibility.ts";
import type { Frontend } from "../frontend.ts";
import { requireNamespace } from "../validation/namespace.ts";

export function listSearchAttributes(frontend: Frontend): OperatorServiceHandlers["listSearchAttributes"] {
  return async (request) => {
    const { customAttributes } = requireNamespace(frontend, request.namespace);
    return { customAttributes: numbered(customAttributes.types()), systemAttributes: numbered(systemAttributeTypes()) };
  };
}

function numbered(types: ReadonlyMap<string, AttributeType>): Record<string, never> {
  return Object.fromEntries([...types].map(([name, type]) => [name, ATTRIBUTE_TYPE_NUMBER[type] as never]));
}
