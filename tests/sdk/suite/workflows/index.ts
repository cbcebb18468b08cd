/** Every workflow of the suite, for the sandbox's entry and for the inline host alike. */
export * from "./activity-workflows.ts";
export * from "./time-workflows.ts";
