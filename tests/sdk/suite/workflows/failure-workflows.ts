import {
  condition,
  executeChild,
  log,
  metricMeter,
  proxySinks,
  setHandler,
  sleep,
  workflowInfo,
} from "../../../../sdk/workflow/index.ts";
import type { Sinks } from "../../../../sdk/workflow/index.ts";
import { ApplicationFailure, TimeoutFailure } from "../../../../sdk/common/index.ts";
import { chainOf, type Link } from "../chain.ts";
import { add } from "./message-workflows.ts";
import { failsWith } from "./child-workflows.ts";
import { remote } from "./proxies.ts";

export type FailureOptions = Parameters<typeof ApplicationFailure.create>[0];

export async function failsWithOptions(options: FailureOptions): Promise<never> {
  throw ApplicationFailure.create(options);
}

export async function failsWithCauses(): Promise<never> {
  throw ApplicationFailure.create({
    message: "outer",
    type: "Outer",
    nonRetryable: true,
    cause: ApplicationFailure.create({ message: "middle", details: [1], cause: new TypeError("inner") }),
  });
}

export async function throwsRangeError(): Promise<never> {
  throw new RangeError("out of range");
}

export async function childThenRethrows(): Promise<void> {
  await executeChild(failsWith, { args: ["from the child", "ChildType"] });
}

export async function activityInChildInParent(): Promise<Link[]> {
  return executeChild("activityFailsWorkflow").then(
    () => [],
    (error: unknown) => chainOf(error),
  );
}

export async function wrapsActivityFailure(): Promise<never> {
  try {
    await remote({ retry: { maximumAttempts: 1 } }).throwsWithCauses();
  } catch (cause) {
    throw ApplicationFailure.create({ message: "wrapped", cause: cause as Error, nonRetryable: true });
  }
  throw new Error("unreachable");
}

export async function throwsTimeout(): Promise<never> {
  throw new TimeoutFailure("of my own", undefined, "START_TO_CLOSE");
}

/** Fails its task until the test has mended it: how often is told by the host's global of the sandbox's own count. */
export async function failsTaskUntilSignal(): Promise<string> {
  let isMended = false;
  setHandler(add, () => void (isMended = true));
  await sleep(1);
  if (!isMended) throw new Error("not yet");
  return "mended";
}

export async function loopsForEver(): Promise<void> {
  for (;;);
}

export async function loopsAfterAwait(): Promise<void> {
  await sleep(1);
  for (;;);
}

export async function usesWeakRef(): Promise<unknown> {
  return new WeakRef({});
}

export interface SuiteSinks extends Sinks {
  suite: { note(text: string, value: unknown): void; replayed(text: string): void };
}

export async function callsSinks(): Promise<void> {
  const { suite } = proxySinks<SuiteSinks>();
  suite.note("begin", { a: 1 });
  suite.replayed("begin");
  await sleep(1);
  suite.note("end", workflowInfo().historyLength);
}

export async function logs(): Promise<void> {
  log.info("from the workflow", { own: "attribute" });
  log.debug("debug line");
  await sleep(1);
  log.warn("after a timer");
  log.error("an error line");
}

export async function measures(): Promise<void> {
  const meter = metricMeter.withTags({ area: "suite" });
  meter.createCounter("suite_workflow_counter").add(2, { shape: "round" });
  meter.createHistogram("suite_workflow_histogram", "int", "ms").record(7);
  await sleep(1);
  meter.createGauge("suite_workflow_gauge").set(9);
}

export async function logsInActivity(message: string): Promise<void> {
  await remote().logsLine(message);
}

export async function waitsForAdd(): Promise<void> {
  let isOver = false;
  setHandler(add, () => void (isOver = true));
  await condition(() => isOver);
}

const moduleState: string[] = [];

/** Module state is the run's own. */
export async function remembersInModule(): Promise<string[]> {
  moduleState.push(workflowInfo().workflowId);
  await sleep(1);
  return moduleState;
}

export async function leavesGlobal(name: string): Promise<unknown> {
  const before = (globalThis as Record<string, unknown>)[name];
  (globalThis as Record<string, unknown>)[name] = "left behind";
  return before ?? null;
}
