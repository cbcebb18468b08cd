/** Hands the commands of the code to the machines they concern. */
import { EventType } from "../../../api/gen/enums.js";
import type { WorkflowCommand } from "../../workflow/activation.ts";
import { requestCancelActivity, scheduleActivity } from "./machines/activity.ts";
import { cancelChildWorkflow, startChildWorkflow } from "./machines/child-workflow.ts";
import { cancelExternalWorkflow, cancelSignal, signalExternalWorkflow } from "./machines/external-workflow.ts";
import { cancelLocalActivity, scheduleLocalActivity } from "./machines/local-activity.ts";
import { cancelNexusOperation, scheduleNexusOperation } from "./machines/nexus-operation.ts";
import { setPatchMarker } from "./machines/patch.ts";
import { cancelTimer, startTimer } from "./machines/timer.ts";
import { answerUpdate } from "./machines/update.ts";
import type { Rejection } from "./machines/update.ts";
import type { RunState } from "./run-state.ts";

type QueryResponse = Extract<WorkflowCommand, { kind: "respondToQuery" }>;

/** What a command says that history never shows. */
export interface Answers {
  readonly queries: QueryResponse[];
  readonly rejections: Rejection[];
}

const CLOSING: ReadonlySet<string> = new Set([
  "completeWorkflowExecution",
  "failWorkflowExecution",
  "cancelWorkflowExecution",
  "continueAsNewWorkflowExecution",
]);

/**
 * The closing command comes last and there is one: what the code asked for beside it still counts. Workers that did not
 * say so (see `CORE_FLAGS`) dropped what came after it.
 */
export function inOrder(
  commands: readonly WorkflowCommand[],
  afterClosing: "keep what follows" | "drop what follows",
): readonly WorkflowCommand[] {
  const at = commands.findIndex(({ kind }) => CLOSING.has(kind));
  if (at === -1 || at === commands.length - 1) return commands;
  const before = commands.slice(0, at);
  const closing = commands[at] as WorkflowCommand;
  if (afterClosing === "drop what follows") {
    return [...before, closing, ...commands.slice(at + 1).filter(({ kind }) => kind === "respondToQuery")];
  }
  return [...before, ...commands.slice(at + 1).filter(({ kind }) => !CLOSING.has(kind)), closing];
}

export function isClosing({ kind }: WorkflowCommand): boolean {
  return CLOSING.has(kind);
}

export function applyCommand(run: RunState, command: WorkflowCommand, answers: Answers): void {
  switch (command.kind) {
    case "startTimer":
      return startTimer(run, command);
    case "cancelTimer":
      return cancelTimer(run, command);
    case "scheduleActivity":
      return scheduleActivity(run, command);
    case "requestCancelActivity":
      return requestCancelActivity(run, command);
    case "scheduleLocalActivity":
      return scheduleLocalActivity(run, command);
    case "requestCancelLocalActivity": {
      const local = run.locals.get(command.seq);
      return local === undefined ? undefined : cancelLocalActivity(run, local);
    }
    case "startChildWorkflowExecution":
      return startChildWorkflow(run, command);
    case "cancelChildWorkflowExecution":
      return cancelChildWorkflow(run, command);
    case "signalExternalWorkflowExecution":
      return signalExternalWorkflow(run, command);
    case "cancelSignalWorkflow":
      return cancelSignal(run, command);
    case "requestCancelExternalWorkflowExecution":
      return cancelExternalWorkflow(run, command);
    case "scheduleNexusOperation":
      return scheduleNexusOperation(run, command);
    case "requestCancelNexusOperation":
      return cancelNexusOperation(run, command);
    case "setPatchMarker":
      return setPatchMarker(run, command);
    case "updateResponse": {
      const rejection = answerUpdate(run, command.protocolInstanceId, command.response);
      if (rejection !== undefined) answers.rejections.push(rejection);
      return undefined;
    }
    case "respondToQuery":
      answers.queries.push(command);
      return undefined;
    case "continueAsNewWorkflowExecution": {
      const { memo = run.memo, searchAttributes = run.searchAttributes } = command;
      run.push(PLAIN_EVENTS[command.kind], { ...command, memo, searchAttributes });
      return undefined;
    }
    case "upsertWorkflowSearchAttributes":
      run.searchAttributes = { ...run.searchAttributes, ...command.searchAttributes };
      run.push(PLAIN_EVENTS[command.kind], command);
      return undefined;
    case "modifyWorkflowProperties":
    case "completeWorkflowExecution":
    case "failWorkflowExecution":
    case "cancelWorkflowExecution":
      run.push(PLAIN_EVENTS[command.kind], command);
      return undefined;
  }
}

const PLAIN_EVENTS = {
  upsertWorkflowSearchAttributes: EventType.EVENT_TYPE_UPSERT_WORKFLOW_SEARCH_ATTRIBUTES,
  modifyWorkflowProperties: EventType.EVENT_TYPE_WORKFLOW_PROPERTIES_MODIFIED,
  completeWorkflowExecution: EventType.EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED,
  failWorkflowExecution: EventType.EVENT_TYPE_WORKFLOW_EXECUTION_FAILED,
  cancelWorkflowExecution: EventType.EVENT_TYPE_WORKFLOW_EXECUTION_CANCELED,
  continueAsNewWorkflowExecution: EventType.EVENT_TYPE_WORKFLOW_EXECUTION_CONTINUED_AS_NEW,
} as const;
