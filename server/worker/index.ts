export { NamespaceRemoval } from "./namespace-removal.ts";
export { Retention } from "./retention.ts";
export type { DutyTools } from "./duties.ts";
