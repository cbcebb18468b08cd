/**
 * One connection that is made anew, with growing pauses, whenever it is lost.
 *
 * 1. Statements go out in the order of their calls.
 * 2. A statement fails as one of database-errors.ts: refused, not sent, or of unknown outcome.
 * 3. A statement that gets no answer in time costs the connection its life: a paused or vanished server is not waited for.
 */
import type { Client, QueryConfig, QueryResult } from "pg";
import type { Log, TimerHandle, Timers } from "../../../base/index.ts";
import { fromDriver, isSpoilt, NotSentError, StatementError } from "./database-errors.ts";

export interface Statement {
  /** Prepared once per connection under this name. */
  readonly name?: string;
  readonly text: string;
  readonly values?: readonly unknown[];
  /** Rows by the names of columns. */
  readonly isNamed?: boolean;
}

export type Row = readonly unknown[];

/** By the names of columns. */
export type NamedRow = Readonly<Record<string, unknown>>;

type Query = (statement: Statement) => Promise<Row[]>;

export interface ConnectionOptions {
  /** Makes a session that is ready for use. */
  readonly connect: () => Promise<Client>;
  readonly timers: Timers;
  readonly log: Log;
  /** Longest wait for an answer. */
  readonly answerMsMax: number;
  /** Ends what the session with this number is doing. */
  readonly cancel?: (processId: number) => Promise<void>;
}

const PAUSE_MS_FIRST = 20;
const PAUSE_MS_MAX = 500;

export class Connection {
  readonly #options: ConnectionOptions;
  #client: Client | undefined;
  #connecting: Promise<Client> | undefined;
  #retry: TimerHandle | undefined;
  #failures = 0;
  readonly #waiting: (() => Promise<void>)[] = [];
  #isBusy = false;
  #isClosed = false;

  constructor(options: ConnectionOptions) {
    this.#options = options;
  }

  /** Rejects with what the driver said when there is no way to the database. */
  async open(): Promise<void> {
    await this.#connect();
  }

  /** Rows as arrays. */
  query(statement: Statement): Promise<Row[]> {
    return this.#inTurn(() => this.#perform(statement));
  }

  /** Statements of `work` in one transaction, with the connection to themselves. */
  transaction<T>(work: (query: Query) => Promise<T>): Promise<T> {
    return this.#alone("BEGIN", work);
  }

  /** Reads of one moment; an aborted signal ends them with its reason. */
  async snapshot<T>(
    signal: AbortSignal | undefined,
    work: (query: (statement: Statement) => Promise<NamedRow[]>) => Promise<T>,
  ): Promise<T> {
    const named = async (query: Query, statement: Statement): Promise<NamedRow[]> => {
      signal?.throwIfAborted();
      const cancel = (): void => void this.#cancel();
      signal?.addEventListener("abort", cancel, { once: true });
      try {
        return (await query({ ...statement, isNamed: true })) as unknown as NamedRow[];
      } catch (error) {
        signal?.throwIfAborted();
        throw error;
      } finally {
        signal?.removeEventListener("abort", cancel);
      }
    };
    return this.#alone("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", (query) => {
      signal?.throwIfAborted();
      return work((statement) => named(query, statement));
    });
  }

  async #cancel(): Promise<void> {
    const { processID } = (this.#client ?? {}) as { processID?: number };
    if (processID !== undefined) await this.#options.cancel?.(processID).catch(() => undefined);
  }

  /** All on one session: one that was made anew meanwhile knows nothing of the transaction. */
  #alone<T>(begin: string, work: (query: Query) => Promise<T>): Promise<T> {
    return this.#inTurn(async () => {
      await this.#perform({ text: begin });
      const client = this.#client;
      const query = (statement: Statement): Promise<Row[]> =>
        client !== undefined && client === this.#client
          ? this.#ask(client, statement)
          : Promise.reject(new NotSentError("the connection was lost within a transaction"));
      let value: T;
      try {
        value = await work(query);
      } catch (error) {
        // Without a connection there is nothing left to undo.
        await query({ text: "ROLLBACK" }).catch(() => this.#drop(client));
        throw error;
      }
      await query({ text: "COMMIT" });
      return value;
    });
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    if (this.#retry !== undefined) this.#options.timers.clear(this.#retry);
    const client = this.#client ?? (await this.#connecting?.catch(() => undefined));
    this.#client = undefined;
    if (client === undefined) return;
    const ended = client.end().catch(() => undefined);
    const timer = this.#options.timers.set(CLOSE_MS_MAX, () => destroy(client));
    await ended;
    this.#options.timers.clear(timer);
  }

  /** One after the other: what has not been sent when the connection breaks is certainly not done. */
  #inTurn<T>(run: () => Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      this.#waiting.push(() => run().then(resolve, reject));
      if (!this.#isBusy) void this.#next();
    });
  }

  async #next(): Promise<void> {
    this.#isBusy = true;
    for (let run = this.#waiting.shift(); run !== undefined; run = this.#waiting.shift()) await run();
    this.#isBusy = false;
  }

  #perform(statement: Statement): Promise<Row[]> {
    const client = this.#client;
    if (client !== undefined) return this.#ask(client, statement);
    if (this.#isClosed) return Promise.reject(new NotSentError("the store is closed"));
    // Nobody waits while it pauses between attempts; an attempt under way, or the first one, is waited for.
    if (this.#connecting === undefined && this.#retry !== undefined)
      return Promise.reject(new NotSentError("there is no connection to the database"));
    return this.#connect().then(
      (connected) => this.#ask(connected, statement),
      (error: Error) =>
        Promise.reject(new NotSentError(`there is no connection to the database: ${textOf(error)}`, { cause: error })),
    );
  }

  async #ask(client: Client, statement: Statement): Promise<Row[]> {
    const { timers, answerMsMax } = this.#options;
    const { isNamed, ...asGiven } = statement;
    const config = (isNamed === true ? asGiven : { ...asGiven, rowMode: "array" }) as unknown as QueryConfig;
    const asked = client.query(config) as Promise<unknown> as Promise<QueryResult<unknown[]>>;
    const timer = timers.set(answerMsMax, () => destroy(client));
    try {
      return (await asked).rows;
    } catch (thrown) {
      const error = fromDriver(thrown as Error);
      if (!(error instanceof StatementError) || isSpoilt(error)) this.#lost(client, error);
      throw error;
    } finally {
      timers.clear(timer);
    }
  }

  #connect(): Promise<Client> {
    this.#connecting ??= this.#attempt().finally(() => (this.#connecting = undefined));
    return this.#connecting;
  }

  async #attempt(): Promise<Client> {
    let client: Client;
    try {
      client = await this.#options.connect();
    } catch (error) {
      this.#failures += 1;
      // The first is reported by whoever asked for it.
      if (this.#failures === 2)
        this.#options.log.warn("the database cannot be reached", { error: textOf(error as Error) });
      if (!this.#isClosed) this.#retryLater();
      throw error;
    }
    if (this.#isClosed) {
      destroy(client);
      throw new NotSentError("the store is closed");
    }
    if (this.#failures > 1) this.#options.log.warn("the database is reached again", { attempts: this.#failures + 1 });
    this.#failures = 0;
    this.#client = client;
    client.on("end", () => this.#lost(client, new NotSentError("the connection ended")));
    return client;
  }

  #lost(client: Client, error: Error): void {
    destroy(client);
    if (this.#client !== client) return;
    this.#client = undefined;
    if (this.#isClosed) return;
    this.#options.log.warn("the connection to the database is lost", { error: error.message });
    this.#connect().catch(() => undefined); // It goes on trying by itself.
  }

  #drop(client: Client | undefined): void {
    if (client !== undefined) this.#lost(client, new NotSentError("a transaction could not be undone"));
  }

  #retryLater(): void {
    const pauseMs = Math.min(PAUSE_MS_MAX, PAUSE_MS_FIRST * 2 ** Math.min(this.#failures, 10));
    this.#retry = this.#options.timers.set(pauseMs, () => {
      this.#retry = undefined;
      this.#connect().catch(() => undefined);
    });
  }
}

const CLOSE_MS_MAX = 1_000;

/** Ends a session without asking the server, which may not answer. */
export function destroy(client: Client): void {
  (client as unknown as { connection: { stream: { destroy(): void } } }).connection.stream.destroy();
}

function textOf(error: Error): string {
  // A host with several addresses gives one error for all of them, without a message.
  const all = (error as { errors?: readonly Error[] }).errors;
  return error.message !== "" ? error.message : (all?.map((one) => one.message).join(", ") ?? error.name);
}
