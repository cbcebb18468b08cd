import { StoreOpenError } from "../errors.ts";
import { openPostgresStore } from "./postgres-store.ts";
import type { PostgresPlace } from "./bulk-reader.ts";
import { READ_VERSIONS } from "./schema.ts";
import { describeOpenFailure, nameOf } from "./open-failure.ts";
import { openSession } from "./session.ts";

const SCHEMA_DEFAULT = "perdure";
const STATEMENT_MS_MAX = 60_000;

/** What a server does at its start, alone. Each step is one transaction. */
export async function migratePostgres(place: PostgresPlace): Promise<{ readonly from: number; readonly to: number }> {
  const from = await versionOf(place);
  if (from === undefined)
    throw new StoreOpenError(`${nameOf(place.url)} holds no store: name the database of a server's data`);
  await (await openPostgresStore(place)).close();
  return { from, to: (await versionOf(place)) as number };
}

/** undefined where there is none. */
async function versionOf({ url, schema = SCHEMA_DEFAULT }: PostgresPlace): Promise<number | undefined> {
  try {
    const client = await openSession({ url, schema, statementMsMax: STATEMENT_MS_MAX, plansByKey: false });
    try {
      const there = await client.query({ text: "SELECT to_regclass('schema_version') IS NOT NULL", rowMode: "array" });
      if ((there.rows as unknown[][])[0]?.[0] !== true) return undefined;
      const { rows } = await client.query({ text: READ_VERSIONS, rowMode: "array" });
      return (rows as number[][])[0]?.[0];
    } finally {
      await client.end();
    }
  } catch (cause) {
    throw describeOpenFailure(url, cause);
  }
}
