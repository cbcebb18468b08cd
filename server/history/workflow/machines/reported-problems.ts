/**
 * The search attribute that tells of a run whose workflow tasks fail again and again.
 *
 * 1. Failures and time-outs count as for the attempt, also those that leave no events; but only a completed task ends
 *    the count.
 * 2. What is told is the last problem that the history has: a later attempt that fails otherwise changes nothing.
 * 3. The attribute is the run's own: no other run of its chain gets it.
 */
import { TimeoutType, WorkflowTaskFailedCause } from "../../../../api/gen/enums.js";
import { SearchAttributes } from "../../../../api/gen/messages.js";
import { attributePayload } from "../../../visibility/index.ts";
import { camelCase } from "../camel-case.ts";
import type { Run } from "../run.ts";

const ATTRIBUTE = "TemporalReportedProblems";

export type Problem = { readonly failedCause: number } | { readonly timeoutType: number };

/** The history is about to tell of a problem. */
export function noteProblem(run: Run, problem: Problem): void {
  run.state.taskProblemFailedCause = "failedCause" in problem ? problem.failedCause : 0;
  run.state.taskProblemTimeoutType = "timeoutType" in problem ? problem.timeoutType : 0;
}

/** A workflow task has failed or timed out. */
export function countProblem(run: Run): void {
  const { state } = run;
  state.taskProblemCount++;
  if (state.taskProblemCount < run.limits.taskProblemsToReport) return;
  const { indexedFields } = SearchAttributes.decode(state.rawSearchAttributes);
  const payload = attributePayload("KeywordList", problemTexts(run));
  state.rawSearchAttributes = SearchAttributes.encode({ indexedFields: { ...indexedFields, [ATTRIBUTE]: payload } });
  run.touchVisibility();
}

/** A workflow task was completed. */
export function forgetProblems(run: Run): void {
  const { state } = run;
  if (state.taskProblemCount >= run.limits.taskProblemsToReport) {
    state.rawSearchAttributes = withoutProblems(state.rawSearchAttributes);
    run.touchVisibility();
  }
  state.taskProblemCount = 0;
}

/** Encoded search attributes without the reported problems. */
export function withoutProblems(rawSearchAttributes: Uint8Array): Uint8Array {
  const { [ATTRIBUTE]: told, ...indexedFields } = SearchAttributes.decode(rawSearchAttributes).indexedFields;
  return told === undefined ? rawSearchAttributes : SearchAttributes.encode({ indexedFields });
}

function problemTexts({ state }: Run): string[] {
  return state.taskProblemTimeoutType === 0
    ? ["category=WorkflowTaskFailed", `cause=WorkflowTaskFailedCause${FAILED_CAUSES.get(state.taskProblemFailedCause)}`]
    : ["category=WorkflowTaskTimedOut", `cause=WorkflowTaskTimedOutCause${TIMEOUTS.get(state.taskProblemTimeoutType)}`];
}

function namesOf(values: Readonly<Record<string, number>>, prefix: string): ReadonlyMap<number, string> {
  return new Map(Object.entries(values).map(([name, value]) => [value, camelCase(name, prefix)]));
}

const FAILED_CAUSES = namesOf(WorkflowTaskFailedCause, "WORKFLOW_TASK_FAILED_CAUSE_");
const TIMEOUTS = namesOf(TimeoutType, "TIMEOUT_TYPE_");
