import {
  ApplicationFailure,
  allHandlersFinished,
  condition,
  continueAsNew,
  defineQuery,
  defineSignal,
  defineUpdate,
  proxyActivities,
  setDefaultSignalHandler,
  setHandler,
  sleep,
  workflowInfo,
} from "@temporalio/workflow";
import { defaultPayloadConverter } from "@temporalio/common";
import type * as activities from "../activities.ts";
import { receivedHeaders } from "./header-interceptor.ts";

const { greet } = proxyActivities<typeof activities>({ startToCloseTimeout: "10s" });

export const addSignal = defineSignal<[number]>("add");
export const finishSignal = defineSignal("finish");
export const totalQuery = defineQuery<number>("total");
export const brokenQuery = defineQuery<never, [string]>("broken");
export const addUpdate = defineUpdate<number, [number]>("addAndGet");
export const greetUpdate = defineUpdate<string, [string]>("greetThroughActivity");
export const brokenUpdate = defineUpdate<void>("brokenUpdate");
export const slowUpdate = defineUpdate<string, [number]>("slowUpdate");
export const stuckUpdate = defineUpdate<void>("stuckUpdate");

/** A sum that signals, queries and updates share; ends at `finish` with the numbers in the order in which they came. */
export async function sum(start: number): Promise<number[]> {
  const numbers = [start];
  let isFinished = false;
  const total = () => numbers.reduce((left, right) => left + right, 0);
  setHandler(addSignal, (number) => void numbers.push(number));
  setHandler(finishSignal, () => {
    isFinished = true;
  });
  setHandler(totalQuery, total);
  setHandler(brokenQuery, (message) => {
    throw ApplicationFailure.create({ message, type: "BrokenQuery" });
  });
  setHandler(
    addUpdate,
    async (number) => {
      numbers.push(number);
      return total();
    },
    {
      validator(number) {
        if (number < 0) throw ApplicationFailure.create({ message: "only what is positive", type: "Negative" });
      },
    },
  );
  setHandler(greetUpdate, (name) => greet(name));
  setHandler(brokenUpdate, async () => {
    await sleep(1);
    throw ApplicationFailure.create({ message: "broken after it was accepted", type: "BrokenUpdate" });
  });
  setHandler(slowUpdate, async (ms) => {
    await sleep(ms);
    return `after ${ms}`;
  });
  setHandler(stuckUpdate, async () => condition(() => false));
  await condition(() => isFinished);
  return numbers;
}

/** Everything a client sends that the workflow does not name. */
export async function collectAnySignal(count: number): Promise<string[]> {
  const seen: string[] = [];
  setDefaultSignalHandler((name, ...args) => {
    seen.push(`${name}(${args.map((arg) => JSON.stringify(arg)).join(", ")})`);
  });
  await condition(() => seen.length >= count);
  return seen;
}

/** Answers what headers came with its start and its last signal, and what its activity was called with. */
export async function tellHeaders(): Promise<{ start: string; signal: string; activity: string }> {
  let isFinished = false;
  setHandler(finishSignal, () => {
    isFinished = true;
  });
  await condition(() => isFinished);
  const decode = (headers: Record<string, never> | object) =>
    defaultPayloadConverter.fromPayload<string>((headers as Record<string, never>)["compat-trace"]!);
  const { start, signal } = receivedHeaders();
  return { start: decode(start), signal: decode(signal), activity: await greet("header") };
}

/** Takes updates across runs: each run takes at least one and hands the sum on, as an entity workflow does. */
export async function entity(state: {
  total: number;
  runs: number;
  runsMax: number;
}): Promise<{ total: number; runs: number }> {
  let { total } = state;
  let taken = 0;
  setHandler(addUpdate, async (number) => {
    taken++;
    total += number;
    await sleep(1);
    return total;
  });
  setHandler(totalQuery, () => total);
  await condition(() => taken > 0 && allHandlersFinished());
  const runs = state.runs + 1;
  if (runs >= state.runsMax) return { total, runs };
  return continueAsNew<typeof entity>({ total, runs, runsMax: state.runsMax });
}

export async function signalDuringActivity(): Promise<string[]> {
  const order: string[] = [];
  setHandler(addSignal, (number) => void order.push(`signal ${number}`));
  const waiting = proxyActivities<typeof activities>({ startToCloseTimeout: "20s", heartbeatTimeout: "20s" });
  order.push(await waiting.waitForTest());
  await condition(() => order.length > 1);
  return order;
}

/** Counts signals by the hundred without keeping them, to make a long history. */
export async function countSignals(expected: number): Promise<number> {
  let count = 0;
  setHandler(addSignal, () => {
    count++;
  });
  setHandler(totalQuery, () => count);
  await condition(() => count >= expected);
  return workflowInfo().historyLength;
}
