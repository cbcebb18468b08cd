// The server under test: one that is already running (PERDURE_COMPAT_ADDRESS=host:port), or ours, started here on SQLite in a
// folder of its own, or on PostgreSQL in a schema of its own (PERDURE_COMPAT_STORE=postgres). Each is reached through an RpcTap.

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { operatorService, workflowService } from "../../../api/gen/services.js";
import { silentLog } from "../../../base/index.ts";
import type { DataOption } from "../../../server/index.ts";
import { dropSchema, freshSchema, TEST_URL } from "../../../server/store/postgres/database.fixture.ts";
import { RpcTap } from "./rpc-tap.ts";

export type Target = {
  kind: "ours" | "external";
  /** Where clients connect: the tap. */
  address: string;
  tap: RpcTap;
  /** What our server logged as a warning or an error; of another server nothing is known. */
  complaints: string[];
  /** Paths of the RPCs that our server has a handler for; undefined of another server. */
  served: ReadonlySet<string> | undefined;
  /** Stops our server and starts it again, on the same port and data; another server is left alone. */
  restart(): Promise<void>;
  close(): Promise<void>;
};

export type StoreKind = "sqlite" | "postgres";

export async function openTarget(store?: StoreKind): Promise<Target> {
  const external = process.env["PERDURE_COMPAT_ADDRESS"];
  if (external !== undefined && external !== "" && store === undefined) return connectTo(external);
  return startOurs(store ?? (process.env["PERDURE_COMPAT_STORE"] === "postgres" ? "postgres" : "sqlite"));
}

async function connectTo(address: string): Promise<Target> {
  const [host = "127.0.0.1", port = "7233"] = address.split(":");
  const tap = await RpcTap.open({ host, port: Number(port) });
  const close = (): Promise<void> => tap.close();
  return {
    kind: "external",
    address: tap.address,
    tap,
    complaints: [],
    served: undefined,
    restart: async () => {},
    close,
  };
}

const methods = [...workflowService, ...operatorService];

interface TargetData {
  readonly data: DataOption;
  remove(): Promise<void>;
}

async function newData(store: StoreKind): Promise<TargetData> {
  if (store === "sqlite") {
    const folder = await mkdtemp(join(tmpdir(), "perdure-compat-"));
    return { data: { kind: "sqlite", folder }, remove: () => rm(folder, { recursive: true, force: true }) };
  }
  const schema = freshSchema();
  return { data: { kind: "postgres", url: TEST_URL, schema }, remove: () => dropSchema(schema) };
}

async function startOurs(store: StoreKind): Promise<Target> {
  const { startServer } = await import("../../../server/index.ts");
  const { data, remove } = await newData(store);
  const complaints: string[] = [];
  const complain = (message: string, fields?: object): void =>
    void complaints.push(`${message} ${JSON.stringify(fields)}`);
  const log = { ...silentLog, warn: complain, error: complain };
  const start = (port: number): ReturnType<typeof startServer> => startServer({ port, data, log });
  let server = await start(0);
  const tap = await RpcTap.open({ host: "127.0.0.1", port: server.port });
  return {
    kind: "ours",
    address: tap.address,
    tap,
    complaints,
    served: new Set(methods.filter(({ key }) => server.handlers[key] !== undefined).map(({ path }) => path)),
    async restart() {
      await server.close();
      server = await start(server.port);
    },
    async close() {
      await tap.close();
      await server.close();
      await remove();
    },
  };
}
