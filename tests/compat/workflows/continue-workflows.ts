import {
  ApplicationFailure,
  condition,
  continueAsNew,
  makeContinueAsNewFunc,
  setHandler,
  workflowInfo,
} from "@temporalio/workflow";
import { addSignal } from "./message-workflows.ts";

export async function countDown(
  left: number,
): Promise<{ runId: string; firstRunId: string; continuedFrom: string | undefined }> {
  if (left > 0) await continueAsNew<typeof countDown>(left - 1);
  const info = workflowInfo();
  return { runId: info.runId, firstRunId: info.firstExecutionRunId, continuedFrom: info.continuedFromExecutionRunId };
}

/** Becomes another workflow on another queue, with other time-outs. */
export async function becomeAnother(taskQueue: string): Promise<never> {
  const become = makeContinueAsNewFunc<() => Promise<unknown>>({
    workflowType: "describeWorkflow",
    taskQueue,
    memo: { became: true },
    workflowRunTimeout: "50s",
    workflowTaskTimeout: "7s",
  });
  return become();
}

/** Counts across the runs of a cron schedule by the last result, failing now and then. */
export async function countRuns(failAt: number): Promise<number> {
  const { lastResult, lastFailure } = workflowInfo();
  const count = ((lastResult as number | undefined) ?? 0) + 1;
  if (count === failAt && lastFailure === undefined) throw ApplicationFailure.create({ message: "this run fails" });
  return count;
}

/** Takes signals until the server suggests a new run; answers how large the history was then. */
export async function waitForSuggestion(): Promise<number> {
  setHandler(addSignal, () => {});
  await condition(() => workflowInfo().continueAsNewSuggested);
  return workflowInfo().historySize;
}
