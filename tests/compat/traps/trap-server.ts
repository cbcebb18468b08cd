/** A server in memory for each test, and connections to it that end with the test. */
import { onTestFinished } from "vitest";
import { startServer } from "../../../server/index.ts";
import type { PerdureServer, ServerOptions } from "../../../server/index.ts";
import { RawPeer } from "../../rpc/raw-peer.ts";
import { WireClient } from "./wire-client.ts";

export async function openServer(options: ServerOptions = {}): Promise<PerdureServer> {
  const server = await startServer(options);
  onTestFinished(() => server.close());
  return server;
}

export function connect(port: number, options?: { readonly gzip: boolean }): WireClient {
  const client = new WireClient(port, options);
  onTestFinished(() => client.close());
  return client;
}

export async function connectRaw(port: number): Promise<RawPeer> {
  const peer = await RawPeer.connect(port);
  onTestFinished(() => peer.close());
  return peer;
}
