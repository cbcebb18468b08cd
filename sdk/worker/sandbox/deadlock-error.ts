/** Workflow code that kept its thread for longer than it may: an endless loop, or work that belongs in an activity. */
export class DeadlockError extends Error {
  override readonly name = "DeadlockError";
  readonly runId: string;

  constructor(runId: string, limitMs: number) {
    super(
      `Workflow code of run ${runId} did not yield within ${limitMs} ms. Look for a loop that never ends; move long ` +
        "computations into an activity.",
    );
    this.runId = runId;
  }
}
