import { Connection } from "../connection/index.ts";
import type { ConnectionOptions } from "../connection/index.ts";

/** Options of a worker's connection: those of any connection. */
export type NativeConnectionOptions = ConnectionOptions;

/**
 * A worker's connection. There is nothing native about it: the name is the one that programs know. Any `Connection`
 * serves a worker as well.
 */
export class NativeConnection extends Connection {
  /** Connects and checks that there is a server. */
  static override async connect(options?: NativeConnectionOptions): Promise<NativeConnection> {
    return (await super.connect(options)) as NativeConnection;
  }

  /** @deprecated Use `connect`. */
  static create(options?: NativeConnectionOptions): Promise<NativeConnection> {
    return this.connect(options);
  }
}
