import {
  condition,
  continueAsNew,
  isCancellation,
  proxyLocalActivities,
  setHandler,
  sleep,
} from "@temporalio/workflow";
import type * as activities from "../activities.ts";
import { addSignal, addUpdate, totalQuery } from "./message-workflows.ts";

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

/** Ends at the end of a long workflow task, or when the least number of messages came, with what came in the meantime. */
export async function endAfter(ms: number, least: number): Promise<number[]> {
  const numbers: number[] = [];
  setHandler(addSignal, (number) => void numbers.push(number));
  setHandler(totalQuery, () => numbers.length);
  setHandler(addUpdate, (number) => numbers.push(number));
  await slow(ms);
  await condition(() => numbers.length >= least);
  return numbers;
}

/** The same with a successor, which must know the numbers of its predecessor. */
export async function continueAfter(ms: number, numbers: number[]): Promise<number[]> {
  setHandler(addSignal, (number) => void numbers.push(number));
  if (numbers.includes(-1)) return numbers;
  await slow(ms);
  await continueAsNew<typeof continueAfter>(ms, [...numbers, -1]);
  return numbers;
}

/** Sleeps longer than the task in which it is cancelled lasts. */
export async function cancelledDuringTask(ms: number): Promise<string> {
  const nap = sleep("1 hour").catch((error: unknown) => error);
  await slow(ms).catch(() => {});
  return isCancellation(await nap) ? "cancelled" : "slept";
}

/** Fails its tasks for ever, so that nothing can be asked of it. */
export async function failsItsTasks(): Promise<void> {
  await condition(() => {
    throw new Error("a bug in every task");
  });
}
