/** `perdure/extras`: what the official SDKs do not have. In a sandbox it is `sdk/extras/index.ts` alone. */
export * from "../../sdk/extras/index.ts";
export * from "../../sdk/extras/host/index.ts";
