/** A real Temporal server, as `npm run test:peers` builds it. */
import { Connection } from "../../../sdk/connection/index.ts";
import { startPeer } from "../../differential/peer.ts";
import type { Target } from "./target.ts";
import { addSearchAttributes } from "./targets.ts";

export function temporal(options: { readonly binary: string; readonly port: number }): Target {
  return {
    name: "Temporal",
    async open() {
      const peer = await startPeer({ ...options, settings: "default" });
      const connect = (given = {}): Promise<Connection> => Connection.connect({ address: peer.address, ...given });
      const connection = await connect();
      await addSearchAttributes(connection);
      await connection.close();
      return { namespace: "default", connect, close: async () => peer[Symbol.asyncDispose]() };
    },
  };
}
