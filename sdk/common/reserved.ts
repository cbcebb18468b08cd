export const TEMPORAL_RESERVED_PREFIX = "__temporal_";
export const STACK_TRACE_QUERY_NAME = "__stack_trace";
export const ENHANCED_STACK_TRACE_QUERY_NAME = "__enhanced_stack_trace";

/** What a name may belong to. */
export type ReservedNameEntityType = "query" | "signal" | "update" | "activity" | "task queue" | "sink" | "workflow";

/** @throws TypeError when the name belongs to the SDK. */
export function throwIfReservedName(type: ReservedNameEntityType, name: string): void {
  if (name.startsWith(TEMPORAL_RESERVED_PREFIX)) {
    throw new TypeError(`Cannot use ${type} name: '${name}', with reserved prefix: '${TEMPORAL_RESERVED_PREFIX}'`);
  }
  if (name === STACK_TRACE_QUERY_NAME || name === ENHANCED_STACK_TRACE_QUERY_NAME) {
    throw new TypeError(`Cannot use ${type} name: '${name}', which is a reserved name`);
  }
}
