/** The lane lost its memory (failed commit, lost lease) before the request was durable; the caller may try again. */
export class LaneUnavailableError extends Error {
  override name = "LaneUnavailableError";
}
