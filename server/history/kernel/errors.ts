/** A decision that refuses its caller and yet has something to keep: it is committed, then `refusal` is thrown. */
export class CommittedRefusal extends Error {
  override name = "CommittedRefusal";
  readonly refusal: Error;

  constructor(refusal: Error) {
    super(refusal.message);
    this.refusal = refusal;
  }
}

/** The lane lost its memory (failed commit, lost lease) before the request was durable; the caller may try again. */
export class LaneUnavailableError extends Error {
  override name = "LaneUnavailableError";
}
