import { connect, createServer } from "node:net";
import type { Socket } from "node:net";

/** A way to a port on which connections can be cut. */
export class TcpProxy implements AsyncDisposable {
  readonly #server = createServer((client) => this.#join(client));
  readonly #pairs = new Set<readonly [Socket, Socket]>();
  readonly #target: number;
  /** While set, nobody gets through. */
  isDown = false;

  private constructor(target: number) {
    this.#target = target;
  }

  static async open(port: number, target: number): Promise<TcpProxy> {
    const proxy = new TcpProxy(target);
    await new Promise<void>((resolve) => proxy.#server.listen(port, "127.0.0.1", resolve));
    return proxy;
  }

  /** Cuts every connection: what the client sent last may or may not have arrived, and is or is not answered. */
  cut(): void {
    for (const pair of this.#pairs) for (const socket of pair) socket.destroy();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.isDown = true;
    this.cut();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #join(client: Socket): void {
    client.on("error", () => client.destroy());
    if (this.isDown) {
      client.destroy();
      return;
    }
    const server = connect(this.#target, "127.0.0.1");
    const pair = [client, server] as const;
    this.#pairs.add(pair);
    server.on("error", () => server.destroy());
    client.pipe(server);
    server.pipe(client);
    client.on("close", () => server.destroy());
    server.on("close", () => {
      client.destroy();
      this.#pairs.delete(pair);
    });
  }
}
