/** `perdure/worker`: what runs workflows and activities. */
export * from "../../sdk/worker/index.ts";
