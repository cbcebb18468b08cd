import type { StoreUnderTest } from "../conformance/store-under-test.fixture.ts";
import { postgresConnection } from "../../../tools/prepare/postgres-server.ts";
import type { Store } from "../store.ts";
import { openPostgresStore } from "./postgres-store.ts";
import { openSession } from "./session.ts";

/** The server that `tools/prepare` has started. */
export const TEST_URL = `postgres://${postgresConnection.user}@/${postgresConnection.database}?host=${encodeURIComponent(
  postgresConnection.host,
)}&port=${postgresConnection.port}`;

let made = 0;

/** A name that no other test has. */
export function freshSchema(): string {
  made += 1;
  return `test_${process.pid}_${made}`;
}

export async function dropSchema(schema: string): Promise<void> {
  await querySchema(schema, `DROP SCHEMA IF EXISTS ${schema} CASCADE`);
}

export async function querySchema(schema: string, sql: string): Promise<unknown[]> {
  const client = await openSession({ url: TEST_URL, schema, statementMsMax: 30_000, plansByKey: false });
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

/** A database of its own, for programs: they choose no schema. */
export async function freshDatabase(): Promise<{ readonly url: string; drop(): Promise<void> }> {
  const name = freshSchema();
  await querySchema("public", `CREATE DATABASE ${name}`);
  return {
    url: TEST_URL.replace(`/${postgresConnection.database}?`, `/${name}?`),
    async drop() {
      await querySchema("public", `DROP DATABASE ${name} WITH (FORCE)`);
    },
  };
}

/** A fresh schema with a PostgreSQL store in it. */
export function postgresUnderTest(): StoreUnderTest {
  const schema = freshSchema();
  let store: Store | undefined;
  return {
    async open() {
      await store?.close();
      store = await openPostgresStore({ url: TEST_URL, schema });
      return store;
    },
    async dispose() {
      await store?.close();
      await dropSchema(schema);
    },
  };
}
