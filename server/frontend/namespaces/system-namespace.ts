/** Part of every server that speaks this API; it belongs to the server itself. */
export const SYSTEM_NAMESPACE = "temporal-system";
