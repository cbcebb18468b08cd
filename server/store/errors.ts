/** The store cannot answer now; the caller may try again. */
export class StoreUnavailableError extends Error {
  override name = "StoreUnavailableError";
}

/** A stored blob does not match its checksum. `what` names the thing, e.g. `state of run …`. */
export class CorruptionError extends Error {
  override name = "CorruptionError";
  readonly what: string;

  constructor(what: string, reason: string) {
    super(`${what} is damaged: ${reason}`);
    this.what = what;
  }
}

/** The data folder cannot be opened; the message names the folder and what to do. */
export class StoreOpenError extends Error {
  override name = "StoreOpenError";
}

/** A page cursor that this store never gave out. */
export class InvalidCursorError extends Error {
  override name = "InvalidCursorError";
}

/** A batch that contradicts what is stored, e.g. creates an entity twice. Nothing of it is written. */
export class BatchRefusedError extends Error {
  override name = "BatchRefusedError";
}
