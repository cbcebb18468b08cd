import {
  ActivityCancellationType,
  CancellationScope,
  condition,
  defineSignal,
  proxyLocalActivities,
  setHandler,
  sleep,
} from "@temporalio/workflow";
import type * as activities from "../activities.ts";
import { outcome } from "./outcome.ts";

const { echo, nothing, failUntil, failFor, last } = proxyLocalActivities<typeof activities>({
  startToCloseTimeout: "20s",
  retry: { initialInterval: 20, backoffCoefficient: 1 },
});

export async function callsLocally(count: number): Promise<string> {
  let text = "";
  for (let i = 0; i < count; i++) text += await echo(`${i}`);
  await nothing();
  return text;
}

/** They end in the reverse of the order in which they began, and each calls another. */
export async function callsLocallyInParallel(): Promise<string[]> {
  const order: string[] = [];
  await Promise.all(
    [150, 80, 10].map(async (ms) => {
      await last(ms);
      order.push(await echo(`after ${ms}`));
    }),
  );
  return order;
}

/** All end while one task runs, with timers and remote work between them. */
export async function mixesLocalAndTimers(): Promise<string[]> {
  const order: string[] = [];
  await Promise.all([
    last(50).then(() => order.push("local 50")),
    sleep(20).then(() => order.push("timer 20")),
    last(5).then(() => order.push("local 5")),
    echo("x")
      .then(() => sleep(1))
      .then(() => order.push("local, timer")),
  ]);
  return order;
}

export async function callsLocallyFailing(): Promise<unknown[]> {
  return [await outcome(failUntil(3)), await outcome(failFor("Fatal"))];
}

/** Its next attempt is further away than a worker keeps a task for. */
export async function backsOffByTimer(): Promise<unknown> {
  const patient = proxyLocalActivities<typeof activities>({
    startToCloseTimeout: "20s",
    localRetryThreshold: 10,
    retry: { initialInterval: 30, backoffCoefficient: 2 },
  });
  return outcome(patient.failUntil(3));
}

export async function localTimesOut(): Promise<unknown> {
  const short = proxyLocalActivities<typeof activities>({
    startToCloseTimeout: 50,
    retry: { maximumAttempts: 2, initialInterval: 5 },
  });
  return outcome(short.last(500));
}

/** Longer than its task's timeout, so that the worker asks for task after task. */
export async function staysLocal(ms: number): Promise<number[]> {
  const times = [Date.now()];
  await last(ms);
  times.push(Date.now());
  await last(5);
  times.push(Date.now());
  return times;
}

export const pokeSignal = defineSignal<[string]>("poke");

/** Messages come while a local activity spans several tasks. */
export async function hearsWhileLocal(ms: number): Promise<string[]> {
  const heard: string[] = [];
  setHandler(pokeSignal, (text) => void heard.push(text));
  heard.push(`${await last(ms)}`);
  await condition(() => heard.length > 1);
  return heard;
}

export async function cancelsLocally(): Promise<unknown[]> {
  const results: unknown[] = [];
  for (const type of ["TRY_CANCEL", "WAIT_CANCELLATION_COMPLETED", "ABANDON"] as const) {
    const { untilCancelled } = proxyLocalActivities<typeof activities>({
      startToCloseTimeout: "20s",
      cancellationType: ActivityCancellationType[type],
    });
    const scope = new CancellationScope();
    const called = scope.run(() => outcome(untilCancelled("obey")));
    await last(20);
    scope.cancel();
    results.push(await called);
    const early = new CancellationScope();
    const never = early.run(() => outcome(untilCancelled("return")));
    early.cancel();
    results.push(await never);
  }
  return results;
}
