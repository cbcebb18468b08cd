/** What is said of a promise of workflow code that was rejected while nobody awaited it: most often an `await` is missing. */
import { UnhandledRejectionError } from "./errors.ts";
import { frameText, locationsOf } from "./stack-frames.ts";
import type { RunState } from "./state.ts";

const FRAMES_MAX = 3;

export function unhandledRejection(run: RunState, reason: unknown, promise: object): UnhandledRejectionError {
  const { runId, initialize } = run;
  const { workflowType, workflowId } = initialize ?? {};
  const stack = (reason instanceof Error && reason.stack) || "";
  const lines = [
    `Unhandled rejection: nobody awaits a promise of workflow ${workflowType} (workflow id ${workflowId}, run id ` +
      `${runId}), and it was rejected.`,
    ...labelled("error:   ", [described(reason), ...userFrames(run, stack)]),
    ...labelled("promise: ", promiseFrames(run, promise)),
    "Await it, or handle its error with .catch().",
  ];
  const error = new UnhandledRejectionError(lines.join("\n"), reason);
  error.stack = stack; // Where the promise was found to be unhandled says nothing.
  return error;
}

function labelled(label: string, lines: readonly string[]): string[] {
  return lines.map((line, index) => `  ${index === 0 ? label : " ".repeat(label.length)}${line}`);
}

/** With its causes: failures of activities and children say what happened only there. */
function described(reason: unknown): string {
  if (!(reason instanceof Error)) return String(reason);
  const own = `${reason.name}: ${reason.message}`;
  return reason.cause === undefined ? own : `${own}, caused by ${described(reason.cause)}`;
}

function userFrames(run: RunState, stack: string): string[] {
  return locationsOf(run, stack)
    .filter(({ internal_code: isInternal }) => !isInternal)
    .slice(0, FRAMES_MAX)
    .map(frameText);
}

/** Where the promise was made, when that is recorded; of the promise of an asynchronous function, where that was called. */
function promiseFrames(run: RunState, promise: object): string[] {
  const site = run.promiseSites?.siteOf(promise);
  if (site === undefined) return [];
  const frames = userFrames(run, site.stack);
  return site.isOfFunction && frames.length > 1 ? frames.slice(1) : frames;
}
