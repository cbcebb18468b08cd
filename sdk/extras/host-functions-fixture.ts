/** What workflows of the sandbox call through `step`. */
import { Context } from "../activity/index.ts";
import { ApplicationFailure } from "../common/index.ts";

const calls = new Map<string, number>();

function count(key: string): number {
  const times = (calls.get(key) ?? 0) + 1;
  calls.set(key, times);
  return times;
}

export function add(key: string, left: number, right: number): number {
  count(key);
  return left + right;
}

export function called(key: string): number {
  return calls.get(key) ?? 0;
}

export async function fails(key: string, times: number): Promise<string> {
  const nth = count(key);
  if (nth <= times) throw ApplicationFailure.retryable(`call ${nth}`, "Flaky");
  return `attempt ${Context.current().info.attempt} of ${Context.current().info.activityType}`;
}
