/** Where an activity and its test wait for each other: both run in the test's process. */

const gates = new Map<string, PromiseWithResolvers<unknown>>();
const counts = new Map<string, number>();

function gate(key: string): PromiseWithResolvers<unknown> {
  let found = gates.get(key);
  if (found === undefined) gates.set(key, (found = Promise.withResolvers<unknown>()));
  return found;
}

/** Resolves once the gate is opened, before or after. */
export function passed<T = unknown>(key: string): Promise<T> {
  return gate(key).promise as Promise<T>;
}

export function openGate(key: string, value?: unknown): void {
  gate(key).resolve(value);
}

/** How often it was called with this key, this call included. */
export function counted(key: string): number {
  const count = (counts.get(key) ?? 0) + 1;
  counts.set(key, count);
  return count;
}

export function countOf(key: string): number {
  return counts.get(key) ?? 0;
}
