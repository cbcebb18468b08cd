import {
  condition,
  continueAsNew,
  defineSignal,
  executeChild,
  proxyActivities,
  proxyLocalActivities,
  setHandler,
  sleep,
  startChild,
} from "@temporalio/workflow";
import type * as activities from "./activities.ts";

const { echo, failUntil, sleepLong } = proxyActivities<typeof activities>({
  startToCloseTimeout: "40 days",
  retry: { initialInterval: "1 hour", backoffCoefficient: 2 },
});
const { absent } = proxyActivities<{ absent(): Promise<void> }>({
  taskQueue: "nobody",
  scheduleToStartTimeout: "1 day",
  startToCloseTimeout: "1 minute",
  retry: { maximumAttempts: 1 },
});
const local = proxyLocalActivities<typeof activities>({ startToCloseTimeout: "1 minute" });

const DAY_MS = 24 * 3600 * 1000;

/** How long it slept by its own clock. */
export async function sleeper(ms: number): Promise<number> {
  const start = Date.now();
  await sleep(ms);
  return Date.now() - start;
}

export async function retrier(attempts: number): Promise<number> {
  const start = Date.now();
  await failUntil(attempts);
  return Date.now() - start;
}

export async function parent(): Promise<number[]> {
  const quick = executeChild(sleeper, { args: [DAY_MS] });
  const slow = executeChild(sleeper, { args: [3 * DAY_MS] });
  await sleep(2 * DAY_MS);
  const [one, two] = await Promise.all([quick, slow]);
  const last = await startChild(sleeper, { args: [DAY_MS] });
  return [one, two, await last.result()];
}

export const poke = defineSignal<[string]>("poke");

/** The signals that came, or what it had when its patience ended. */
export async function listener(patienceMs: number): Promise<string[]> {
  const got: string[] = [];
  setHandler(poke, (text) => void got.push(text));
  await condition(() => got.length >= 2, patienceMs);
  return got;
}

export async function chain(left: number): Promise<string> {
  await sleep(DAY_MS);
  if (left > 0) await continueAsNew<typeof chain>(left - 1);
  return local.echo(await echo("done"));
}

/** A timer runs beside an activity that sleeps in the server's time. */
export async function race(timerMs: number, activityMs: number): Promise<string> {
  return Promise.race([sleep(timerMs).then(() => "timer"), sleepLong(activityMs)]);
}

export async function unserved(): Promise<string> {
  return absent().then(
    () => "served",
    (error: { cause?: { timeoutType?: string } }) => String(error.cause?.timeoutType),
  );
}

export async function ticker(): Promise<void> {
  await echo("tick");
}
