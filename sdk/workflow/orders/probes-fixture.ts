/** What the programs write down with, and the activities and signals they use. */
import * as workflow from "../index.ts";

/** The programs were recorded as plain JavaScript. */
export const wf: any = workflow;

const { probe } = wf.proxySinks();
export const out = (line: unknown): void => probe.out(String(line));
export const go = wf.defineSignal("go");
export const acts = wf.proxyActivities({ startToCloseTimeout: "1 minute" });

/** One line for each of the next microtasks: the ruler that everything else is measured with. */
export function chain(length = 14, label = ""): void {
  let promise: Promise<void> = Promise.resolve();
  for (let i = 1; i <= length; i++) promise = promise.then(() => out(label + i));
}

export function named(promise: PromiseLike<any>, name: string): void {
  void promise.then(
    () => out(`${name} ok`),
    (error: any) => out(`${name} ${error.cause ? `${error.name}/${error.cause.name}` : error.name}: ${error.message}`),
  );
}

export async function awaited(name: string, fn: () => Promise<unknown>): Promise<void> {
  try {
    await fn();
    out(`${name} ok`);
  } catch (error: any) {
    out(`${name} ${error.name}: ${error.message}`);
  }
}

export const ext = (): any => wf.getExternalWorkflowHandle("other");
