import {
  ApplicationFailure,
  allHandlersFinished,
  condition,
  defineSignal,
  defineUpdate,
  proxyActivities,
  proxyLocalActivities,
  setHandler,
  sleep,
} from "@temporalio/workflow";
import type * as activities from "../activities.ts";

const { echo } = proxyActivities<typeof activities>({ startToCloseTimeout: "10s" });
const local = proxyLocalActivities<typeof activities>({ startToCloseTimeout: "10s" });

export const addSignal = defineSignal<[number]>("add");
export const addUpdate = defineUpdate<number, [number]>("addNow");
export const slowUpdate = defineUpdate<string, [string]>("slowly");
export const localUpdate = defineUpdate<string, [string]>("locally");
export const failUpdate = defineUpdate<void, [string]>("failNow");

export async function addsSignals(until: number): Promise<number[]> {
  const numbers: number[] = [];
  setHandler(addSignal, (number) => void numbers.push(number));
  await condition(() => numbers.length >= until);
  return numbers;
}

/** A signal whose handler does work, and a main function that works beside it. */
export async function handlesSignalsSlowly(until: number): Promise<string[]> {
  const done: string[] = [];
  setHandler(addSignal, async (number) => {
    await sleep(5);
    done.push(await echo(`${number}`));
  });
  for (let i = 0; i < 3; i++) done.push(await echo(`main ${i}`));
  await condition(() => done.length >= until + 3 && allHandlersFinished());
  return done;
}

export async function takesUpdates(until: number): Promise<unknown[]> {
  const seen: unknown[] = [];
  setHandler(
    addUpdate,
    (number) => {
      seen.push(number);
      return seen.length;
    },
    {
      validator: (number) => {
        if (number < 0) throw ApplicationFailure.create({ message: "negative", type: "Rejected" });
      },
    },
  );
  setHandler(slowUpdate, async (text) => {
    await sleep(5);
    seen.push(await echo(text));
    return text;
  });
  setHandler(localUpdate, async (text) => {
    seen.push(await local.echo(text));
    return text;
  });
  setHandler(failUpdate, async (message) => {
    seen.push("failing");
    await sleep(1);
    throw ApplicationFailure.create({ message });
  });
  setHandler(addSignal, (number) => void seen.push(`signal ${number}`));
  await condition(() => seen.length >= until && allHandlersFinished());
  return seen;
}
