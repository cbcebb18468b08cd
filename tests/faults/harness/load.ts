import { Books } from "./books.ts";
import { Connection, pause } from "./connection.ts";
import { LoadClient } from "./load-client.ts";
import { LoadWorker } from "./load-worker.ts";
import { allEnded, readRuns } from "./read-runs.ts";
import type { RunHistory } from "../../../simulation/invariants.ts";

export interface LoadOptions {
  readonly port: number;
  readonly seed: number;
  readonly clients?: number;
  readonly workers?: number;
  readonly restMsMax?: number;
  /** Whether the server's clock is the same as this process's all the time. */
  readonly isClockSteady?: boolean;
  /** Books that go on with what was told before; new ones unless given. */
  readonly books?: Books;
}

/** Clients and workers at work on one port, whatever becomes of the server behind it. */
export class Load {
  readonly books: Books;
  readonly connection: Connection;
  readonly #connections: Connection[] = [];
  readonly #clients: LoadClient[];
  readonly #workers: LoadWorker[];
  readonly #running: Promise<void>[];

  constructor(options: LoadOptions) {
    const { port, seed, clients = 8, workers = 3, restMsMax, isClockSteady } = options;
    const books = options.books ?? new Books({ isClockSteady });
    this.books = books;
    const connect = (): Connection => {
      const connection = new Connection(port);
      this.#connections.push(connection);
      return connection;
    };
    this.connection = connect();
    const rest = restMsMax === undefined ? {} : { restMsMax };
    this.#clients = Array.from(
      { length: clients },
      (_, i) => new LoadClient({ connection: this.connection, books, seed: seed * 77 + i, name: `w${i}`, ...rest }),
    );
    this.#workers = Array.from(
      { length: workers },
      (_, i) =>
        new LoadWorker({
          connection: connect(),
          books,
          seed: seed * 31 + i,
          name: `worker-${i}`,
          isSticky: i % 3 !== 0,
        }),
    );
    for (const worker of this.#workers) worker.start();
    this.#running = this.#clients.map((client) => client.run());
  }

  /** Ends the operations, waits for all workflows, and checks the books. */
  async settle(withinMs: number): Promise<{ runs: RunHistory[]; violations: string[] }> {
    for (const client of this.#clients) client.stop();
    const answered = Promise.all(this.#running).then(() => true);
    if (!(await Promise.race([answered, pause(withinMs).then(() => false)])))
      return { runs: [], violations: [`the server has left clients without an answer for ${withinMs} ms`] };
    const open = await allEnded(this.connection, withinMs);
    const runs = await readRuns(this.connection);
    const violations = this.books.check(runs);
    if (open > 0) violations.push(`${open} workflows have not ended after ${withinMs} ms`);
    return { runs, violations };
  }

  close(): void {
    for (const client of this.#clients) client.stop();
    for (const worker of this.#workers) worker.stop();
    for (const connection of this.#connections) connection.close();
  }
}
