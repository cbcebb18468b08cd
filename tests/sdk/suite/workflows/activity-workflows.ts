import {
  CancellationScope,
  proxyActivities,
  scheduleActivity,
  sleep,
  condition,
  defineSignal,
  setHandler,
} from "../../../../sdk/workflow/index.ts";
import type { ActivityCancellationType, ActivityOptions } from "../../../../sdk/workflow/index.ts";
import { chainOf, type Link } from "../chain.ts";
import { remote, type Activities } from "./proxies.ts";

export type ActivityCall = { [K in keyof Activities]: { name: K; args?: Parameters<Activities[K]> } }[keyof Activities];

type AnyActivity = (...args: unknown[]) => Promise<unknown>;

/** The result of one activity. */
export async function calls(name: string, args: unknown[] = [], options: ActivityOptions = {}): Promise<unknown> {
  return (remote(options) as unknown as Record<string, AnyActivity>)[name]?.(...args);
}

/** The failure of one activity, as the workflow sees it. */
export async function callFailure(name: string, args: unknown[] = [], options: ActivityOptions = {}): Promise<Link[]> {
  try {
    await calls(name, args, options);
    return [];
  } catch (error) {
    return chainOf(error);
  }
}

export async function callsWithoutTimeout(): Promise<unknown> {
  return proxyActivities<Activities>({}).echo(1);
}

export async function callsByOptions(value: string): Promise<string> {
  return remote().echo.executeWithOptions({ startToCloseTimeout: 5_000, activityId: "mine" }, [
    value,
  ]) as Promise<string>;
}

export async function schedules(value: string): Promise<unknown> {
  return scheduleActivity("echo", [value], { startToCloseTimeout: 5_000 });
}

export async function callsMany(count: number): Promise<number[]> {
  return Promise.all(Array.from({ length: count }, (_, index) => remote().echo(index)));
}

export async function callsInSequence(count: number): Promise<number> {
  let sum = 0;
  for (let i = 0; i < count; i++) sum += await remote().echo(i);
  return sum;
}

export async function cancelsActivity(
  name: string,
  cancellationType: ActivityCancellationType,
): Promise<Link[] | string> {
  const activity = (
    remote({ cancellationType, heartbeatTimeout: 15_000, retry: { maximumAttempts: 1 } }) as unknown as Record<
      string,
      AnyActivity
    >
  )[name] as AnyActivity;
  const scope = new CancellationScope();
  let started = false;
  setHandler(activityRuns, () => void (started = true));
  const result = scope.run(() => activity());
  const settled = result.then(
    (value) => String(value),
    (error: unknown) => chainOf(error),
  );
  await condition(() => started);
  scope.cancel();
  return settled;
}

export const activityRuns = defineSignal("activityRuns");

export async function cancelsBeforeScheduling(): Promise<Link[]> {
  const scope = new CancellationScope();
  scope.cancel();
  return scope
    .run(() => remote().echo(1))
    .then(
      () => [],
      (error: unknown) => chainOf(error),
    );
}

/** Scheduled and cancelled in one task: the server never hears of it. */
export async function cancelsInTheSameTask(): Promise<Link[]> {
  const scope = new CancellationScope();
  const result = scope
    .run(() => remote().echo(1))
    .then(
      () => [],
      (error: unknown) => chainOf(error),
    );
  scope.cancel();
  return result;
}

export async function ignoresFailure(): Promise<string> {
  remote({ retry: { maximumAttempts: 1 } })
    .throwsPlain("unheard")
    .catch(() => {});
  await sleep(1);
  return "went on";
}

export async function unhandledRejection(): Promise<string> {
  void remote({ retry: { maximumAttempts: 1 } }).throwsPlain("unheard");
  await sleep(200);
  return "went on";
}

export async function activityFailsWorkflow(): Promise<void> {
  await remote({ retry: { maximumAttempts: 1 } }).throwsPlain("on purpose");
}

export type Outcome = { value: unknown } | { chain: Link[] };

/** How an activity ended, also when the workflow is cancelled meanwhile. */
export async function callOutcome(name: string, args: unknown[] = [], options: ActivityOptions = {}): Promise<Outcome> {
  try {
    return { value: await calls(name, args, options) };
  } catch (error) {
    return { chain: chainOf(error) };
  }
}

export async function passesOn(value: unknown): Promise<unknown> {
  return remote().echo(value);
}

/** How many ran at once, as each saw it. */
export async function parallelism(key: string, count: number): Promise<number[]> {
  return Promise.all(Array.from({ length: count }, () => remote().measuresParallelism(key)));
}
