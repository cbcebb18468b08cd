/** What the SQL of visibility is made of, whichever driver runs it. */

/** A value for a `?` of a statement, in the order of their places. */
export type Parameter = string | number | bigint | Uint8Array | null;

export interface Statement {
  /** Parameters are `?`; no text in it holds another question mark. */
  readonly sql: string;
  readonly parameters: readonly Parameter[];
}

/** A row as the driver gives it, by the names of the statement's columns. */
export type Row = Readonly<Record<string, unknown>>;

/**
 * A question that takes several statements, each of which may depend on the answers before it. The driver runs what it
 * yields and hands in the rows: at once (SQLite) or later (a database across a socket).
 */
export type Exchange<T> = Generator<Statement, T, readonly Row[]>;

/** Runs an exchange with a driver that answers at once. */
export function converse<T>(exchange: Exchange<T>, run: (statement: Statement) => readonly Row[]): T {
  let step = exchange.next();
  while (step.done !== true) step = exchange.next(run(step.value));
  return step.value;
}

/** Runs an exchange with a driver that answers later. */
export async function converseLater<T>(
  exchange: Exchange<T>,
  run: (statement: Statement) => Promise<readonly Row[]>,
): Promise<T> {
  let step = exchange.next();
  while (step.done !== true) step = exchange.next(await run(step.value));
  return step.value;
}
