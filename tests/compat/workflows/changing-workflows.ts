// Workflows whose code changes under a running execution: a test loads the bundle again with `GENERATION` exchanged.

import {
  ApplicationFailure,
  condition,
  defineSignal,
  deprecatePatch,
  patched,
  proxyActivities,
  setHandler,
  sleep,
} from "@temporalio/workflow";
import type * as activities from "../activities.ts";

const GENERATION: string = "@@generation-one@@";
const isFirst = GENERATION.includes("one");
const isThird = GENERATION.includes("three");

const { greet } = proxyActivities<typeof activities>({ startToCloseTimeout: "10s" });

export const proceedSignal = defineSignal("proceed");

function untilProceed(): Promise<void> {
  let isTold = false;
  setHandler(proceedSignal, () => {
    isTold = true;
  });
  return condition(() => isTold);
}

/** Sleeps in the first generation, greets behind a patch in the second, only greets in the third. */
export async function patchedWorkflow(): Promise<string> {
  const proceed = untilProceed();
  let did = "slept";
  if (isFirst) {
    await sleep(1);
  } else if (isThird) {
    deprecatePatch("greet-instead");
    did = await greet("third");
  } else if (patched("greet-instead")) {
    did = await greet("second");
  } else {
    await sleep(1);
  }
  await proceed;
  return did;
}

/** Takes another path in the second generation without a patch: a fault that replay finds. */
export async function changedCarelessly(): Promise<string> {
  const proceed = untilProceed();
  if (isFirst || isThird) await sleep(1);
  else await greet("the wrong way");
  await proceed;
  return "done";
}

/** Has a bug in the first generation which fails the workflow task, not the workflow. */
export async function fixedLater(): Promise<string> {
  await sleep(1);
  if (isFirst) throw new Error("a bug that fails the task");
  return "fixed";
}

/** The same bug, but its author wishes the workflow to fail. */
export async function failsAtOnce(): Promise<string> {
  throw ApplicationFailure.create({ message: "fails the workflow", nonRetryable: true });
}

/** Runs across two workers. */
export async function survivesRestart(): Promise<string[]> {
  const proceed = untilProceed();
  const done = [await greet("before")];
  await proceed;
  done.push(await greet("after"));
  return done;
}
