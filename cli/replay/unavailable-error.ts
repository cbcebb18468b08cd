/** Something that a replay needs could not be had: one sentence that names it. */
export class UnavailableError extends Error {
  override readonly name = "UnavailableError";
}
