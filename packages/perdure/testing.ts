/** `perdure/testing`: environments, mocks and skipped time for tests. */
export * from "../../sdk/testing/index.ts";
