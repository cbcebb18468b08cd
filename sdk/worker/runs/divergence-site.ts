/**
 * Where code and history part, and where a promise was made that nobody awaits. Runs do not record where their code
 * stands, so a run that does not fit its history, or leaves such a promise behind, is replayed once more, recording;
 * nothing of that second replay is sent or logged.
 */
import type { ActivationCompletion } from "../../workflow/activation.ts";
import { HistoryMismatchError } from "./determinism-violation.ts";
import type { Driven, RunDriver } from "./run-driver.ts";

/** A run to be replayed from its first event, whose code records its places. */
export interface SecondReplay {
  readonly driven: Driven;
  readonly driver: RunDriver;
  /** Rejects where code and history part. */
  run(): Promise<unknown>;
}

/** The same error with the place in the code; as it was when the second replay goes another way. */
export async function withSite(error: unknown, open: () => SecondReplay | Promise<SecondReplay>): Promise<unknown> {
  if (!(error instanceof HistoryMismatchError)) return error;
  try {
    return (await siteOf(error, await open())) ?? error;
  } catch {
    return error; // Such as history that cannot be fetched now: what is known already is worth more.
  }
}

type Failed = Extract<ActivationCompletion, { status: "failed" }>;

/** The same failure with the place in the code, when it can be told; else as it was. */
export async function failureWithSite(
  failure: Failed,
  open: () => SecondReplay | Promise<SecondReplay>,
): Promise<Failed> {
  if (failure.isSiteUnknown !== true) return failure;
  try {
    const { driven, run } = await open();
    await run().catch(() => {}); // Its error may be this failure.
    driven.code.dispose();
    const again = driven.machine.failure;
    return again?.isSiteUnknown === false ? again : failure;
  } catch {
    return failure; // As above.
  }
}

async function siteOf(
  error: HistoryMismatchError,
  { driven, driver, run }: SecondReplay,
): Promise<HistoryMismatchError | undefined> {
  try {
    await run();
    return undefined;
  } catch (again) {
    if (!(again instanceof HistoryMismatchError) || again.eventId !== error.eventId) return undefined;
    return again.isCommandMissing ? again.waitingAt(await driver.waits(driven)) : again;
  } finally {
    driven.code.dispose();
  }
}
