/** Errors of a realm as errors of the process. */
export function hostError(thrown: unknown): Error {
  if (thrown instanceof Error) return thrown;
  if (typeof thrown !== "object" || thrown === null) return new Error(String(thrown));
  const { name, message, stack, cause } = thrown as Partial<Error>;
  const error = new Error(String(message ?? ""), cause === undefined ? undefined : { cause: hostError(cause) });
  if (typeof name === "string") error.name = name;
  if (typeof stack === "string") error.stack = stack;
  return error;
}
