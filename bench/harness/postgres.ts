import pg from "pg";
import { PostgresProcess } from "../../tests/faults/harness/postgres-process.ts";

const PORT = 54_318;

/** As PostgreSQL's own statistics have them, since the cluster was made. */
export interface PostgresCounts {
  /** Rows inserted, updated and deleted in the tables of the store. */
  readonly rows: number;
  readonly hotUpdates: number;
  readonly commits: number;
  readonly walBytes: number;
}

const COUNTS = `SELECT
  (SELECT sum(n_tup_ins + n_tup_upd + n_tup_del) FROM pg_stat_user_tables WHERE schemaname = 'perdure') AS rows,
  (SELECT sum(n_tup_hot_upd) FROM pg_stat_user_tables WHERE schemaname = 'perdure') AS hot,
  (SELECT xact_commit FROM pg_stat_database WHERE datname = current_database()) AS commits,
  (SELECT wal_bytes FROM pg_stat_wal) AS wal`;

/** Sessions that have nothing to do hand in what they counted after ten seconds. */
const STATISTICS_MS = 11_000;

/** A PostgreSQL server for one bench, with its settings as they come: fsync and synchronous_commit are on. */
export class BenchPostgres implements AsyncDisposable {
  readonly #server: PostgresProcess;

  private constructor(server: PostgresProcess) {
    this.#server = server;
  }

  static async start(): Promise<BenchPostgres> {
    return new BenchPostgres(await PostgresProcess.create(PORT));
  }

  get url(): string {
    return this.#server.url;
  }

  /** Of all of its processes that live, from the kernel's account. */
  cpuMs(): number {
    return this.#server.cpuMs();
  }

  async counts(): Promise<PostgresCounts> {
    await new Promise((resolve) => setTimeout(resolve, STATISTICS_MS));
    const client = new pg.Client(this.url);
    await client.connect();
    const { rows } = await client.query<{ rows: string; hot: string; commits: string; wal: string }>(COUNTS);
    await client.end();
    const { rows: written, hot, commits, wal } = rows[0] as (typeof rows)[number];
    return { rows: Number(written), hotUpdates: Number(hot), commits: Number(commits), walBytes: Number(wal) };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.remove();
  }
}
