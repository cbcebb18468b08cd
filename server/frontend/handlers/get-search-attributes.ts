import type { WorkflowServiceHandlers } from "../../../api/gen/services.js";
import { ATTRIBUTE_TYPE_NUMBER } from "../../store/visibility.ts";
import { systemAttributeTypes } from "../../visibility/index.ts";
import type { Frontend } from "../frontend.ts";

/** Of no namespace: the attributes that every namespace has. */
export function getSearchAttributes(_frontend: Frontend): WorkflowServiceHandlers["getSearchAttributes"] {
  return async () => {
    const keys: Record<string, number> = {};
    for (const [name, type] of systemAttributeTypes()) keys[name] = ATTRIBUTE_TYPE_NUMBER[type];
    return { keys: keys as never };
  };
}
