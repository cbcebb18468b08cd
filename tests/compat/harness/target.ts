// The server under test: one that is already running (PERDURE_COMPAT_ADDRESS=host:port), or ours, started here on SQLite in a
// folder of its own. Both are reached through an RpcTap.

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { operatorService, workflowService } from "../../../api/gen/services.js";
import { silentLog } from "../../../base/index.ts";
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
  close(): Promise<void>;
};

export async function openTarget(): Promise<Target> {
  const external = process.env["PERDURE_COMPAT_ADDRESS"];
  return external === undefined || external === "" ? startOurs() : connectTo(external);
}

async function connectTo(address: string): Promise<Target> {
  const [host = "127.0.0.1", port = "7233"] = address.split(":");
  const tap = await RpcTap.open({ host, port: Number(port) });
  return { kind: "external", address: tap.address, tap, complaints: [], served: undefined, close: () => tap.close() };
}

const methods = [...workflowService, ...operatorService];

async function startOurs(): Promise<Target> {
  const { startServer } = await import("../../../server/index.ts");
  const folder = await mkdtemp(join(tmpdir(), "perdure-compat-"));
  const complaints: string[] = [];
  const complain = (message: string, fields?: object): void =>
    void complaints.push(`${message} ${JSON.stringify(fields)}`);
  const log = { ...silentLog, warn: complain, error: complain };
  const server = await startServer({ port: 0, data: { kind: "sqlite", folder }, log });
  const tap = await RpcTap.open({ host: "127.0.0.1", port: server.port });
  return {
    kind: "ours",
    address: tap.address,
    tap,
    complaints,
    served: new Set(methods.filter(({ key }) => server.handlers[key] !== undefined).map(({ path }) => path)),
    async close() {
      await tap.close();
      await server.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
