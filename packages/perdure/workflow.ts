/** `perdure/workflow`: what workflow code imports. */
export * from "../../sdk/workflow/index.ts";
