/** Where our workers of the benches look for tasks; behind it, how they run workflows. */
export const SDK_QUEUE = "bench-sdk";
