/** `node tests/query-fuzz/main.ts [--seed 1] [--count 100000] [--postgres]`: the last with the server of tools/prepare. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import { openMemoryStore, openPostgresStore, openSqliteStore } from "../../server/store/index.ts";
import { dropSchema, freshSchema, TEST_URL } from "../../server/store/postgres/database.fixture.ts";
import { fuzz } from "./fuzz.ts";

const { values } = parseArgs({
  options: {
    seed: { type: "string", default: "1" },
    count: { type: "string", default: "100000" },
    postgres: { type: "boolean" },
  },
});

const folder = mkdtempSync(path.join(tmpdir(), "perdure-query-fuzz-"));
const stores = [openMemoryStore(), await openSqliteStore({ folder, mode: "inline" })];
const schema = values.postgres === true ? freshSchema() : undefined;
if (schema !== undefined) stores.push(await openPostgresStore({ url: TEST_URL, schema }));
try {
  const { queries, refused, found } = await fuzz({ stores, seed: Number(values.seed), count: Number(values.count) });
  const names = stores.map(({ name }) => name).join(", ");
  console.log(`${queries} queries on ${names}: ${refused} refused, ${found} executions found, no difference`);
} finally {
  for (const store of stores) await store.close();
  rmSync(folder, { recursive: true });
  if (schema !== undefined) await dropSchema(schema);
}
