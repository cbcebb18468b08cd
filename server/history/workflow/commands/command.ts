import { WorkflowTaskFailedCause } from "../../../../api/gen/enums.js";
import { camelCase } from "../camel-case.ts";
import type { Command } from "../../../../api/gen/messages.js";
import type { Namespace } from "../../env.ts";
import type { UpdateAnswers } from "../machines/update-answers.ts";
import type { Run } from "../run.ts";

/** What the commands of one completed workflow task share. */
export interface CommandContext {
  readonly run: Run;
  readonly namespace: Namespace;
  /** Id of the WorkflowTaskCompleted event. */
  readonly completedEventId: number;
  readonly identity: string;
  /** Scheduled event ids of activities that the worker wants in the reply. */
  readonly eagerActivities: number[];
  /** A closing command was handled: later ones are ignored. */
  hasClosed: boolean;
  /** What the worker says about updates; undefined when it says nothing and none waits for an answer. */
  readonly updates: UpdateAnswers | undefined;
  /**
   * Write events of which the workflow must be told (an activity canceled at once). They stand after those of all
   * commands, and nowhere when the run is closed by then.
   */
  readonly lateEvents: (() => void)[];
}

/** Checks one command's attributes and applies it. Throws `CommandError`; then nothing of the whole task is kept. */
export type CommandHandler = (context: CommandContext, command: Command) => void;

/** A bad command: the workflow task fails with this cause, the worker is told INVALID_ARGUMENT. */
export class CommandError extends Error {
  override name = "CommandError";
  /** WorkflowTaskFailedCause */
  readonly failedCause: number;
  /** The message without the cause. */
  readonly reason: string;

  constructor(failedCause: number, message: string) {
    super(message === "" ? causeName(failedCause) : `${causeName(failedCause)}: ${message}`);
    this.failedCause = failedCause;
    this.reason = message;
  }
}

const CAUSE_NAMES: ReadonlyMap<number, string> = new Map(
  Object.entries(WorkflowTaskFailedCause).map(([name, value]) => [
    value,
    camelCase(name, "WORKFLOW_TASK_FAILED_CAUSE_"),
  ]),
);

function causeName(cause: number): string {
  return CAUSE_NAMES.get(cause) ?? String(cause);
}

/** A command that ends the run at once (a payload too large to keep). */
export class TerminatingCommandError extends Error {
  override name = "TerminatingCommandError";
  readonly failedCause: number;

  constructor(failedCause: number, message: string) {
    super(`${causeName(failedCause)}: ${message}`);
    this.failedCause = failedCause;
  }
}
