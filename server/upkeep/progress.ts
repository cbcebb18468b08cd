import type { Timers } from "../../base/index.ts";

/** How far a long work is. */
export interface Progress {
  readonly step: string;
  readonly done: number;
  /** undefined: nobody knows. */
  readonly all: number | undefined;
}

/** What a long work is given: whom it tells how far it is, and who may end it. */
export interface Supervision {
  readonly report: (progress: Progress) => void;
  readonly signal: AbortSignal;
  readonly timers: Timers;
}

/** Thrown where a work can end in good order. */
export class InterruptedError extends Error {
  override readonly name = "InterruptedError";

  constructor() {
    super("interrupted");
  }
}

/** Between two pieces of work: tells how far it is, lets signals in, and ends the work when one asked for it. */
export async function breathe({ report, signal, timers }: Supervision, progress: Progress): Promise<void> {
  report(progress);
  await new Promise<void>((resolve) => timers.immediate(resolve));
  if (signal.aborted) throw new InterruptedError();
}
