/** `perdure/client`: what starts workflows and talks to them. */
export * from "../../sdk/client/index.ts";
