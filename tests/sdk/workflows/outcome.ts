/** What a promise came to, with every error in the chain of causes: what a recorded run returns, so that a replay can be compared. */
export async function outcome(promise: Promise<unknown>): Promise<unknown> {
  try {
    return { value: await promise };
  } catch (error) {
    return describe(error);
  }
}

const TOLD = [
  "type",
  "nonRetryable",
  "details",
  "retryState",
  "activityId",
  "activityType",
  "timeoutType",
  "workflowType",
  "namespace",
  "identity",
];

function describe(error: unknown): unknown {
  if (!(error instanceof Error)) return { thrown: String(error) };
  const fields = error as unknown as Record<string, unknown>;
  const told = TOLD.filter((name) => fields[name] !== undefined).map((name) => [name, fields[name]]);
  return {
    error: error.name,
    message: error.message,
    ...Object.fromEntries(told),
    ...(error.cause === undefined ? {} : { cause: describe(error.cause) }),
  };
}
