import { CancellationScope, sleep } from "../../../../sdk/workflow/index.ts";
import type { LocalActivityOptions } from "../../../../sdk/workflow/index.ts";
import { chainOf, type Link } from "../chain.ts";
import { local } from "./proxies.ts";

type AnyActivity = (...args: unknown[]) => Promise<unknown>;

export async function localCalls(
  name: string,
  args: unknown[] = [],
  options: LocalActivityOptions = {},
): Promise<unknown> {
  return (local(options) as unknown as Record<string, AnyActivity>)[name]?.(...args);
}

export async function localCallFailure(
  name: string,
  args: unknown[] = [],
  options: LocalActivityOptions = {},
): Promise<Link[]> {
  try {
    await localCalls(name, args, options);
    return [];
  } catch (error) {
    return chainOf(error);
  }
}

export async function localCallsMany(count: number): Promise<number[]> {
  return Promise.all(Array.from({ length: count }, (_, index) => local().echo(index)));
}

export async function localCallsInSequence(count: number): Promise<number> {
  let sum = 0;
  for (let i = 0; i < count; i++) sum += await local().echo(i);
  return sum;
}

export async function localThenTimer(key: string): Promise<number> {
  const count = await local().countsItself(key);
  await sleep(1);
  return count;
}

export async function cancelsLocal(name: string): Promise<Link[] | string> {
  const scope = new CancellationScope();
  const result = scope
    .run(() => localCalls(name))
    .then(
      (value) => String(value),
      (error: unknown) => chainOf(error),
    );
  await sleep(20);
  scope.cancel();
  return result;
}

export async function passesOnLocally(value: unknown): Promise<unknown> {
  return local().echo(value);
}
