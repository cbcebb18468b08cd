import {
  CancellationScope,
  condition,
  defineSignal,
  isCancellation,
  setHandler,
  sleep,
} from "../../../../sdk/workflow/index.ts";
import { chainOf, type Link } from "../chain.ts";

export async function sleeps(duration: string | number): Promise<string> {
  await sleep(duration as number);
  return "awake";
}

export async function sleepsByTimeout(ms: number): Promise<string> {
  await new Promise((resolve) => setTimeout(resolve, ms));
  return "awake";
}

export async function clearsTimeout(): Promise<string[]> {
  const seen: string[] = [];
  const timer = setTimeout(() => seen.push("cleared"), 10);
  clearTimeout(timer);
  await sleep(30);
  return seen;
}

export async function sleepsInOrder(durations: number[]): Promise<number[]> {
  const woken: number[] = [];
  await Promise.all(durations.map((ms) => sleep(ms).then(() => woken.push(ms))));
  return woken;
}

export async function timePassesBySleep(ms: number): Promise<number> {
  const before = Date.now();
  await sleep(ms);
  return Date.now() - before;
}

export async function timeStandsStill(): Promise<number> {
  const before = Date.now();
  for (let i = 0; i < 1000; i++) await Promise.resolve();
  return Date.now() - before;
}

export async function racesTimers(): Promise<string> {
  return Promise.race([sleep(10).then(() => "short"), sleep(5_000).then(() => "long")]);
}

export async function cancelsTimer(): Promise<string> {
  const scope = new CancellationScope();
  const slept = scope.run(() => sleep("1 hour"));
  await sleep(1);
  scope.cancel();
  try {
    await slept;
    return "slept";
  } catch (error) {
    return isCancellation(error) ? "cancelled" : String(error);
  }
}

export async function cancelsTimerAtOnce(): Promise<string> {
  const scope = new CancellationScope();
  scope.cancel();
  return scope
    .run(() => sleep("1 hour"))
    .then(
      () => "slept",
      (error: unknown) => (isCancellation(error) ? "cancelled" : String(error)),
    );
}

export async function firesThenCancels(): Promise<string> {
  const scope = new CancellationScope();
  const result = await scope.run(async () => {
    await sleep(1);
    return "fired";
  });
  scope.cancel();
  return result;
}

export const setSignal = defineSignal<[number]>("set");

export async function waitsForCondition(wanted: number): Promise<number> {
  let value = 0;
  setHandler(setSignal, (to) => void (value = to));
  await condition(() => value >= wanted);
  return value;
}

export async function waitsWithTimeout(timeout: string | number): Promise<boolean> {
  let value = 0;
  setHandler(setSignal, (to) => void (value = to));
  return condition(() => value > 0, timeout as number);
}

export async function conditionAlreadyTrue(): Promise<boolean[]> {
  await condition(() => true);
  return [await condition(() => true, "1 hour")];
}

export async function conditionChain(): Promise<string[]> {
  const seen: string[] = [];
  let stage = 0;
  const wait = async (wanted: number): Promise<void> => {
    await condition(() => stage >= wanted);
    seen.push(`stage ${wanted}`);
    stage++;
  };
  const all = [wait(3), wait(2), wait(1)];
  stage = 1;
  await Promise.all(all);
  return seen;
}

export async function conditionThrows(): Promise<Link[]> {
  try {
    await condition(() => {
      throw new RangeError("no such state");
    });
    return [];
  } catch (error) {
    return chainOf(error);
  }
}

export async function conditionIsCancelled(): Promise<string> {
  const scope = new CancellationScope();
  const waiting = scope.run(() => condition(() => false));
  await sleep(1);
  scope.cancel();
  return waiting.then(
    () => "true",
    (error: unknown) => (isCancellation(error) ? "cancelled" : String(error)),
  );
}

export async function manyTimers(count: number): Promise<number> {
  let fired = 0;
  await Promise.all(Array.from({ length: count }, async (_, index) => sleep(1 + (index % 7)).then(() => fired++)));
  return fired;
}

export async function intervalOfSleeps(rounds: number): Promise<number> {
  let round = 0;
  while (round < rounds) {
    await sleep(1);
    round++;
  }
  return round;
}
