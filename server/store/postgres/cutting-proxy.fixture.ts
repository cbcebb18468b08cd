import { connect, createServer } from "node:net";
import type { AddressInfo, Socket } from "node:net";
import { postgresConnection } from "../../../tools/prepare/postgres-server.ts";

/** Where the connections are cut. */
export interface Cut {
  /** `request`: before the server gets what the client sends next; `reply`: before the client gets the answer. */
  readonly side: "request" | "reply";
  /** Cuts when what passes holds these bytes. */
  readonly at: string;
}

/** A way to the test server that breaks where it is told to. */
export class CuttingProxy implements AsyncDisposable {
  readonly #server = createServer((client) => this.#join(client));
  readonly #sockets = new Set<Socket>();
  /** Requests that were held back: `deliver` lets them arrive late. */
  readonly #held: (() => void)[] = [];
  cut: (Cut & { readonly isHeld?: boolean }) | undefined;
  isRefusing = false;

  static async open(): Promise<CuttingProxy> {
    const proxy = new CuttingProxy();
    await new Promise<void>((resolve) => proxy.#server.listen(0, "127.0.0.1", resolve));
    return proxy;
  }

  get url(): string {
    const { port } = this.#server.address() as AddressInfo;
    const { user, database } = postgresConnection;
    return `postgres://${user}@127.0.0.1:${port}/${database}`;
  }

  /** Cuts every connection now. */
  breakAll(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  /** What was sent before a cut comes to the server only now. */
  deliver(): void {
    for (const send of this.#held.splice(0)) send();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.breakAll();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #join(client: Socket): void {
    this.#sockets.add(client);
    if (this.isRefusing) {
      client.destroy();
      return;
    }
    const { host, port } = postgresConnection;
    const server = connect(`${host}/.s.PGSQL.${port}`);
    this.#sockets.add(server);
    let isAwaitingReply = false;
    client.on("data", (bytes: Buffer) => {
      const cut = this.cut;
      if (cut === undefined || !bytes.includes(cut.at)) {
        server.write(bytes);
        return;
      }
      this.cut = undefined;
      if (cut.side === "reply") {
        isAwaitingReply = true;
        server.write(bytes);
        return;
      }
      if (cut.isHeld === true) this.#held.push(() => server.write(bytes));
      else server.destroy();
      client.destroy();
    });
    server.on("data", (bytes: Buffer) => {
      if (!isAwaitingReply) client.write(bytes);
      else {
        client.destroy();
        server.destroy();
      }
    });
    // A session whose request is held lives on at the server after its client has gone.
    client.on("close", () => this.#held.length === 0 && server.destroy());
    server.on("close", () => client.destroy());
    for (const socket of [client, server]) socket.on("error", () => socket.destroy());
  }
}
