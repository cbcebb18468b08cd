/** A database of its own for a test file, on the server that `tools/prepare` has started. */
import { Pool } from "pg";
import { postgresConnection } from "../../../tools/prepare/postgres-server.ts";

export interface TestDatabase extends AsyncDisposable {
  readonly name: string;
  readonly pool: Pool;
}

export function openPool(database: string): Pool {
  const pool = new Pool({ ...postgresConnection, database, max: 20 });
  // Sessions that the server ends while nobody uses them.
  pool.on("error", () => {});
  return pool;
}

export async function openDatabase(): Promise<TestDatabase> {
  const name = `perdure_test_${process.pid}`;
  const admin = openPool("postgres");
  await admin.query(`drop database if exists ${name} with (force)`);
  await admin.query(`create database ${name}`);
  const pool = openPool(name);
  return {
    name,
    pool,
    async [Symbol.asyncDispose]() {
      await pool.end();
      await admin.query(`drop database ${name} with (force)`);
      await admin.end();
    },
  };
}
