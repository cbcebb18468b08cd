export * from "./activity-workflows.ts";
export * from "./changing-workflows.ts";
export * from "./child-workflows.ts";
export * from "./local-activity-workflows.ts";
export * from "./message-workflows.ts";
export * from "./nexus-workflows.ts";
export * from "./simple-workflows.ts";
export * from "./timer-workflows.ts";
