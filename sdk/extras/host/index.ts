/** What never runs in a sandbox. */
export type { PgClient, PgPool, PgQueries, PgResult } from "./postgres.ts";
export { forgetTransactions, migrateTransactions } from "./transaction-table.ts";
export { transactional, type TransactionalOptions } from "./transactional.ts";
