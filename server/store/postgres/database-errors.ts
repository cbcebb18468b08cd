/** What the database or the way to it says, and what that means for a statement that was under way. */
import { StoreUnavailableError } from "../errors.ts";

/** The statement was refused: nothing of it is written. */
export class StatementError extends Error {
  override name = "StatementError";
  /** SQLSTATE. */
  readonly code: string;

  constructor(code: string, cause: Error) {
    super(`${cause.message} (${code})`, { cause });
    this.code = code;
  }
}

/** There was no connection: the statement was not sent. */
export class NotSentError extends StoreUnavailableError {
  override name = "NotSentError";
}

/** The connection was lost after the statement was sent: it may have happened, or may still happen. */
export class ConnectionLostError extends StoreUnavailableError {
  override name = "ConnectionLostError";
}

/**
 * Classes of SQLSTATE that end a statement and not the session: the transaction is certainly undone. Others (08 connection,
 * 57P shutdown, 58 and XX the server itself) leave it open, as does CockroachDB's 40003.
 */
const CERTAIN_CLASSES: ReadonlySet<string> = new Set("0A 21 22 23 25 26 28 2D 34 3D 3F 40 42 44 53 54 55".split(" "));
const CERTAIN_CODES: ReadonlySet<string> = new Set(["57014"]); // Cancelled, by statement_timeout above all.
const OPEN_CODES: ReadonlySet<string> = new Set(["40003"]);

export function fromDriver(error: Error): Error {
  const { code } = error as { code?: unknown };
  const isState = typeof code === "string" && /^[0-9A-Z]{5}$/.test(code);
  if (!isState)
    return new ConnectionLostError(`the connection to the database was lost: ${error.message}`, { cause: error });
  const isCertain = CERTAIN_CODES.has(code) || (CERTAIN_CLASSES.has(code.slice(0, 2)) && !OPEN_CODES.has(code));
  if (isCertain) return new StatementError(code, error);
  return new ConnectionLostError(`the database gave up the connection: ${error.message} (${code})`, { cause: error });
}

const SERIALIZATION_FAILURE = "40001";
const DEADLOCK = "40P01";
const UNIQUE_VIOLATION = "23505";
const DIVISION_BY_ZERO = "22012";
/** What this connection cannot do but another may: it leads to a standby, or lost its prepared statements. */
const SPOILT: ReadonlySet<string> = new Set(["25006", "26000", "0A000"]);

export function codeOf(error: unknown): string | undefined {
  return error instanceof StatementError ? error.code : undefined;
}

/** The same statement may succeed when it is tried again. */
export function isRetryable(error: unknown): boolean {
  const code = codeOf(error);
  return code === SERIALIZATION_FAILURE || code === DEADLOCK;
}

/** The statement contradicts what is stored. */
export function isContradiction(error: unknown): boolean {
  const code = codeOf(error);
  return code === UNIQUE_VIOLATION || code === DIVISION_BY_ZERO;
}

export function isSpoilt(error: unknown): boolean {
  return SPOILT.has(codeOf(error) ?? "");
}
