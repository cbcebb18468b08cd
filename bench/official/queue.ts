/** Where the official worker of the benches looks for tasks. */
export const OFFICIAL_QUEUE = "bench-official";

/** Options of a worker that takes so many tasks at once; those it has by default when none are said. */
export function concurrencyOf(tasks: string | undefined): object {
  const most = Number(tasks ?? 0);
  if (most === 0) return {};
  return {
    maxConcurrentWorkflowTaskExecutions: most,
    maxConcurrentActivityTaskExecutions: most,
    maxConcurrentWorkflowTaskPolls: Math.ceil(most / 4),
  };
}
