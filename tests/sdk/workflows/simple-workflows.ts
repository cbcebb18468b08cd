import {
  ApplicationFailure,
  CancellationScope,
  condition,
  continueAsNew,
  defineQuery,
  defineSignal,
  isCancellation,
  proxyActivities,
  setHandler,
  sleep,
  upsertMemo,
  upsertSearchAttributes,
  uuid4,
  workflowInfo,
} from "@temporalio/workflow";
import type * as activities from "../activities.ts";

const { echo } = proxyActivities<typeof activities>({ startToCloseTimeout: "10s" });

export async function returnsAtOnce(value: string): Promise<string> {
  return value;
}

export async function fails(message: string): Promise<void> {
  throw ApplicationFailure.create({ message, type: "Wanted", nonRetryable: true, details: ["why", { code: 7 }] });
}

/** Every draw depends on the one before, also across tasks. */
export async function drawsNumbers(): Promise<unknown[]> {
  const before = [Math.random(), Math.random(), uuid4()];
  await sleep(1);
  return [...before, Math.random(), uuid4()];
}

export async function tellsTime(): Promise<number[]> {
  const times = [Date.now()];
  await sleep(20);
  times.push(Date.now());
  await echo("x");
  times.push(Date.now());
  return times;
}

export async function countsDown(left: number): Promise<number> {
  if (left === 0) return workflowInfo().historyLength;
  await sleep(1);
  return continueAsNew<typeof countsDown>(left - 1);
}

export async function changesItsAttributes(): Promise<unknown> {
  upsertMemo({ note: "one", gone: "two" });
  upsertSearchAttributes({ CustomKeywordField: ["red"] });
  await sleep(1);
  upsertMemo({ gone: null });
  return workflowInfo().memo;
}

export const stateQuery = defineQuery<string>("state");
export const finishSignal = defineSignal<[string]>("finish");

export async function answersQueries(): Promise<string> {
  let state = "begun";
  setHandler(stateQuery, () => state);
  setHandler(finishSignal, (text) => void (state = text));
  await condition(() => state !== "begun");
  return state;
}

/** Ends as cancelled, after a piece of cleaning up that the cancellation does not reach. */
export async function cleansUpWhenCancelled(): Promise<void> {
  try {
    await sleep("1 hour");
  } catch (error) {
    if (isCancellation(error)) await CancellationScope.nonCancellable(() => echo("clean"));
    throw error;
  }
}

export async function swallowsCancellation(): Promise<string> {
  await CancellationScope.current().cancelRequested.catch(() => {});
  return "all the same";
}

/** Its first task fails; the next attempt begins with a longer history. */
export async function failsItsFirstTask(): Promise<string> {
  if (workflowInfo().historyLength < 4) throw new Error("not yet");
  await sleep(1);
  return "in the end";
}

/** A task in the middle fails. */
export async function failsItsSecondTask(): Promise<string> {
  await echo("x");
  const { historyLength, unsafe } = workflowInfo();
  if (historyLength < 11 && !unsafe.isReplaying) throw new Error("not yet");
  await sleep(1);
  return "in the end";
}

/** Says what the worker told about its history. */
export async function knowsItsHistory(): Promise<unknown[]> {
  const told = [];
  for (let i = 0; i < 3; i++) {
    const { historyLength, historySize, continueAsNewSuggested } = workflowInfo();
    told.push([historyLength, historySize, continueAsNewSuggested]);
    await echo(`${i}`);
  }
  return told;
}

/** The successor has what its predecessor had: memo and search attributes as they were at the end. */
export async function carriesOver(left: number): Promise<unknown> {
  upsertMemo({ [`left-${left}`]: left });
  upsertSearchAttributes({ CustomKeywordField: [`left-${left}`] });
  await sleep(1);
  if (left > 0) return continueAsNew<typeof carriesOver>(left - 1);
  return [workflowInfo().memo, workflowInfo().searchAttributes];
}

/** Twice the numbers of one seed in a run that was reset, then those of another. */
export async function drawsAfterReset(): Promise<unknown[]> {
  const numbers: unknown[] = [Math.random()];
  await sleep(1);
  numbers.push(Math.random());
  await sleep(1);
  numbers.push(Math.random(), uuid4());
  return numbers;
}
