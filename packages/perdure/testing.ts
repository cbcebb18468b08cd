/** `perdure/testing`: what tests of workflows and activities import. */
export * from "../../sdk/testing/index.ts";
