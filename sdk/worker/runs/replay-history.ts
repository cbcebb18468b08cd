/** Runs a whole history through the code it came from, to see whether the code still does the same. */
import type { DeploymentVersion, WorkflowRun } from "../../workflow/activation.ts";
import { readHistory } from "./history-event.ts";
import { RunDriver } from "./run-driver.ts";
import type { DriverParts } from "./run-driver.ts";
import { RunMachine } from "./run-machine.ts";
import type { SdkName } from "./run-machine.ts";
import type { RunIdentity } from "./run-state.ts";

export interface ReplayParts extends DriverParts {
  readonly run: RunIdentity;
  /** An encoded `temporal.api.history.v1.History`. */
  readonly history: Uint8Array;
  readonly sdk: SdkName;
  readonly deployment?: DeploymentVersion | undefined;
  createRun(run: RunIdentity): WorkflowRun;
}

/** A workflow task of the replay failed: not by what the code did, but by an error in it. */
export class ReplayTaskError extends Error {
  override readonly name = "ReplayTaskError";
}

/**
 * Nothing is sent and no activity runs.
 *
 * @throws {HistoryMismatchError} when the code does something else than the history says
 * @throws {ReplayTaskError} when it fails
 */
export async function replayHistory(parts: ReplayParts): Promise<void> {
  const { run, history, sdk, deployment } = parts;
  const events = readHistory(history);
  if (events[0]?.id !== 1) throw new Error("A history to replay must begin with its first event");
  const machine = new RunMachine(run, { sdk, deployment });
  const code = parts.createRun(run);
  const driver = new RunDriver(parts, run);
  try {
    machine.feed(events);
    const begin = (): boolean => machine.beginTask(NEVER);
    if (begin()) await driver.replay({ machine, code }, begin);
    if (machine.failure !== undefined) {
      const { message, stackTrace } = machine.failure.failure;
      throw new ReplayTaskError(
        `The workflow task of event ${machine.lastStartedEventId} failed: ${message}\n${stackTrace}`,
      );
    }
    machine.finish();
  } finally {
    code.dispose();
  }
}

/** No event's id: all tasks are replayed. */
const NEVER = 0;
