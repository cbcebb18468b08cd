/** Runs a whole history through the code it came from, to see whether the code still does the same. */
import type { DeploymentVersion, WorkflowRun } from "../../workflow/activation.ts";
import { failureWithSite, withSite } from "./divergence-site.ts";
import type { SecondReplay } from "./divergence-site.ts";
import { readHistory } from "./history-event.ts";
import type { HistoryEvent } from "./history-event.ts";
import { RunDriver } from "./run-driver.ts";
import type { Driven, DriverParts } from "./run-driver.ts";
import { RunMachine } from "./run-machine.ts";
import type { SdkName } from "./run-machine.ts";
import type { RunIdentity } from "./run-state.ts";

export interface ReplayParts extends DriverParts {
  readonly run: RunIdentity;
  /** An encoded `temporal.api.history.v1.History`. */
  readonly history: Uint8Array;
  readonly sdk: SdkName;
  readonly deployment?: DeploymentVersion | undefined;
  createRun(run: RunIdentity, sites?: "record sites"): WorkflowRun;
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
  const events = readHistory(parts.history);
  if (events[0]?.id !== 1) throw new Error("A history to replay must begin with its first event");
  const first = openReplay(parts, events, parts.createRun(parts.run));
  try {
    await first.run();
  } catch (error) {
    const silent = { ...parts, onSinkCalls: () => {} };
    const openSecond = () => openReplay(silent, events, parts.createRun(parts.run, "record sites"));
    const { machine } = first.driven;
    if (machine.failure === undefined) throw await withSite(error, openSecond);
    throw taskError(machine, await failureWithSite(machine.failure, openSecond));
  } finally {
    first.driven.code.dispose();
  }
}

function openReplay(parts: ReplayParts, events: readonly HistoryEvent[], code: WorkflowRun): SecondReplay {
  const machine = new RunMachine(parts.run, { sdk: parts.sdk, deployment: parts.deployment });
  const driver = new RunDriver(parts, parts.run);
  const driven = { machine, code };
  return { driven, driver, run: () => replayAll(events, driven, driver) };
}

async function replayAll(events: readonly HistoryEvent[], driven: Driven, driver: RunDriver): Promise<void> {
  const { machine } = driven;
  machine.feed(events);
  const begin = (): boolean => machine.beginTask(NEVER);
  if (begin()) await driver.replay(driven, begin);
  if (machine.failure !== undefined) throw taskError(machine, machine.failure);
  machine.finish();
}

function taskError(
  { lastStartedEventId }: RunMachine,
  { failure: { message, stackTrace } }: NonNullable<RunMachine["failure"]>,
): ReplayTaskError {
  return new ReplayTaskError(`The workflow task of event ${lastStartedEventId} failed: ${message}\n${stackTrace}`);
}

/** No event's id: all tasks are replayed. */
const NEVER = 0;
