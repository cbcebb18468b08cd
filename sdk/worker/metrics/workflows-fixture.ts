/** Workflows that end in every way; run by the official worker as well. */
import {
  ApplicationFailure,
  continueAsNew,
  metricMeter,
  proxyActivities,
  proxyLocalActivities,
  sleep,
} from "@temporalio/workflow";

interface Activities {
  work(): Promise<number>;
  fail(): Promise<void>;
}

const options = { startToCloseTimeout: "5s", retry: { maximumAttempts: 1 } } as const;
const remote = proxyActivities<Activities>(options);
const local = proxyLocalActivities<Activities>(options);
const ignore = (): void => {};

export async function completes(): Promise<number> {
  await remote.work();
  await local.work();
  await remote.fail().catch(ignore);
  await local.fail().catch(ignore);
  await sleep(1);
  metricMeter.createCounter("orders").add(2);
  return 1;
}

export async function fails(): Promise<void> {
  throw ApplicationFailure.nonRetryable("no");
}

export async function continues(left: number): Promise<void> {
  if (left > 0) await continueAsNew<typeof continues>(left - 1);
}

export async function waits(): Promise<void> {
  await sleep("1 hour");
}

export async function failsItsTask(): Promise<void> {
  throw new Error("not this time");
}
