/** Workflows that wait for promises: lines of this file stand in the test. */
import { condition, sleep } from "../../workflow/index.ts";

function never(): Promise<void> {
  return new Promise(() => {});
}

async function helper(): Promise<void> {
  await Promise.resolve();
  await never();
}

export async function madeEarlier(): Promise<void> {
  let finish: (() => void) | undefined;
  const done = new Promise<void>((resolve) => {
    finish = resolve;
  });
  await done;
  finish?.();
}

export async function inHelper(): Promise<void> {
  await Promise.resolve().catch(() => {});
  await helper();
}

export async function all(): Promise<void> {
  await Promise.all([
    never(), //
    helper(),
    sleep("1 day"),
  ]);
}

export async function raced(): Promise<void> {
  const slow = never();
  const slower = never();
  await Promise.race([slow, slower]);
}

export async function chained(): Promise<void> {
  const first = never().then(() => {});
  await first.catch(() => {}).finally(() => {});
}

export function notAsync(): Promise<void> {
  return never();
}

export async function onlyTheLibrary(): Promise<void> {
  await Promise.resolve(1);
  await Promise.reject(new Error("caught")).catch(() => {});
  await condition(() => false);
}

async function* numbers(): AsyncGenerator<number> {
  yield 1;
  await never();
}

export async function generated(): Promise<void> {
  for await (const _ of numbers());
}

export async function endless(): Promise<void> {
  for (;;) await Promise.resolve();
}
