/** What is used of a PostgreSQL client, in the words of the npm package `pg`: its `Pool` fits. */

export interface PgResult {
  // oxlint-disable-next-line no-explicit-any -- Rows of any shape.
  readonly rows: any[];
  readonly rowCount: number | null;
}

/** What can be asked of a database. */
export interface PgQueries {
  query(text: string, values?: unknown[]): Promise<PgResult>;
}

/** A connection of a pool, as `pg` has it. */
export interface PgClient extends PgQueries {
  /** With true or an error the connection is closed instead of going back to the pool. */
  release(destroy?: Error | boolean): void;
  on?(event: "error", listener: (error: Error) => void): unknown;
  removeListener?(event: "error", listener: (error: Error) => void): unknown;
}

/** A pool of connections, as `pg` has it. */
export interface PgPool extends PgQueries {
  connect(): Promise<PgClient>;
}
