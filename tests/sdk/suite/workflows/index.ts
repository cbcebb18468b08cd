/** Every workflow of the suite, for the sandbox's entry and for the inline host alike. */
export * from "./activity-workflows.ts";
export * from "./child-workflows.ts";
export * from "./local-workflows.ts";
export * from "./message-workflows.ts";
export * from "./time-workflows.ts";
export * from "./run-workflows.ts";
export * from "./scope-workflows.ts";
export * from "./failure-workflows.ts";
export * from "./convert-workflows.ts";
