/** Where the official worker of the benches looks for tasks. */
export const OFFICIAL_QUEUE = "bench-official";
