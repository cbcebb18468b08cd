export { EntityCheck } from "./check-entity.ts";
export { FINDING_KINDS } from "./finding.ts";
export type { Finding, FindingKind } from "./finding.ts";
export { meteringFault } from "./metering-fault.ts";
