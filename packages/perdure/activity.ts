/** `perdure/activity`: what activity code imports. */
export * from "../../sdk/activity/index.ts";
