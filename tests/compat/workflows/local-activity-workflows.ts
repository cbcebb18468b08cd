import { proxyLocalActivities } from "@temporalio/workflow";
import type * as activities from "../activities.ts";

const { greet, failUntilAttempt, failWith, slow } = proxyLocalActivities<typeof activities>({
  startToCloseTimeout: "10s",
  retry: { initialInterval: 20, backoffCoefficient: 1 },
});

export async function greetLocally(name: string): Promise<string> {
  return greet(name);
}

export async function retryLocally(attempt: number): Promise<number> {
  return failUntilAttempt(attempt);
}

export async function failLocally(): Promise<string> {
  try {
    await failWith({ type: "Fatal", nonRetryable: true });
    return "not reached";
  } catch (error) {
    return (((error as Error).cause as Error | undefined) ?? (error as Error)).message;
  }
}

/** Longer than a workflow task may last: the worker keeps the task alive by completing it with nothing but a wish for another. */
export async function stayLocalFor(ms: number): Promise<number> {
  return slow(ms);
}

export async function manyLocally(count: number): Promise<number> {
  const greetings = await Promise.all(Array.from({ length: count }, (_, index) => greet(String(index))));
  return greetings.length;
}
