/** `perdure/server`: the server as a library. */
export * from "../../server/index.ts";
