/** A broken invariant of ours: never caught to go on. */
export class AssertionError extends Error {
  override name = "AssertionError";
}

export function assert(condition: unknown, message: string): asserts condition {
  if (!condition) throw new AssertionError(message);
}

/** Marks a branch that the types rule out. */
export function unreachable(value: never, what: string): never {
  throw new AssertionError(`unexpected ${what}: ${String(value)}`);
}
