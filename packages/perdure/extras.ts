/** `perdure/extras`: what the official SDKs do not have. Workflow code gets the part that runs in a sandbox. */
export * from "../../sdk/extras/index.ts";
