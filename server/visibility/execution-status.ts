/** temporal.api.enums.v1.WorkflowExecutionStatus: names as queries and group values show them, by number. */
export const EXECUTION_STATUS_NAMES = [
  "Unspecified",
  "Running",
  "Completed",
  "Failed",
  "Canceled",
  "Terminated",
  "ContinuedAsNew",
  "TimedOut",
  "Paused",
] as const;

export const STATUS_RUNNING = 1;

const NUMBERS: ReadonlyMap<string, number> = new Map(
  EXECUTION_STATUS_NAMES.flatMap((name, status) => [
    [name, status],
    [enumName(name), status],
  ]),
);

export function parseExecutionStatus(name: string): number | undefined {
  return NUMBERS.get(name);
}

/** `TimedOut` is `WORKFLOW_EXECUTION_STATUS_TIMED_OUT` on the wire. */
function enumName(name: string): string {
  return `WORKFLOW_EXECUTION_STATUS${name.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()}`;
}
