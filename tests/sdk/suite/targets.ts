/** The servers of the suite: in this process, behind a socket, and killed. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { IndexedValueType } from "../../../api/gen/enums.js";
import { Connection } from "../../../sdk/connection/index.ts";
import { startServer } from "../../../server/server.ts";
import type { Target } from "./target.ts";

/** The search attributes that tests set. */
const SEARCH_ATTRIBUTES = {
  SuiteKeyword: IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD,
  SuiteText: IndexedValueType.INDEXED_VALUE_TYPE_TEXT,
  SuiteInt: IndexedValueType.INDEXED_VALUE_TYPE_INT,
  SuiteDouble: IndexedValueType.INDEXED_VALUE_TYPE_DOUBLE,
  SuiteBool: IndexedValueType.INDEXED_VALUE_TYPE_BOOL,
  SuiteDatetime: IndexedValueType.INDEXED_VALUE_TYPE_DATETIME,
  SuiteKeywordList: IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD_LIST,
};

export async function addSearchAttributes(connection: Connection, namespace = "default"): Promise<void> {
  await connection.operatorService.addSearchAttributes({ namespace, searchAttributes: SEARCH_ATTRIBUTES });
}

export const inProcess: Target = {
  name: "in process",
  async open() {
    const server = await startServer({ data: { kind: "memory" } });
    const connect = async (options = {}): Promise<Connection> => Connection.inProcess(server, options);
    const connection = await connect();
    await addSearchAttributes(connection);
    await connection.close();
    return { namespace: "default", connect, close: () => server.close() };
  },
};

export const grpc: Target = {
  name: "gRPC on SQLite",
  async open() {
    const folder = mkdtempSync(join(tmpdir(), "perdure-suite-"));
    const server = await startServer({ data: { kind: "sqlite", folder } });
    const connect = (options = {}): Promise<Connection> => Connection.connect({ address: server.address, ...options });
    const connection = await connect();
    await addSearchAttributes(connection);
    await connection.close();
    return {
      namespace: "default",
      connect,
      async close() {
        await server.close();
        rmSync(folder, { recursive: true, force: true });
      },
    };
  },
};
