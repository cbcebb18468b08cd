/** `perdure/envconfig`: connection options from the profile file and the `TEMPORAL_*` variables. */
export * from "../../sdk/connection/profile/index.ts";
